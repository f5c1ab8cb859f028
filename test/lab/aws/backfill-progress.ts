import { putImage } from './image-state.ts';
import type { Registry } from './registry-state.ts';
import type { Backfill, BackfillImage, Destination } from './registry-wide.ts';
import type { World } from './world.ts';

/** What a backfill to there is to copy: each tag of each image of the repositories that a rule has. */
export function backfillImages(registry: Registry, destination: Destination): BackfillImage[] {
  const { replication, backfillPlan } = registry.wide;
  const rules = replication.filter(({ destinations }) =>
    destinations.some(
      ({ region, registryId }) => region === destination.region && registryId === destination.registryId,
    ),
  );
  const fits = (name: string): boolean =>
    rules.some(
      ({ repositoryFilters }) => repositoryFilters?.some(({ filter }) => name.startsWith(filter)) ?? true,
    );
  return [...registry.repositories.values()]
    .filter(({ name }) => fits(name))
    .flatMap(({ name: repositoryName, images }) =>
      [...images.values()].flatMap(({ digest: imageDigest, tags }) =>
        [...(tags.size > 0 ? tags : [undefined])].map((imageTag) => {
          const failureCode = backfillPlan.failing.get(repositoryName);
          return { repositoryName, imageDigest, imageTag, failureCode };
        }),
      ),
    );
}

/** ECR's word for how it stands. */
export function statusOf(one: Backfill, now: Date): string {
  if (one.stoppedAt !== undefined) return 'STOPPED';
  if (now >= one.endsAt) return one.failureCode === undefined ? 'COMPLETE' : 'FAILED';
  return now < one.preparedAt ? 'PREPARING' : 'IN_PROGRESS';
}

/** Whether nothing more becomes of it. */
export function isOver(one: Backfill, now: Date): boolean {
  return ['STOPPED', 'COMPLETE', 'FAILED'].includes(statusOf(one, now));
}

/** Undefined until the images are known. */
export function progressOf(one: Backfill, now: Date) {
  const until = one.stoppedAt ?? now;
  if (until < one.preparedAt) return undefined;
  const [from, to] = [one.preparedAt.getTime(), one.endsAt.getTime()];
  const share = Math.min(1, (until.getTime() - from) / Math.max(1, to - from));
  const through = one.images.slice(0, Math.floor(one.images.length * share));
  const failed = through.filter(({ failureCode }) => failureCode !== undefined);
  return {
    totalReplicationCount: one.images.length,
    completedReplicationCount: through.length - failed.length,
    failedReplicationCount: failed.length,
    failureCodes: [...new Set(failed.map(({ failureCode }) => failureCode))],
  };
}

/** Puts the images of one that is complete where it was to bring them. */
export function arrive(world: World, source: Registry, one: Backfill): void {
  const now = world.clock.now();
  if (one.isDone || statusOf(one, now) !== 'COMPLETE') return;
  one.isDone = true;
  const target = world.registry(one.destination.registryId, one.destination.region);
  for (const { repositoryName, imageDigest, imageTag, failureCode } of one.images) {
    const image = source.repositories.get(repositoryName)?.images.get(imageDigest);
    if (failureCode !== undefined || image === undefined) continue;
    const repository = target.repositories.get(repositoryName) ?? target.add(repositoryName);
    putImage(repository, { ...image, tags: new Set(imageTag === undefined ? [] : [imageTag]) }, now);
  }
}
