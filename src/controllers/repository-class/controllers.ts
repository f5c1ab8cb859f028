import { isDeepStrictEqual } from 'node:util';
import type { Registry } from '../../api/registry.generated.ts';
import type { Repository } from '../../api/repository.generated.ts';
import type { RepositoryClass, RepositoryClassStatus } from '../../api/repository-class.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import type { Informer } from '../../runtime/informer.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import {
  createTrigger,
  mappedTriggerSource,
  mappedWatchSource,
  type Source,
  type Trigger,
  watchSource,
} from '../../runtime/sources.ts';
import { customResource, type Parts } from '../parts.ts';
import { placeNamed, placeOf, registriesAt } from '../registry/place.ts';
import { repositoryName } from '../repository/desired.ts';
import { hasItsName } from '../repository/name-index.ts';
import { classNameOf } from './class-of.ts';
import { CLASS_DEPENDENTS, repositoryClassReconciler } from './repository-class.ts';
import { type UndeclaredOptions, undeclaredReconciler } from './undeclared.ts';
import {
  classesFor,
  classFor,
  partsOfKey,
  placeOfClass,
  undeclaredKey,
  undeclaredKeys,
} from './undeclared-keys.ts';
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
      mappedWatchSource(caches.registries, (name, now, before) =>
        changedByPeople(now, before) ? classesOf(world, name) : [],
      ),
      listsOf(parts),
      results.source,
    ],
    reconcile: customResource<RepositoryClass, RepositoryClassStatus>(
      parts,
      caches.repositoryClasses,
      CLASS_DEPENDENTS,
      repositoryClassReconciler({ world, access: parts.access, store: parts.undeclared.store }),
    ),
    workers: 1,
    clock,
    log,
  });
}

/** A list says how many there are, though none of them is new. */
function listsOf({ world, undeclared }: Parts): Source {
  const classesAt = (place: string) => classesFor(world, place).map(({ metadata }) => metadata.name);
  return mappedTriggerSource(undeclared.seen, classesAt, COUNT_AFTER);
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
    refusals: new Map(),
    grantless: new Set(),
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
                // What a class lets go may be another's now, and what it takes was another's.
                ...registriesOf(now, before).flatMap((registry) => keysIn(options, registry)),
              ]
            : [],
        REFRESH,
      ),
      mappedWatchSource(caches.repositories, (_, now, before) => handedOver(options, now, before), REFRESH),
      registryChanges(options, caches.registries),
      // After each list of a whole registry: what is in it now, and what was.
      mappedTriggerSource(undeclared.seen, (place) => keysAt(options, place), REFRESH),
    ],
    reconcile: undeclaredReconciler(options),
    workers: 2,
    // An account and region that AWS throttles keeps no other waiting.
    groupOf: (key) => placeOfKey(options, key),
    clock,
    log,
  });
}

function placeOfKey({ world }: UndeclaredOptions, key: string): string {
  const of = world.repositoryClasses.get(partsOfKey(key).className);
  return (of && placeOfClass(world, of)) ?? '';
}

interface EcrName {
  readonly registry: string;
  readonly name: string;
}

/** The name in ECR that a Repository has and a class therefore not. */
function nameOf(repository: Repository | undefined): EcrName | undefined {
  if (!repository || !hasItsName(repository)) return undefined;
  return { registry: repository.spec.registryRef.name, name: repositoryName(repository) };
}

/** What a Repository has from now on, and what it has no longer. */
function handedOver(
  options: UndeclaredOptions,
  ...[now, before]: readonly (Repository | undefined)[]
): string[] {
  const names = [nameOf(now), nameOf(before)];
  if (isDeepStrictEqual(names[0], names[1])) return [];
  return names.flatMap((name) => (name ? keysOfName(options, name) : []));
}

function keysOfName({ world, store }: UndeclaredOptions, { registry, name }: EcrName): string[] {
  const place = placeNamed(world.registries, registry);
  const found = place !== undefined && store.has(place, name) ? classFor(world, place, name) : undefined;
  return found ? [undeclaredKey(found.metadata.name, name)] : [];
}

function keysIn(options: UndeclaredOptions, registry: string): string[] {
  const place = placeNamed(options.world.registries, registry);
  return place === undefined ? [] : [...keysAt(options, place)];
}

/** What is in an account and region by the classes that apply, and what classes had there before. */
function* keysAt(options: UndeclaredOptions, place: string): Generator<string> {
  yield* undeclaredKeys(options, place);
  for (const of of classesFor(options.world, place)) yield* knownKeys(options.store, of.metadata.name);
}

/** The Registries in which a class applies, or did, to what nobody declared. */
function registriesOf(...versions: readonly (RepositoryClass | undefined)[]): string[] {
  return [...new Set(versions.flatMap((one) => one?.spec.undeclared?.registryRef.name ?? []))];
}

/** The classes that refer to a Registry, which need not be there. */
function classesOf({ repositoryClasses }: UndeclaredOptions['world'], registry: string): string[] {
  return [...repositoryClasses.values()]
    .filter(({ spec }) => spec.undeclared?.registryRef.name === registry)
    .map(({ metadata }) => metadata.name);
}

/** What a Registry had, and what its account and region have by others; with the last of these their list goes. */
function registryChanges(options: UndeclaredOptions, registries: Informer<Registry>): Source {
  const { world, store } = options;
  return (enqueue) =>
    registries.listen((name, now, before) => {
      if (!changedByPeople(now, before)) return;
      for (const of of classesOf(world, name)) for (const key of knownKeys(store, of)) enqueue(key, REFRESH);
      const places = new Set([now, before].flatMap((one) => (one ? placeOf(one) : [])));
      for (const place of places) {
        if (registriesAt(world.registries, place).size === 0) store.forget(place);
        for (const key of keysAt(options, place)) enqueue(key, REFRESH);
      }
    });
}

function* knownKeys(store: UndeclaredStore, className: string): Generator<string> {
  for (const name of store.results(className).keys()) yield undeclaredKey(className, name);
}
