import { type Survey, survey } from '../../../../src/controllers/pull-secret/survey.ts';
import { clusterPullSecret, NOW, namespace, registry, type Things, worldOf } from '../objects.ts';
import { ATTACHED, demanded, secret } from './pull-objects.ts';

/** All is well in `team`. */
export const THINGS: Things = {
  registries: [registry()],
  namespaces: [namespace()],
  secrets: [secret()],
  serviceAccounts: [ATTACHED],
};

/** What is found of the ClusterPullSecret `all` with this spec. */
export function found(things: Things, spec: Parameters<typeof clusterPullSecret>[1] = {}, now = NOW): Survey {
  const object = clusterPullSecret('all', spec);
  const world = demanded(worldOf({ ...THINGS, clusterPullSecrets: [object], ...things }));
  return survey(world, { kind: 'ClusterPullSecret', object }, now);
}

/** Namespaces that are matched, ready, failed. */
export function counts({ matched, ready, failures }: Survey): readonly [number, number, number] {
  return [matched, ready, failures.length];
}
