import type { ClusterPullSecret } from '../../api/cluster-pull-secret.generated.ts';
import type { PullSecret } from '../../api/pull-secret.generated.ts';
import type { PullSecretStatus } from '../../api/shared.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { splitKey } from '../../runtime/key.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { createTrigger, mappedWatchSource, watchSource } from '../../runtime/sources.ts';
import { customResource, type Parts } from '../parts.ts';
import { claimKey } from './claims.ts';
import { deliveryReconciler } from './deliver.ts';
import { demandReconciler } from './demand-controller.ts';
import { pullSecretReconciler } from './pull-secret.ts';
import { repairController } from './repair/controller.ts';
import { PULL_SECRET_DEPENDENTS } from './status.ts';
import { ownSource, statusSource } from './status-sources.ts';
import { tokensReconciler } from './tokens.ts';
import {
  claimantsAffected,
  deliveryAfterToken,
  leftoversIn,
  type PullTriggers,
  targetsIn,
  tokensOfRegistry,
} from './wake.ts';

/** The controllers behind the two kinds: demand -> tokens -> deliveries -> the status of either kind. */
export function pullSecretControllers(parts: Parts): Controller[] {
  const triggers: PullTriggers = {
    tokens: createTrigger(),
    deliveries: createTrigger(),
    claims: createTrigger(),
  };
  return [
    demandController(parts, triggers),
    tokensController(parts, triggers),
    deliveryController(parts, triggers),
    kindController<PullSecret>(parts, triggers, 'PullSecret', 'pullSecrets'),
    kindController<ClusterPullSecret>(parts, triggers, 'ClusterPullSecret', 'clusterPullSecrets'),
    ...parts.caches.pods.map((pods) => repairController(parts, pods, triggers.deliveries)),
  ];
}

/** Keys are those of Secrets: `namespace/name`. */
function demandController({ caches, world, clock, log }: Parts, triggers: PullTriggers): Controller {
  const everywhere = (): Iterable<string> => targetsIn(world, world.namespaces.keys());
  return createController({
    name: 'demand',
    sources: [
      mappedWatchSource(caches.namespaces, (name) => targetsIn(world, [name])),
      mappedWatchSource(caches.pullSecrets, (_, now, before) =>
        changedByPeople(now, before) ? targetsIn(world, [(now ?? before)?.metadata.namespace ?? '']) : [],
      ),
      mappedWatchSource(caches.clusterPullSecrets, (_, now, before) =>
        changedByPeople(now, before) ? everywhere() : [],
      ),
      mappedWatchSource(caches.registries, (_, now, before) =>
        changedByPeople(now, before) ? everywhere() : [],
      ),
    ],
    reconcile: demandReconciler(world, triggers),
    workers: 1,
    clock,
    log,
  });
}

/** They do little but wait; each Registry gets a few of them at most, see token-lanes.ts. */
const TOKEN_WORKERS = 64;

/** Keys are ids of tokens. */
function tokensController(
  { caches, world, access, clock, log, config, counters }: Parts,
  triggers: PullTriggers,
): Controller {
  return createController({
    name: 'tokens',
    sources: [
      triggers.tokens.source,
      mappedWatchSource(caches.registries, (name, now, before) =>
        changedByPeople(now, before) ? tokensOfRegistry(world, name) : [],
      ),
    ],
    reconcile: tokensReconciler({
      world,
      access,
      clock,
      log,
      floorMs: config.shortestRotationMs,
      onToken: (id, { failure }) => {
        const holders = new Set<string>();
        for (const target of world.demand.targetsOf(id)) {
          const holder = world.demand.get(target)?.holder;
          if (holder) holders.add(claimKey(holder));
          if (holder && target === claimKey(holder)) continue;
          // A failure changes nothing of a Secret that has the token of before. It may be the last word that others of
          // its logins waited for, or that one of another scope goes.
          if (!failure || !world.secret(target)?.logins.some((login) => login.id === id))
            triggers.deliveries.fire(target, deliveryAfterToken(world, target, clock.now()));
        }
        for (const key of holders) triggers.claims.fire(key);
      },
      onRecovered: (registry) => {
        for (const id of tokensOfRegistry(world, registry)) triggers.tokens.fire(id, { priority: 'refresh' });
      },
      onTurn: (id) => triggers.tokens.fire(id),
      counters,
    }),
    workers: TOKEN_WORKERS,
    clock,
    log,
  });
}

/** Nobody waits for what is taken away. */
const LATER = { priority: 'refresh' } as const;

/** Keys are those of Secrets: `namespace/name`. */
function deliveryController(
  { caches, world, client, clock, log, config, counters }: Parts,
  triggers: PullTriggers,
): Controller {
  return createController({
    name: 'delivery',
    sources: [
      ...caches.secrets.map((informer) => watchSource(informer)),
      ...caches.serviceAccounts.flatMap((informer) => [
        mappedWatchSource(informer, (key) => targetsIn(world, [splitKey(key).namespace])),
        mappedWatchSource(informer, (key) => leftoversIn(world, splitKey(key).namespace), LATER),
      ]),
      mappedWatchSource(caches.namespaces, (name) => leftoversIn(world, name), LATER),
      triggers.deliveries.source,
    ],
    reconcile: deliveryReconciler({
      world,
      client,
      clock,
      onResult: ({ namespace, secretName }) => {
        const isOfName = ({ object }: Parameters<typeof claimKey>[0]): boolean =>
          object.spec.secretName === secretName;
        for (const key of claimantsAffected(world, isOfName, namespace)) triggers.claims.fire(key);
      },
      counters,
    }),
    workers: config.deliveryWorkers,
    clock,
    log,
  });
}

/** Keys are those of the objects; triggers carry the kind in front of them. */
function kindController<T extends PullSecret | ClusterPullSecret>(
  parts: Parts,
  triggers: PullTriggers,
  kind: 'PullSecret' | 'ClusterPullSecret',
  cache: 'pullSecrets' | 'clusterPullSecrets',
): Controller {
  const { caches, world, clock, log, config } = parts;
  const informer = caches[cache] as unknown as Parameters<typeof customResource<T, PullSecretStatus>>[1];
  return createController({
    name: kind.toLowerCase(),
    sources: [ownSource(informer, parts, triggers, kind), statusSource(parts, triggers, kind)],
    reconcile: customResource<T, PullSecretStatus>(
      parts,
      informer,
      PULL_SECRET_DEPENDENTS,
      pullSecretReconciler<T>({
        world,
        clock,
        installation: {
          secretNames: config.pullSecretNames,
          serviceAccountNames: config.serviceAccountNames,
          repairPods: config.repairPods,
          closures: parts.reach?.closures,
        },
        claimOf: (object) => ({ kind, object }) as never,
        onRequest: (ids) => {
          for (const id of ids) triggers.tokens.fire(id);
        },
      }),
      [],
      [],
      // Rights in a namespace go with it, and before what a finalizer holds: nobody could take that out any more. What
      // is left of an object that is gone is found without.
      parts.reach ? ({ spec }) => spec.deletionPolicy === 'Retain' : undefined,
    ),
    workers: 4,
    clock,
    log,
  });
}
