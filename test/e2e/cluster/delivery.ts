import type { Cluster } from '../../lab/cluster.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { waitFor } from '../../lab/wait-for.ts';

interface Account extends KubeObject {
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

/** Makes a namespace; how long until its ServiceAccount named the pull Secret, which then was there (ms). */
export async function servedAfter({ admin }: Cluster, name: string): Promise<number> {
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const started = performance.now();
  const core = { apiVersion: 'v1', metadata: { namespace: name, name: 'default' } };
  await waitFor(() => admin.get<Account>({ ...core, kind: 'ServiceAccount' }), {
    what: `the Secret at the ServiceAccount of ${name}`,
    until: (account) => account?.imagePullSecrets?.some((secret) => secret.name === 'ecr-pull') ?? false,
    timeoutMs: 120_000,
    intervalMs: 10,
  });
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: name, name: 'ecr-pull' } };
  if (!(await admin.get(secret)))
    throw new Error(`the ServiceAccount of ${name} names a Secret that is not there`);
  return performance.now() - started;
}
