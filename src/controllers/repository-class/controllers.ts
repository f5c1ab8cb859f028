import { isDeepStrictEqual } from 'node:util';
import type { RepositoryClass, RepositoryClassStatus } from '../../api/repository-class.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import {
  createTrigger,
  mappedWatchSource,
  type Source,
  type Trigger,
  watchSource,
} from '../../runtime/sources.ts';
import { customResource, type Parts } from '../parts.ts';
import { repositoryName } from '../repository/desired.ts';
import { classNameOf } from './class-of.ts';
import { CLASS_DEPENDENTS, repositoryClassReconciler } from './repository-class.ts';
import { type UndeclaredOptions, undeclaredReconciler } from './undeclared.ts';
import { undeclaredKey, undeclaredKeys } from './undeclared-keys.ts';
import type { UndeclaredStore } from './undeclared-store.ts';

/** Many Repositories change at once; what a class says of them can wait for the last (ms). */
const COUNT_AFTER = { afterMs: 1_000, priority: 'refresh' } as const;
const REFRESH = { priority: 'refresh' } as const;

/** Says who uses each RepositoryClass, and applies it to what nobody declared. */
export function repositoryClassControllers(parts: Parts): Controller[] {
  const results = createTrigger();
  return [classController(parts, results), undeclaredController(parts, results)];
}

function classController(parts: Parts, results: Trigger): Controller {
  const { caches, world, clock, log } = parts;
  return createController({
    name: 'repositoryclass',
    sources: [
      watchSource(caches.repositoryClasses, changedByPeople),
      mappedWatchSource(
        caches.repositories,
        (_, now, before) =>
          [now, before]
            .flatMap((one) => (one ? [classNameOf(one, world)] : []))
            .filter((name) => name !== undefined),
        COUNT_AFTER,
      ),
      mappedWatchSource(
        caches.namespaces,
        (_, now, before) =>
          isDeepStrictEqual(now?.labels, before?.labels) ? [] : world.repositoryClasses.keys(),
        COUNT_AFTER,
      ),
      results.source,
    ],
    reconcile: customResource<RepositoryClass, RepositoryClassStatus>(
      parts,
      caches.repositoryClasses,
      CLASS_DEPENDENTS,
      repositoryClassReconciler(world, parts.undeclared.store),
    ),
    workers: 1,
    clock,
    log,
  });
}

/** Keys are `class/name in ECR`. */
function undeclaredController(parts: Parts, results: Trigger): Controller {
  const { caches, world, access, cluster, undeclared, clock, log } = parts;
  const options: UndeclaredOptions = {
    access,
    world,
    store: undeclared.store,
    cluster,
    previews: new Map(),
    imageUsage: parts.imageUsage,
    now: clock.now,
    onResult: (name) => results.fire(name, COUNT_AFTER),
  };
  return createController({
    name: 'undeclared',
    sources: [
      mappedWatchSource(
        caches.repositoryClasses,
        (name, now, before) =>
          changedByPeople(now, before)
            ? [
                ...knownKeys(undeclared.store, name),
                ...(now?.spec.undeclared
                  ? undeclaredKeys(options, now.spec.undeclared.registryRef.name)
                  : []),
              ]
            : [],
        REFRESH,
      ),
      // One that is declared from now on, or no longer.
      mappedWatchSource(
        caches.repositories,
        (_, now, before) => {
          const one = now ?? before;
          if (!one || (now && before)) return [];
          const name = repositoryName(one);
          return [...undeclaredKeys(options, one.spec.registryRef.name)].filter((key) =>
            key.endsWith(`/${name}`),
          );
        },
        REFRESH,
      ),
      sightings(options, undeclared.seen),
    ],
    reconcile: undeclaredReconciler(options),
    workers: 2,
    clock,
    log,
  });
}

/** After each list of a whole registry: what is in it now, and what was. */
function sightings(options: UndeclaredOptions, seen: Trigger): Source {
  return (enqueue, signal) =>
    seen.source((registry) => {
      for (const key of undeclaredKeys(options, registry)) enqueue(key, REFRESH);
      for (const { metadata, spec } of options.world.repositoryClasses.values()) {
        if (spec.undeclared?.registryRef.name !== registry) continue;
        for (const key of knownKeys(options.store, metadata.name)) enqueue(key, REFRESH);
      }
    }, signal);
}

function* knownKeys(store: UndeclaredStore, className: string): Generator<string> {
  for (const name of store.results(className).keys()) yield undeclaredKey(className, name);
}
