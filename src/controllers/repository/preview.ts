import type { RepositoryStatusPreview } from '../../api/repository.generated.ts';
import type { LifecyclePreview as PreviewMode } from '../../api/shared.generated.ts';
import type { EcrApi, LifecyclePreview, PreviewedImage } from '../../ecr/ecr-api.ts';
import { sameLifecycle } from '../../ecr/lifecycle.ts';
import { timestamp } from '../../runtime/clock.ts';
import { cutText } from '../../runtime/cut-text.ts';
import type { Failure } from '../../runtime/errors.ts';
import { RetryableError, TerminalError } from '../../runtime/errors.ts';
import { Waiting } from '../external-resource.ts';
import { hashOf, previewAge, previewStep } from './preview-step.ts';

/** An image that somebody in this cluster uses now. */
export interface ImageUse {
  /** The tag, or the digest, by which it is used. */
  readonly image: string;
  /** For people: `Pod team/web-0`. */
  readonly user: string;
}

/** Images, a hundred at a time; each page that is taken is a call. */
export type ImagePages = AsyncIterable<readonly PreviewedImage[]>;

export interface HoldBackOptions {
  readonly ecr: Pick<EcrApi, 'startLifecyclePreview' | 'getLifecyclePreview'>;
  /** For looking whether a policy is still to be held back, for which nobody waits; absent is `ecr`. */
  readonly background?: () => Pick<EcrApi, 'getLifecyclePreview'>;
  /** The ECR repository. */
  readonly name: string;
  /** The policy that shall be put, in place of another or of none. */
  readonly document: string;
  /** Absent is Off. */
  readonly mode: PreviewMode | undefined;
  /** What the status says of a preview now. */
  readonly previous: RepositoryStatusPreview | undefined;
  /**
   * Some of these images of the repository, which come in pages, that this cluster uses; none where it uses none of all
   * pages. Undefined where the operator may not find out.
   */
  readonly usersOf: ((pages: ImagePages) => Promise<readonly ImageUse[]>) | undefined;
  /** In ms. */
  readonly now: number;
}

/** Whether the policy may be put now, and what is known so far. */
export interface HeldBack {
  readonly put: boolean;
  /** For the status; undefined where there is nothing to tell. */
  readonly preview?: RepositoryStatusPreview | undefined;
  /** Why it is not put yet, although nothing is wrong; look again after `againMs`. */
  readonly waiting?: Failure;
  readonly againMs?: number;
  /** Why it is not put: for the condition, as if it were thrown. */
  readonly failure?: unknown;
}

/** Until then the images that are in use may have become others; a preview counts in whole seconds. */
const FRESH_MS = 600_000;
const RECHECK_BLOCKED_MS = 180_000;
const MOST_TOLD = 10;
const LONGEST_USE = 1_024;

/**
 * Asks ECR what a lifecycle policy would do, before it is put; to be called again until it says `put` or the plan has
 * no policy to put any more. Reads, and asks for previews; never throws.
 */
export async function holdBack(options: HoldBackOptions): Promise<HeldBack> {
  const { mode = 'Off', previous, usersOf } = options;
  if (mode === 'Off') return { put: true };
  if (mode === 'Block' && !usersOf) return { put: false, failure: notConfigured() };
  try {
    return await previewed(options);
  } catch (failure) {
    return { put: false, preview: previous, failure };
  }
}

/** Throws unless it says `put`: {@link Waiting}, or its failure. */
export function requirePut({ put, waiting, againMs = 5_000, failure }: HeldBack): void {
  if (put) return;
  if (waiting) throw new Waiting(waiting, againMs);
  throw failure;
}

async function previewed(options: HoldBackOptions): Promise<HeldBack> {
  const { name, document, previous, now } = options;
  const reader = (wasBlocked(options) && options.background?.()) || options.ecr;
  const live = await reader.getLifecyclePreview(name);
  const step = previewStep({ document, previous, live, now });
  if (step === 'start') return start(options);
  if (step === 'wait') return wait(options, waitedFor(options, live));
  if (step !== 'ready' || !live) return failed(options, step);
  const preview = resultOf(options, live);
  const users = options.mode === 'Block' ? await options.usersOf?.(pagesOf(reader, name, live)) : [];
  if (users && users.length > 0) return blocked({ ...preview, inUse: wordsOf(users) });
  // Between two looks somebody may have pushed or tagged: what is put has been previewed just now.
  if (previewAge(preview, now) > FRESH_MS) return start({ ...options, previous: preview });
  return { put: true, preview };
}

