import { isDeepStrictEqual } from 'node:util';
import type { Repository, RepositoryStatus } from '../../api/repository.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/key.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { mappedWatchSource, watchSource } from '../../runtime/sources.ts';
import { isSettled } from '../drift/snapshot.ts';
import { EXTERNAL_DEPENDENTS } from '../external-resource.ts';
import { IMAGE_FIELDS } from '../images/image-fields.ts';
import { customResource, type Parts } from '../parts.ts';
import { classNameOf } from '../repository-class/class-of.ts';
import { repositoryReconciler } from './repository.ts';

/**
 * Keeps ECR repositories as declared: after each change, after each change of what decides over it, and where a drift
 * check has found a difference. What is as it should be when the operator starts is left to the check that begins then.
 */
export function repositoryController(parts: Parts): Controller {
  const { caches, world, config, clock, log } = parts;
  const where = (before: unknown, matches: (repository: Repository) => boolean): string[] =>
    [...world.repositories.values()]
      .filter((repository) => matches(repository) && (before !== undefined || !isSettled(repository)))
      .map(({ metadata }) => keyOf(metadata));
  return createController({
    name: 'repository',
    sources: [
      watchSource(
        caches.repositories,
        (now, before) => changedByPeople(now, before) && !(now && !before && isSettled(now)),
      ),
      mappedWatchSource(caches.registries, (name, now, before) =>
        changedByPeople(now, before) ? where(before, ({ spec }) => spec.registryRef.name === name) : [],
      ),
      mappedWatchSource(
        caches.repositoryClasses,
        (name, now, before) =>
          changedByPeople(now, before)
            ? where(before, (repository) => classNameOf(repository, world) === name)
            : [],
        // A class reaches thousands: who changes a Repository of their own does not wait for them.
        { priority: 'refresh' },
      ),
      mappedWatchSource(caches.namespaces, (name, now, before) =>
        isDeepStrictEqual(now, before) ? [] : where(before, ({ metadata }) => metadata.namespace === name),
      ),
      parts.drift.found.source,
    ],
    reconcile: customResource<Repository, RepositoryStatus>(
      parts,
      caches.repositories,
      EXTERNAL_DEPENDENTS,
      repositoryReconciler(parts),
      IMAGE_FIELDS,
    ),
    workers: config.repositoryWorkers,
    clock,
    log,
  });
}
