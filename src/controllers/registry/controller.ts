import type { Registry, RegistryStatus } from '../../api/registry.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { mappedWatchSource, type Source, watchSource } from '../../runtime/sources.ts';
import { customResource, type Parts } from '../parts.ts';
import { registriesNamed } from '../pull-secret/claims.ts';
import { REGISTRY_DEPENDENTS, registryReconciler } from './registry.ts';

/** Many objects change at once; what a Registry says of them can wait for the last (ms). */
const COUNT_AFTER = { afterMs: 1_000, priority: 'refresh' } as const;

/** Verifies Registries, and counts what refers to them. */
export function registryController(parts: Parts): Controller {
  const { caches, world, connections, config, drift, clock, log } = parts;
  const releaseConnections: Source = () => {
    caches.registries.listen(() => {
      connections.retain([...world.registries.values()].map(({ spec }) => spec));
    });
  };
  return createController({
    name: 'registry',
    sources: [
      watchSource(caches.registries, changedByPeople),
      releaseConnections,
      drift.checked.source,
      mappedWatchSource(
        caches.repositories,
        (_, now, before) => [(now ?? before)?.spec.registryRef.name ?? ''],
        COUNT_AFTER,
      ),
      mappedWatchSource(
        caches.repositoryClasses,
        (_, now, before) => [now, before].flatMap((one) => one?.spec.undeclared?.registryRef.name ?? []),
        COUNT_AFTER,
      ),
      mappedWatchSource(caches.pullSecrets, (_, now, before) => named(now, before), COUNT_AFTER),
      mappedWatchSource(caches.clusterPullSecrets, (_, now, before) => named(now, before), COUNT_AFTER),
    ],
    reconcile: customResource<Registry, RegistryStatus>(
      parts,
      caches.registries,
      REGISTRY_DEPENDENTS,
      registryReconciler(world, connections, { checks: drift, schedule: config.driftSchedule }),
    ),
    workers: 4,
    clock,
    log,
  });
}

type Naming = { readonly spec: Parameters<typeof registriesNamed>[0] } | undefined;

/** What a pull secret refers to now, and what it did before. */
function named(...states: readonly Naming[]): string[] {
  return states.flatMap((state) => (state ? registriesNamed(state.spec) : []));
}
