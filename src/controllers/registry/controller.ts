import type { Registry, RegistryStatus } from '../../api/registry.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { keyOf } from '../../runtime/key.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { mappedWatchSource, type Source, watchSource } from '../../runtime/sources.ts';
import { isSettled } from '../drift/snapshot.ts';
import { customResource, type Parts } from '../parts.ts';
import { registriesNamed } from '../pull-secret/claims.ts';
import type { Referring } from '../registry-groups.ts';
import { createKeySecrets } from './key-secrets.ts';
import { REGISTRY_DEPENDENTS, REGISTRY_OPTIONAL_DEPENDENTS, registryReconciler } from './registry.ts';

/** Many objects change at once; what a Registry says of them can wait for the last (ms). */
const COUNT_AFTER = { afterMs: 1_000, priority: 'refresh' } as const;

const REFRESH = { priority: 'refresh' } as const;

/** Verifies Registries, and counts what refers to them. */
export function registryController(parts: Parts): Controller {
  const { caches, world, connections, config, drift, registrySettings, clock, log } = parts;
  return createController({
    name: 'registry',
    sources: [
      watchSource(caches.registries, changedByPeople),
      releaseConnections(parts),
      followKeySecrets(parts),
      drift.checked.source,
      registrySettings.changed.source,
      mappedWatchSource(caches.repositories, referred, COUNT_AFTER),
      mappedWatchSource(caches.pullThroughCacheRules, referred, COUNT_AFTER),
      mappedWatchSource(caches.repositoryCreationTemplates, referred, COUNT_AFTER),
      mappedWatchSource(caches.publicRepositories, referred, COUNT_AFTER),
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
      registryReconciler(
        world,
        connections,
        { checks: drift, schedule: config.driftSchedule },
        registrySettings,
        config.controllers,
      ),
      [],
      REGISTRY_OPTIONAL_DEPENDENTS,
    ),
    workers: 4,
    clock,
    log,
  });
}

/** Wakes nobody: connections of Registries that are no more are closed. */
export function releaseConnections({ caches, world, connections }: Parts): Source {
  return () => {
    caches.registries.listen(() => {
      connections.retain([...world.registries.values()].map(({ spec }) => spec));
    });
  };
}

/** Whatever the keys of a changed Secret are for is looked at with the new ones, unless it is as it should be. */
export function followKeySecrets({
  client,
  clock,
  log,
  config,
  caches,
  world,
  connections,
  drift,
}: Parts): Source {
  return (enqueue, signal) => {
    const secretOf = ({ spec }: Registry): string | undefined => spec.credentials?.secretRef?.name;
    const onChange = (secret: string): void => {
      connections.secretChanged(secret);
      for (const registry of world.registries.values()) {
        if (secretOf(registry) !== secret) continue;
        enqueue(registry.metadata.name);
        drift.answered.fire(registry.metadata.name, REFRESH);
        for (const repository of world.repositories.values()) {
          const isOurs = repository.spec.registryRef.name === registry.metadata.name;
          if (isOurs && !isSettled(repository)) drift.found.fire(keyOf(repository.metadata), REFRESH);
        }
      }
    };
    const { namespace } = config;
    const secrets = createKeySecrets({ client, clock, log, namespace, signal, onChange });
    caches.registries.listen(() => {
      secrets.follow(new Set([...world.registries.values()].flatMap((one) => secretOf(one) ?? [])));
    });
  };
}

/** The Registry of an object, which never changes. */
function referred(_: string, now: Referring | undefined, before: Referring | undefined): string[] {
  return [(now ?? before)?.spec.registryRef.name ?? ''];
}

type Naming = { readonly spec: Parameters<typeof registriesNamed>[0] } | undefined;

/** What a pull secret refers to now, and what it did before. */
function named(...states: readonly Naming[]): string[] {
  return states.flatMap((state) => (state ? registriesNamed(state.spec) : []));
}
