import type { ClusterPullSecret } from '../../../../src/api/cluster-pull-secret.generated.ts';
import { pullSecretReconciler } from '../../../../src/controllers/pull-secret/pull-secret.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { clusterPullSecret, NOW, namespace, registry, type Things, worldOf } from '../objects.ts';
import { ATTACHED, demanded, secret, token } from './pull-objects.ts';

const SERVED: Things = {
  registries: [registry()],
  namespaces: [namespace()],
  secrets: [secret()],
  serviceAccounts: [ATTACHED],
};

export interface Given {
  readonly things?: Things;
  readonly object?: ClusterPullSecret;
  /** Ms after {@link NOW}. */
  readonly after?: number;
}

/** The reconciler of ClusterPullSecrets in a world where all is well but for what is given, with its token. */
export function claimTrial({ things = {}, object = clusterPullSecret(), after = 0 }: Given = {}) {
  const world = demanded(worldOf({ ...SERVED, clusterPullSecrets: [object], ...things }));
  world.tokens.set('default|', { token: token() });
  const requested: string[] = [];
  const clock = createFakeClock(NOW + after);
  const { reconcile, finalize } = pullSecretReconciler<ClusterPullSecret>({
    world,
    clock,
    installation: { secretNames: ['ecr-pull'], serviceAccountNames: undefined, repairPods: false },
    claimOf: (one) => ({ kind: 'ClusterPullSecret', object: one }),
    onRequest: (ids) => void requested.push(...ids),
  });
  const pass = async (one = object) => {
    const outcome = await reconcile(one);
    if ('failure' in outcome) throw outcome.failure;
    return outcome;
  };
  return { world, clock, requested, pass, finalize: () => finalize(object) };
}
