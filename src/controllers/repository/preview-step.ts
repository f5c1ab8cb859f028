import { createHash } from 'node:crypto';
import type { RepositoryStatusPreview } from '../../api/repository.generated.ts';
import type { LifecyclePreview } from '../../ecr/ecr-api.ts';
import { sameLifecycle } from '../../ecr/lifecycle.ts';
import { RetryableError } from '../../runtime/errors.ts';

export interface PreviewState {
  /** The policy that shall be put. */
  readonly document: string;
  /** What our status says of the last preview. */
  readonly previous: RepositoryStatusPreview | undefined;
  /** What ECR says of the last preview, whoever asked for it. */
  readonly live: LifecyclePreview | undefined;
  /** In ms. */
  readonly now: number;
}

/** What comes next: to ask for a preview, to wait for it, to look at what it says, or to tell that it did not come. */
export type PreviewStep = 'start' | 'wait' | 'ready' | { readonly failed: RetryableError };

/** A preview that takes longer hangs. */
const LONGEST_MS = 600_000;
/** A preview that was started is there so soon, unless somebody asked for another. */
const VISIBLE_MS = 60_000;
/** What an older one says of images may no longer be so. */
const OLDEST_MS = 3_600_000;

/** How it goes on with the preview of a lifecycle policy (pure). */
export function previewStep({ document, previous, live, now }: PreviewState): PreviewStep {
  const ours = previous?.document === hashOf(document) && previous.startedAt ? previous : undefined;
  const age = now - Date.parse(ours?.startedAt ?? '');
  if (live?.status === 'IN_PROGRESS') return ours && age > LONGEST_MS ? timedOut() : 'wait';
  if (!ours) return 'start';
  const found = live && sameLifecycle(document, live.document, 'spec.lifecycle') ? live : undefined;
  if (ours.completedAt) {
    return found?.status === 'COMPLETE' && previewAge(ours, now) < OLDEST_MS ? 'ready' : 'start';
  }
  if (!found) return age > VISIBLE_MS ? 'start' : 'wait';
  return found.status === 'COMPLETE' ? 'ready' : failed(found.status);
}

/** How old the result of a preview is (ms); NaN where there is none. */
export function previewAge({ completedAt = '' }: RepositoryStatusPreview, now: number): number {
  return now - Date.parse(completedAt);
}

/** What stands in the status for a policy. */
export function hashOf(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}

function failed(status: LifecyclePreview['status']): PreviewStep {
  return {
    failed: new RetryableError(
      'PreviewFailed',
      `the preview of the lifecycle policy, without which it is not put, is ${status}: another is asked for`,
    ),
  };
}

function timedOut(): PreviewStep {
  return {
    failed: new RetryableError(
      'PreviewTimedOut',
      'the preview of the lifecycle policy, without which it is not put, takes more than 10 minutes',
    ),
  };
}
