import { type DeliveryOptions, deliveryReconciler } from '../../../../src/controllers/pull-secret/deliver.ts';
import type { KubeClient } from '../../../../src/runtime/kube-client.ts';
import { createFakeClock, type FakeClock } from '../../fake-clock.ts';
import { clusterPullSecret, NOW, namespace, registry, type Things, worldOf } from '../objects.ts';
import { demanded, serviceAccount, token } from './pull-objects.ts';

/** The reconciler of deliveries beside an API server that a test speaks for. */
export interface DeliveryTrial {
  /** One pass over `team/ecr-pull`. */
  pass(): ReturnType<ReturnType<typeof deliveryReconciler>>;
  /** The writes, in order. */
  readonly writes: string[];
  /** What each of the writes throws instead. */
  readonly failures: Record<string, Error>;
  /** The Secret with its content, where that is read. */
  found: object;
  /** The targets whose result was news. */
  readonly told: string[];
  readonly world: DeliveryOptions['world'];
  readonly clock: FakeClock;
}

/** Everybody wants a Secret. */
export const WANTED: Things = {
  registries: [registry()],
  namespaces: [namespace()],
  clusterPullSecrets: [clusterPullSecret()],
  serviceAccounts: [serviceAccount()],
};

/** Writes succeed, but for the failures, and change nothing here: no watch brings any news. The token is there. */
export function deliveryTrial(things: Things = WANTED): DeliveryTrial {
  const clock = createFakeClock(NOW);
  const world = demanded(worldOf({ registries: [registry()], namespaces: [namespace()], ...things }));
  world.tokens.set('default|', { token: token() });
  const told: string[] = [];
  const trial = {
    writes: [] as string[],
    failures: {} as Record<string, Error>,
    found: {},
    told,
    world,
    clock,
  };
  const write = async (what: string): Promise<never> => {
    trial.writes.push(what);
    const failure = trial.failures[what];
    if (failure) throw failure;
    // Without a version, so that nobody waits for the cache.
    return { metadata: {} } as never;
  };
  const client: Partial<KubeClient> = {
    request: async () => trial.found as never,
    apply: (resource, _object, { force }) => write(`apply ${resource.kind}${force ? ', forced' : ''}`),
    jsonPatch: ({ kind }, { name }) => write(`patch ${kind} ${name}`),
    mergePatch: ({ kind }) => write(`release ${kind}`),
    delete: ({ kind }, _path, preconditions) => write(`delete ${kind} ${JSON.stringify(preconditions)}`),
  };
  const pass = deliveryReconciler({
    world,
    client: client as KubeClient,
    clock,
    onResult: ({ namespace: where, secretName }) => void told.push(`${where}/${secretName}`),
  });
  return Object.assign(trial, { pass: () => pass('team/ecr-pull') });
}
