import { isDeepStrictEqual } from 'node:util';
import type { Repository, RepositoryStatus } from '../../api/repository.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { cronSource } from '../../runtime/cron-source.ts';
import { keyOf } from '../../runtime/key.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { mappedWatchSource, watchSource } from '../../runtime/sources.ts';
import { EXTERNAL_DEPENDENTS } from '../external-resource.ts';
import { IMAGE_FIELDS } from '../images/image-fields.ts';
import { customResource, type Parts } from '../parts.ts';
import { classNameOf } from '../repository-class/class-of.ts';
import { repositoryReconciler } from './repository.ts';

/** Keeps ECR repositories as declared: after each change, after each change of what decides over it, and on schedule. */
export function repositoryController(parts: Parts): Controller {
  const { caches, world, config, clock, log } = parts;
  const where = (matches: (repository: Repository) => boolean): string[] =>
    [...world.repositories.values()].filter(matches).map(({ metadata }) => keyOf(metadata));
  return createController({
    name: 'repository',
    sources: [
      watchSource(caches.repositories, changedByPeople),
      mappedWatchSource(caches.registries, (name, now, before) =>
        changedByPeople(now, before) ? where(({ spec }) => spec.registryRef.name === name) : [],
      ),
      mappedWatchSource(
        caches.repositoryClasses,
        (name, now, before) =>
          changedByPeople(now, before) ? where((repository) => classNameOf(repository, world) === name) : [],
        // A class reaches thousands: who changes a Repository of their own does not wait for them.
        { priority: 'refresh' },
      ),
      mappedWatchSource(caches.namespaces, (name, now, before) =>
        isDeepStrictEqual(now, before) ? [] : where(({ metadata }) => metadata.namespace === name),
      ),
      parts.drift.found.source,
      cronSource({
        schedule: config.driftSchedule,
        keys: () => world.repositories.keys(),
        spreadMs: config.driftSpreadMs,
      }),
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
