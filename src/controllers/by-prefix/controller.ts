import type { Registry } from '../../api/registry.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import type { Informer } from '../../runtime/informer.ts';
import type { Key } from '../../runtime/key.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import { mappedTriggerSource, mappedWatchSource, watchSource } from '../../runtime/sources.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import { customResource, type Parts } from '../parts.ts';
import { placeNamed, placeOf } from '../registry/place.ts';
import { byRegistry } from '../registry-groups.ts';
import { isSameThing, type Prefixed } from './prefixed.ts';

/** Passes at the same time, for each Registry: it has fifty of a kind at most, and little to do for them. */
const WORKERS = 2;

/** What reaches many at once: who changes an object of their own does not wait for them. */
const LATER = { priority: 'refresh' } as const;

export interface PrefixedControllerOptions<
  T extends Prefixed & { readonly status?: S },
  S extends BaseStatus,
> {
  readonly name: string;
  readonly informer: Informer<T>;
  /** See `nextStatus`. */
  readonly dependents: readonly [string, ...string[]];
  readonly reconciler: Reconciler<T, Omit<S, keyof BaseStatus>>;
}

/**
 * Keeps what ECR has for prefixes of names as declared: after each change of an object, of its Registry, and of another
 * object that had the thing; and with each drift check of the Registry.
 */
export function prefixedController<T extends Prefixed & { readonly status?: S }, S extends BaseStatus>(
  parts: Parts,
  { name, informer, dependents, reconciler }: PrefixedControllerOptions<T, S>,
): Controller {
  const { caches, world, drift, clock, log } = parts;
  const where = (matches: (object: T) => boolean): Key[] =>
    [...informer.lister.values()].filter(matches).map(({ metadata }) => metadata.name);
  const inRegistry = (registry: string): Key[] => where(({ spec }) => spec.registryRef.name === registry);
  const around = (name: string, registry: Registry | undefined): Key[] => {
    const place = registry && placeOf(registry);
    return where(({ spec: { registryRef } }) => {
      const own = placeNamed(world.registries, registryRef.name);
      return registryRef.name === name || (own !== undefined && own === place);
    });
  };
  return createController({
    name,
    sources: [
      watchSource(informer, changedByPeople),
      mappedWatchSource(
        caches.registries,
        // All of the account and region: whether one may write decides over whose a thing is.
        (name, now, before) => (changedByPeople(now, before) ? around(name, now ?? before) : []),
        LATER,
      ),
      // Whoever waits for the thing of one that is gone, or that wants it no more.
      mappedWatchSource(informer, (_, now, before) =>
        before && (now?.metadata.uid !== before.metadata.uid || now?.spec.mode !== before.spec.mode)
          ? where((other) => isSameThing(world.registries, other, before))
          : [],
      ),
      mappedTriggerSource(drift.answered, inRegistry, LATER),
    ],
    reconcile: customResource<T, S>(parts, informer, dependents, reconciler),
    groupOf: byRegistry({ registries: world.registries, repositories: informer.lister }),
    workers: WORKERS,
    clock,
    log,
  });
}
