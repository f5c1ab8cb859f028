import type { Repository, RepositoryStatus } from '../../../../src/api/repository.generated.ts';
import type { ImageScan, LiveImage } from '../../../../src/ecr/ecr-api.ts';
import { NOW, repository } from '../objects.ts';

export const CREATED = '2025-01-01T00:00:00Z';

/** One that was pushed `ageMs` before NOW. */
export function image(digest: string, more: Partial<LiveImage> = {}, ageMs = 1_000): LiveImage {
  const pushedAt = new Date(NOW - ageMs).toISOString();
  return { digest, tags: [], sizeBytes: 100, pushedAt, ...more };
}

export function complete(findings: Record<string, number> = {}): ImageScan {
  return { status: 'COMPLETE', completedAt: '2025-06-01T00:00:00.000Z', findings };
}

export const SCANS = { frequency: 'SCAN_ON_PUSH', scanOnPush: true, filters: ['*'] };

/** The condition Synced with this reason, True if it is `Synced`. */
export function synced(reason: string): NonNullable<RepositoryStatus['conditions']>[number] {
  const status = reason === 'Synced' ? 'True' : 'False';
  return { type: 'Synced', status, reason, message: '', lastTransitionTime: CREATED };
}

/** A Repository that is there at ECR. */
export function there(
  status: RepositoryStatus = {},
  meta: Parameters<typeof repository>[1] = {},
  spec: Parameters<typeof repository>[0] = {},
): Repository {
  const arn = 'arn:aws:ecr:us-east-1:123456789012:repository/web';
  return repository(spec, meta, { arn, createdAt: CREATED, conditions: [synced('Synced')], ...status });
}
