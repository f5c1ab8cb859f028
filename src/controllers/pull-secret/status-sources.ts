import type { ClusterPullSecret } from '../../api/cluster-pull-secret.generated.ts';
import type { PullSecret } from '../../api/pull-secret.generated.ts';
import type { Informer } from '../../runtime/informer.ts';
import { splitKey } from '../../runtime/key.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import type { Source } from '../../runtime/sources.ts';
import type { Parts } from '../parts.ts';
import { registriesNamed } from './claims.ts';
import { claimantsAffected, type PullTriggers } from './wake.ts';

/** A status can wait until the namespaces of a burst are through (ms). */
const STATUS_AFTER = { afterMs: 250, priority: 'refresh' } as const;

/** What a change means for the namespaces is looked at before it is told. */
const TOLD_AFTER = { afterMs: 20 } as const;

/** An object's own changes. */
export function ownSource<T extends PullSecret | ClusterPullSecret>(
  informer: Informer<T>,
  { world }: Parts,
  { tokens }: PullTriggers,
  kind: string,
): Source {
  return (enqueue) => {
    informer.listen((key, now, before) => {
      // Somebody took its finalizer away: it goes without having let go of anything.
      if (!now) for (const id of world.demand.forget(`${kind}:${key}`)) tokens.fire(id);
      if (changedByPeople(now, before)) enqueue(key, before ? TOLD_AFTER : {});
    });
  };
}

/** Whatever may change what the objects of one kind say of themselves. */
export function statusSource({ caches, world, reach }: Parts, triggers: PullTriggers, kind: string): Source {
  return (enqueue, signal) => {
    const wake = (key: string): void => {
      if (key.startsWith(`${kind}:`)) enqueue(key.slice(kind.length + 1), STATUS_AFTER);
    };
    triggers.claims.source(wake, signal);
    const wakeNamespace = (namespace: string): void => {
      for (const key of claimantsAffected(world, () => true, namespace)) wake(key);
    };
    for (const informer of [...caches.secrets, ...caches.serviceAccounts])
      informer.listen((key) => wakeNamespace(splitKey(key).namespace));
    caches.namespaces.listen(wakeNamespace);
    reach?.listen(wakeNamespace);
    caches.registries.listen((name) => {
      for (const key of claimantsAffected(world, ({ object }) => registriesNamed(object.spec).includes(name)))
        wake(key);
    });
  };
}
