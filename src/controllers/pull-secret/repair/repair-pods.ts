import { CLUSTER_PULL_SECRETS, PULL_SECRETS } from '../../../api/names.ts';
import { type Clock, timestamp } from '../../../runtime/clock.ts';
import type { Next } from '../../../runtime/controller.ts';
import { failureOf, messageOf } from '../../../runtime/errors.ts';
import type { EventRecorder } from '../../../runtime/events.ts';
import type { Key } from '../../../runtime/key.ts';
import type { KubeClient } from '../../../runtime/kube-client.ts';
import { isConflict, isNotFound } from '../../../runtime/kube-errors.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Happening } from '../../../runtime/outcome.ts';
import { PODS } from '../../../runtime/resource.ts';
import type { Lister } from '../../../runtime/store.ts';
import { type Claim, targetKey } from '../claims.ts';
import type { PullWorld } from '../pull-world.ts';
import { decideRepair, type Repair, type RepairInput } from './decide-repair.ts';
import type { PodState } from './pod-state.ts';
import { createRepairs } from './repairs.ts';

export interface RepairOptions {
  readonly world: PullWorld;
  readonly pods: Lister<PodState>;
  readonly podsIn: (namespace: string) => Iterable<PodState>;
  readonly client: Pick<KubeClient, 'delete'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** One pass over one Pod that is Pending: deletes it, once, if that is what helps. */
export function repairReconciler(options: RepairOptions): (key: Key) => Promise<Next> {
  const { world, pods, client, clock, log } = options;
  const repairs = createRepairs(clock);

  function inputOf(pod: PodState): RepairInput {
    const account = accountOf(world, pod);
    const remedies = (account?.ours ?? []).map((secretName) => {
      const target = targetKey({ namespace: pod.namespace, secretName });
      return {
        secretName,
        demand: world.demand.get(target),
        secret: world.secret(target),
        triedUntil: repairs.triedUntil(pod, secretName),
      };
    });
    return { pod, account, remedies, now: clock.now() };
  }

  async function repair(pod: PodState, why: Repair): Promise<Next> {
    const { namespace, name, uid, resourceVersion } = pod;
    // Before the deletion: its answer may come after the watch has told of what came back.
    const others = [...options.podsIn(namespace)];
    try {
      // Not a Pod of the same name, nor one that meanwhile has its image.
      await client.delete(PODS, { namespace, name }, { uid, resourceVersion });
    } catch (error) {
      if (isNotFound(error)) return {};
      if (!isConflict(error)) notRepaired(pod, why, error);
      return { retry: { kind: 'backoff' } };
    }
    repairs.done(pod, why.secretName, others);
    log.info(
      { pod: name, namespace, secret: why.secretName },
      'pod deleted to come back with its pull secret',
    );
    tell(pod, why, repaired(pod, why));
    return {};
  }

  function notRepaired(pod: PodState, why: Repair, error: unknown): void {
    const { namespace, name } = pod;
    log.warn({ pod: name, namespace, error: messageOf(error) }, 'pod not deleted');
    tell(pod, why, refused(pod, why, error));
  }

  /** The claim's words name no Pod, so that many Pods are one Event there. */
  function tell(pod: PodState, { holder }: Repair, { ofPod, ofClaim }: Words): void {
    options.events.record(PODS, { metadata: pod }, ofPod);
    options.events.record(kindOf(holder), holder.object, ofClaim);
  }

  return async (key) => {
    const pod = pods.get(key);
    if (!pod) {
      repairs.forget(key);
      return {};
    }
    repairs.see(pod);
    const decision = decideRepair(inputOf(pod));
    if ('leave' in decision) {
      repairs.cancel(pod);
      return {};
    }
    if (repairs.isDone(pod)) return {};
    const waitMs = repairs.dueAt(pod) - clock.now();
    return waitMs > 0 ? { requeueAfterMs: waitMs } : repair(pod, decision.repair);
  };
}

function accountOf(world: PullWorld, { namespace, serviceAccount }: PodState): RepairInput['account'] {
  for (const account of world.serviceAccountsIn(namespace))
    if (account.name === serviceAccount) return account;
  return undefined;
}

function kindOf({ kind }: Claim): typeof PULL_SECRETS | typeof CLUSTER_PULL_SECRETS {
  return kind === 'PullSecret' ? PULL_SECRETS : CLUSTER_PULL_SECRETS;
}

interface Words {
  readonly ofPod: Happening;
  readonly ofClaim: Happening;
}

function repaired(pod: PodState, { secretName, attachedAt, image }: Repair): Words {
  const reason = 'PodRepaired';
  const created = timestamp(pod.createdAt);
  const since = attachedAt === undefined ? '' : `, which names it since ${timestamp(attachedAt)}`;
  return {
    ofPod: {
      type: 'Normal',
      reason,
      message: `deleted so that its controller makes it anew with Secret ${secretName}: it was created at ${created}, too early to have that from ServiceAccount ${pod.serviceAccount}${since}, and cannot pull ${image.host}/${image.repository} without it`,
    },
    ofClaim: {
      type: 'Normal',
      reason,
      message: `Pods that were created too early to have Secret ${secretName} from ${accountName(pod)}, and cannot pull their images without it, are deleted so that they come back with it`,
    },
  };
}

function refused(pod: PodState, { secretName }: Repair, error: unknown): Words {
  const reason = 'PodNotRepaired';
  return {
    ofPod: {
      type: 'Warning',
      reason,
      message: `it was created too early to have Secret ${secretName} from ServiceAccount ${pod.serviceAccount}, and cannot be deleted to come back with it: ${messageOf(error)}; this is tried again, or delete it yourself`,
    },
    ofClaim: {
      type: 'Warning',
      reason,
      message: `Pods that were created too early to have Secret ${secretName} from ${accountName(pod)} cannot be deleted (${failureOf(error).reason}): their Events say why; this is tried again`,
    },
  };
}

function accountName({ namespace, serviceAccount }: PodState): string {
  return `ServiceAccount ${namespace}/${serviceAccount}`;
}
