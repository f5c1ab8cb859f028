import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { createLabKubeClient, type LabKubeClient } from './kube-client.ts';
import { kubectlOk } from './kubectl.ts';
import { waitFor } from './wait-for.ts';

const COMPONENT = join(import.meta.dirname, '../../deploy/kustomize/components/own-account');

/** A client as the shipped ServiceAccount, with a token of its own: what a thief of it has. Close it. */
export async function asOperator(controlPlane: ControlPlane): Promise<LabKubeClient> {
  const token = await controlPlane.serviceAccountToken('ecr-operator', 'ecr-operator');
  return createLabKubeClient({ server: controlPlane.url, ca: controlPlane.ca, token });
}

/** Applies the component `own-account`; resolves when the API server holds the operator to it. */
export async function installOwnAccount(controlPlane: ControlPlane, folder = COMPONENT): Promise<void> {
  await kubectlOk(await controlPlane.kubeconfig(), ['apply', '-k', folder]);
  const operator = await asOperator(controlPlane);
  try {
    await waitFor(async () => ({ status: (await operator.raw(FORBIDDEN)).status }), {
      what: 'the policy on the account of the operator to act',
      until: ({ status }) => status === 403,
      timeoutMs: 30_000,
    });
  } finally {
    await operator.close();
  }
}

/** Nothing that RBAC refuses. */
const FORBIDDEN = {
  method: 'PATCH',
  path: '/api/v1/namespaces/default/serviceaccounts/default',
  query: { dryRun: 'All' },
  contentType: 'application/merge-patch+json',
  body: { metadata: { labels: { probe: 'own-account' } } },
} as const;
