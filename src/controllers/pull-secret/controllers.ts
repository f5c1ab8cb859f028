import type { ClusterPullSecret } from '../../api/cluster-pull-secret.generated.ts';
import type { PullSecret } from '../../api/pull-secret.generated.ts';
import type { PullSecretStatus } from '../../api/shared.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { createTrigger, mappedWatchSource, type Source, watchSource } from '../../runtime/sources.ts';
import { customResource, type Parts } from '../parts.ts';
import { registryOf } from './claims.ts';
import { deliveryReconciler } from './deliver.ts';
import { pullSecretReconciler } from './pull-secret.ts';
import { PULL_SECRET_DEPENDENTS } from './status.ts';
import { tokensReconciler } from './tokens.ts';
import {
  claimantsAffected,
  type PullTriggers,
  registriesNamed,
  targetsIn,
  targetsOfRegistry,
} from './wake.ts';

/** The four controllers behind the two kinds: tokens -> deliveries -> the status of either kind. */
export function pullSecretControllers(parts: Parts): Controller[] {
  const triggers: PullTriggers = { deliveries: createTrigger(), claims: createTrigger() };
  return [
    tokensController(parts, triggers),
    deliveryController(parts, triggers),
    kindController<PullSecret>(parts, triggers, 'PullSecret', 'pullSecrets'),
    kindController<ClusterPullSecret>(parts, triggers, 'ClusterPullSecret', 'clusterPullSecrets'),
  ];
}

/** Keys are names of Registries. */
function tokensController({ caches, world, access, clock, log }: Parts, triggers: PullTriggers): Controller {
  return createController({
    name: 'tokens',
    sources: [
      watchSource(caches.registries, changedByPeople),
      // Not by a status: each new namespace writes one, and would end the back-off of a token that does not come.
      mappedWatchSource(caches.pullSecrets, (_, now, before) =>
        changedByPeople(now, before) ? registriesNamed(now, before) : [],
      ),
      mappedWatchSource(caches.clusterPullSecrets, (_, now, before) =>
        changedByPeople(now, before) ? registriesNamed(now, before) : [],
      ),
    ],
    reconcile: tokensReconciler({
      world,
      access,
      clock,
      log,
      onToken: (registry, { failure }) => {
        for (const key of claimantsAffected(world, (claim) => registryOf(claim) === registry))
          triggers.claims.fire(key);
        if (failure) return;
        for (const key of targetsOfRegistry(world, registry))
          triggers.deliveries.fire(key, { priority: 'refresh' });
      },
    }),
    workers: 4,
    clock,
    log,
  });
}

/** Keys are those of Secrets: `namespace/name`. */
function deliveryController(
  { caches, world, client, clock, log, config }: Parts,
  triggers: PullTriggers,
): Controller {
  const everywhere = (): Iterable<string> => targetsIn(world, world.namespaces.keys());
  return createController({
    name: 'delivery',
    sources: [
      ...caches.secrets.map((informer) => watchSource(informer)),
      mappedWatchSource(caches.namespaces, (name) => targetsIn(world, [name])),
      mappedWatchSource(caches.serviceAccounts, (_, now, before) =>
        targetsIn(world, [(now ?? before)?.namespace ?? '']),
      ),
      mappedWatchSource(caches.pullSecrets, (_, now, before) =>
        changedByPeople(now, before) ? targetsIn(world, [(now ?? before)?.metadata.namespace ?? '']) : [],
      ),
      mappedWatchSource(caches.clusterPullSecrets, (_, now, before) =>
        changedByPeople(now, before) ? everywhere() : [],
      ),
      mappedWatchSource(caches.registries, (_, now, before) =>
        changedByPeople(now, before) ? everywhere() : [],
      ),
      triggers.deliveries.source,
    ],
    reconcile: deliveryReconciler({
      world,
      client,
      clock,
      onResult: ({ namespace, secretName }) => {
        const affected = claimantsAffected(
          world,
          ({ object }) => object.spec.secretName === secretName,
          namespace,
        );
        for (const key of affected) triggers.claims.fire(key);
      },
    }),
    workers: config.deliveryWorkers,
    clock,
    log,
  });
}

/** A status can wait until the namespaces of a burst are through (ms). */
const STATUS_AFTER = { afterMs: 250, priority: 'refresh' } as const;

/** Keys are those of the objects; triggers carry the kind in front of them. */
function kindController<T extends PullSecret | ClusterPullSecret>(
  parts: Parts,
  triggers: PullTriggers,
  kind: 'PullSecret' | 'ClusterPullSecret',
  cache: 'pullSecrets' | 'clusterPullSecrets',
): Controller {
  const { caches, world, clock, log } = parts;
  const informer = caches[cache] as unknown as Parameters<typeof customResource<T, PullSecretStatus>>[1];
  const affected: Source = (enqueue, signal) => {
    const wake = (key: string): void => {
      if (key.startsWith(`${kind}:`)) enqueue(key.slice(kind.length + 1), STATUS_AFTER);
    };
    triggers.claims.source(wake, signal);
    const wakeNamespace = (namespace: string): void => {
      for (const key of claimantsAffected(world, () => true, namespace)) wake(key);
    };
    for (const secrets of caches.secrets)
      secrets.listen((_, now, before) => wakeNamespace((now ?? before)?.namespace ?? ''));
    caches.serviceAccounts.listen((_, now, before) => wakeNamespace((now ?? before)?.namespace ?? ''));
    caches.namespaces.listen(wakeNamespace);
    caches.registries.listen((name) => {
      for (const key of claimantsAffected(world, (claim) => registryOf(claim) === name)) wake(key);
    });
  };
  return createController({
    name: kind.toLowerCase(),
    sources: [watchSource(informer, changedByPeople), affected],
    reconcile: customResource<T, PullSecretStatus>(
      parts,
      informer,
      PULL_SECRET_DEPENDENTS,
      pullSecretReconciler<T>(world, clock, (object) => ({ kind, object }) as never),
    ),
    workers: 4,
    clock,
    log,
  });
}
