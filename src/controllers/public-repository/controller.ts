import { isDeepStrictEqual } from 'node:util';
import type { PublicRepositoryStatus } from '../../api/public-repository.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { type Key, keyOf } from '../../runtime/key.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { mappedTriggerSource, mappedWatchSource, watchSource } from '../../runtime/sources.ts';
import { EXTERNAL_DEPENDENTS } from '../external-resource.ts';
import { customResource, type Parts } from '../parts.ts';
import { byRegistry } from '../registry-groups.ts';
import type { World } from '../world.ts';
import { publicRepositoryName } from './desired.ts';
import { publicRepositoryReconciler } from './public-repository.ts';
import type { PublicRepositoryState } from './public-repository-state.ts';

/** What reaches many at once: who changes a PublicRepository of their own does not wait for them. */
const LATER = { priority: 'refresh' } as const;
const WORKERS = 4;

/**
 * Keeps repositories of ECR Public as declared: after each change, after each change of what decides over it, and
 * whenever the Registry's private repositories are compared with ECR.
 */
export function publicRepositoryController(parts: Parts): Controller {
  const { caches, world, drift, clock, log } = parts;
  const where = (matches: (repository: PublicRepositoryState) => boolean): Key[] =>
    [...world.publicRepositories.values()].filter(matches).map(({ metadata }) => keyOf(metadata));
  const ofRegistry = (name: string): Key[] => where(({ spec }) => spec.registryRef.name === name);
  return createController({
    name: 'public-repository',
    sources: [
      watchSource(caches.publicRepositories, changedByPeople),
      mappedWatchSource(
        caches.registries,
        (name, now, before) => (changedByPeople(now, before) ? ofRegistry(name) : []),
        LATER,
      ),
      mappedWatchSource(
        caches.namespaces,
        (name, now, before) =>
          isDeepStrictEqual(now, before) ? [] : where(({ metadata }) => metadata.namespace === name),
        LATER,
      ),
      // Whoever waits for the name of one that is gone.
      mappedWatchSource(caches.publicRepositories, (_, now, before) =>
        before && !now ? where((other) => isSameName(world, other, before)) : [],
      ),
      mappedTriggerSource(drift.answered, ofRegistry, LATER),
    ],
    reconcile: customResource<PublicRepositoryState, PublicRepositoryStatus>(
      parts,
      caches.publicRepositories,
      EXTERNAL_DEPENDENTS,
      publicRepositoryReconciler(parts),
    ),
    groupOf: byRegistry({ registries: world.registries, repositories: world.publicRepositories }),
    workers: WORKERS,
    clock,
    log,
  });
}

/** Whether two stand for one name at ECR Public: of an account there is one public registry, whatever the region. */
function isSameName(
  { registries }: Pick<World, 'registries'>,
  a: PublicRepositoryState,
  b: PublicRepositoryState,
): boolean {
  const [one, other] = [a, b].map(({ spec }) => registries.get(spec.registryRef.name)?.spec.accountId);
  return publicRepositoryName(a) === publicRepositoryName(b) && one === other;
}