/** The policy is held back, unless what is read now says otherwise. */
function wasBlocked({ mode, document, previous }: HoldBackOptions): boolean {
  return mode === 'Block' && previous?.document === hashOf(document) && previous.inUse !== undefined;
}

async function* pagesOf(
  ecr: Pick<EcrApi, 'getLifecyclePreview'>,
  name: string,
  first: LifecyclePreview,
): ImagePages {
  for (let page = first; ; ) {
    yield page.images;
    if (!page.nextToken) return;
    const next = await ecr.getLifecyclePreview(name, page.nextToken);
    if (next?.status !== 'COMPLETE' || next.document !== first.document) throw replaced();
    page = next;
  }
}

function replaced(): RetryableError {
  return new RetryableError(
    'PreviewInProgress',
    'somebody asked ECR for another preview of this repository while this one was read: it is asked for again',
  );
}

async function start(options: HoldBackOptions): Promise<HeldBack> {
  const { ecr, name, document, previous, now } = options;
  try {
    await ecr.startLifecyclePreview(name, document);
  } catch (error) {
    if ((error as { readonly reason?: unknown }).reason !== 'PreviewInProgress') throw error;
    return wait(options, previous);
  }
  const { completedAt: _, ...kept } = wasBlocked(options) && previous ? previous : {};
  return wait(options, { ...kept, document: hashOf(document), startedAt: timestamp(now) });
}

/** Somebody may ask for a preview of the same policy; and we, before a crash kept us from remembering. */
function waitedFor(
  { document, previous, now }: HoldBackOptions,
  live: LifecyclePreview | undefined,
): RepositoryStatusPreview | undefined {
  const hash = hashOf(document);
  if (previous?.document === hash && previous.startedAt) return previous;
  const isSame = live && sameLifecycle(document, live.document, 'spec.lifecycle');
  return isSame ? { document: hash, startedAt: timestamp(now) } : previous;
}

function wait(options: HoldBackOptions, preview: RepositoryStatusPreview | undefined): HeldBack {
  const age = options.now - Date.parse(preview?.startedAt ?? '');
  const againMs = age < 60_000 ? 5_000 : 30_000;
  // What was in use a moment ago most likely is still: nothing else is to be told until ECR says so.
  if (preview && wasBlocked(options)) return blocked(preview, againMs);
  return {
    put: false,
    preview,
    waiting: {
      reason: 'PreviewRunning',
      message: 'ECR is asked what the lifecycle policy would do, before it is put',
    },
    againMs,
  };
}

function failed({ document, previous }: HoldBackOptions, step: unknown): HeldBack {
  const { failed: failure } = step as { readonly failed: { readonly reason: string } };
  // Without its time it is no longer waited for: another is started.
  const preview = failure.reason === 'PreviewFailed' ? { document: hashOf(document) } : previous;
  return { put: false, preview, failure };
}

function resultOf(
  { document, previous, now }: HoldBackOptions,
  { images, expiring, transitioning }: LifecyclePreview,
): RepositoryStatusPreview {
  // ECR has no order of its own, and others of the same preview are no news.
  const found = images.map(({ tags, digest }) => tags[0] ?? digest).sort();
  const examples = (previous?.completedAt && previous.examples) || found.slice(0, MOST_TOLD);
  return {
    document: hashOf(document),
    ...(previous?.startedAt ? { startedAt: previous.startedAt } : {}),
    completedAt: previous?.completedAt ?? timestamp(now),
    expiring,
    transitioning,
    ...(examples.length > 0 ? { examples } : {}),
  };
}

/** For people: images with who uses them. */
function wordsOf(users: readonly ImageUse[]): string[] {
  const words = users.map(({ image, user }) => cutText(`${image} (${user})`, LONGEST_USE)).sort();
  return words.slice(0, MOST_TOLD);
}

function blocked(preview: RepositoryStatusPreview, recheckAfterMs = RECHECK_BLOCKED_MS): HeldBack {
  const words = preview.inUse ?? [];
  const shown = words.slice(0, 3).join(', ');
  const rest = words.length > 3 ? ' and others' : '';
  const message = `the lifecycle policy is not put, since it would delete or archive images that this cluster uses now: ${shown}${rest}; change the rules, or let go of these images. Other clusters were not asked`;
  return {
    put: false,
    preview,
    failure: new TerminalError('LifecycleBlocked', message, { recheckAfterMs }),
  };
}

function notConfigured(): TerminalError {
  return new TerminalError(
    'ImageUsageNotConfigured',
    'the lifecycle policy is not put, since preview: Block asks which images this cluster uses, and the operator has no right to find out: install the component lifecycle-block, or set preview to Report or Off',
  );
}
