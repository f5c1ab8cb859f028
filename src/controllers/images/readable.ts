import { IMAGES_ANNOTATION } from '../../api/names.ts';
import type { Repository } from '../../api/repository.generated.ts';
import { conditionOf } from '../../runtime/status.ts';

/** The ECR repository is not this object's, or its namespace may no longer have to do with it. */
const NOT_OURS: ReadonlySet<unknown> = new Set([
  'OwnedByAnother',
  'RepositoryExists',
  'RepositoryNotFound',
  'TenancyDenied',
]);

/** Whether the images of a Repository are to be looked at: it is there at ECR, and is this object's business (pure). */
export function isReadable({ metadata, spec, status }: Repository): boolean {
  if (metadata.deletionTimestamp || spec.suspend || status?.arn === undefined) return false;
  const synced = conditionOf(status, 'Synced');
  return synced?.status !== 'False' || !NOT_OURS.has(synced.reason);
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
