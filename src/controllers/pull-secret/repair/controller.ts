import { type Controller, createController } from '../../../runtime/controller.ts';
import type { Informer } from '../../../runtime/informer.ts';
import { type Key, keyOf, splitKey } from '../../../runtime/key.ts';
import { indexByNamespace } from '../../../runtime/namespace-index.ts';
import {
  mappedTriggerSource,
  mappedWatchSource,
  type Trigger,
  watchSource,
} from '../../../runtime/sources.ts';
import type { Parts } from '../../parts.ts';
import type { PodState } from './pod-state.ts';
import { repairReconciler } from './repair-pods.ts';

/** Keys are those of Pods. `deliveries` tells of targets whose demand has changed. */
export function repairController(
  { caches, world, client, events, clock, log }: Parts,
  pods: Informer<PodState>,
  deliveries: Trigger,
): Controller {
  const podsIn = indexByNamespace([pods]);

  /** The Pods that whatever changed in their namespace may help. */
  function* waitingIn(key: Key): Generator<Key> {
    for (const pod of podsIn(splitKey(key).namespace)) if (pod.unpulled.length > 0) yield keyOf(pod);
  }

  return createController({
    name: 'repair',
    sources: [
      watchSource(pods),
      ...caches.serviceAccounts.map((informer) => mappedWatchSource(informer, waitingIn)),
      ...caches.secrets.map((informer) => mappedWatchSource(informer, waitingIn)),
      mappedTriggerSource(deliveries, waitingIn),
    ],
    reconcile: repairReconciler({ world, pods: pods.lister, podsIn, client, events, clock, log }),
    // One deletion at a time; see repairs.ts for how many in a second.
    workers: 1,
    clock,
    log,
  });
}
