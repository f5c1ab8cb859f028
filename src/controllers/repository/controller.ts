import { isDeepStrictEqual } from 'node:util';
import type { Repository, RepositoryStatus } from '../../api/repository.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/key.ts';
import { indexByNamespace } from '../../runtime/namespace-index.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { mappedWatchSource, watchSource } from '../../runtime/sources.ts';
import { isCompared } from '../drift/drift-schedule.ts';
import { isSettled } from '../drift/snapshot.ts';
import { EXTERNAL_DEPENDENTS } from '../external-resource.ts';
import { IMAGE_FIELDS } from '../images/image-fields.ts';
import { customResource, type Parts } from '../parts.ts';
import { placeNamed } from '../registry/place.ts';
import { byRegistry } from '../registry-groups.ts';
import { classNameOf } from '../repository-class/class-of.ts';
import type { World } from '../world.ts';
import { repositoryName } from './desired.ts';
import { repositoryReconciler } from './repository.ts';

/** What reaches thousands at once: who changes a Repository of their own does not wait for them. */
const LATER = { priority: 'refresh' } as const;

/**
 * Keeps ECR repositories as declared: after each change, after each change of what decides over it, and where a drift
 * check has found a difference. What is as it should be when the operator starts is left to the check that begins then.
 */
export function repositoryController(parts: Parts): Controller {
  const { caches, world, config, clock, log } = parts;
  const repositoriesIn = indexByNamespace([caches.repositories]);
  const keysOf = (repositories: Iterable<Repository>, butSettled: boolean): string[] =>
    [...repositories]
      .filter((repository) => !(butSettled && isSettled(repository)))
      .map(({ metadata }) => keyOf(metadata));
  const where = (butSettled: boolean, matches: (repository: Repository) => boolean): string[] =>
    keysOf([...world.repositories.values()].filter(matches), butSettled);
  const settledAtStart = new Set<string>();
  const reconcile = customResource<Repository, RepositoryStatus>(
    parts,
    caches.repositories,
    EXTERNAL_DEPENDENTS,
    repositoryReconciler(parts),
    IMAGE_FIELDS,
  );
  return createController({
    name: 'repository',
    sources: [
      watchSource(caches.repositories, (now, before) => {
        if (now && !before && isSettled(now)) settledAtStart.add(keyOf(now.metadata));
        return changedByPeople(now, before);
      }),
      mappedWatchSource(
        caches.registries,
        (name, now, before) =>
          changedByPeople(now, before) ? where(!before, ({ spec }) => spec.registryRef.name === name) : [],
        LATER,
      ),
      mappedWatchSource(
        caches.repositoryClasses,
        (name, now, before) =>
          changedByPeople(now, before)
            ? where(!before, (repository) => classNameOf(repository, world) === name)
            : [],
        LATER,
      ),
      mappedWatchSource(
        caches.namespaces,
        (name, now, before) =>
          // By the index: at a start, thousands of namespaces meet thousands of Repositories.
          isDeepStrictEqual(now, before) ? [] : keysOf(repositoriesIn(name), !before),
        LATER,
      ),
      // Whoever waits for the name of one that is gone.
      mappedWatchSource(caches.repositories, (_, now, before) =>
        before && !now ? where(false, (other) => isSameName(world, other, before)) : [],
      ),
      parts.drift.found.source,
    ],
    reconcile: async (key) => {
      const repository = world.repositories.get(key);
      const registry = repository && world.registries.get(repository.spec.registryRef.name);
      // Decided here, when all caches are full. Without such a check nobody would find out what happened meanwhile.
      const isLeft = settledAtStart.delete(key) && registry && isSettled(repository) && isCompared(registry);
      return isLeft ? {} : reconcile(key);
    },
    groupOf: byRegistry(world),
    workers: config.repositoryWorkers,
    clock,
    log,
  });
}

/** Whether two Repositories stand for one name in ECR, be it through two Registries. */
function isSameName({ registries }: Pick<World, 'registries'>, a: Repository, b: Repository): boolean {
  const [one, other] = [a, b].map(({ spec }) => placeNamed(registries, spec.registryRef.name));
  return repositoryName(a) === repositoryName(b) && one === other;
}
