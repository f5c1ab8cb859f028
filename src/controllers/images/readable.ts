import { IMAGES_ANNOTATION } from '../../api/names.ts';
import type { Repository } from '../../api/repository.generated.ts';
import { conditionOf } from '../../runtime/status.ts';

/** Troubles that are met only after it was seen that the repository is this object's to look at. */
const OURS_ALL_THE_SAME: ReadonlySet<string> = new Set([
  'DriftObserved',
  'EncryptionImmutable',
  'ImageUsageNotConfigured',
  'InvalidParameter',
  'LifecycleBlocked',
  'PolicyTooLong',
  'PolicyUnreadable',
  'PreviewFailed',
  'PreviewInProgress',
  'PreviewRunning',
  'PreviewTimedOut',
  'PrincipalNotFound',
  'QuotaExceeded',
]);

/**
 * Whether the images of a Repository are to be looked at (pure): it is there at ECR, and the last pass over it has seen
 * that it is this object's business. Where that pass did not come so far, what is told stays as it was.
 */
export function isReadable({ metadata, spec, status }: Repository): boolean {
  if (metadata.deletionTimestamp || spec.suspend || status?.arn === undefined) return false;
  const synced = conditionOf(status, 'Synced');
  return synced !== undefined && (synced.status === 'True' || OURS_ALL_THE_SAME.has(synced.reason));
}

/**
 * Whether a change is a reason to look at the images now, instead of by schedule (pure): a repository is there for the
 * first time, or was made anew, or somebody asks by annotation. Predicate of a watch.
 */
export function wantsImages(now: Repository | undefined, before: Repository | undefined): boolean {
  if (!now || !isReadable(now)) return false;
  // After a restart: what stands there is as old as any.
  if (!before) return now.status?.imageCount === undefined;
  if (!isReadable(before) || before.status?.createdAt !== now.status?.createdAt) return true;
  return requestOf(now) !== requestOf(before);
}

/** The value of the annotation that asks for a look; undefined without one. */
export function requestOf({ metadata }: Repository): string | undefined {
  return metadata.annotations?.[IMAGES_ANNOTATION];
}
