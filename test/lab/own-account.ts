import type { ControlPlane } from './control-plane.ts';
import { createLabKubeClient, type LabKubeClient, type RawRequest } from './kube-client.ts';
import { waitFor } from './wait-for.ts';

/** A client as the shipped ServiceAccount, with a token of its own: what a thief of it has. Close it. */
export async function asOperator(controlPlane: ControlPlane): Promise<LabKubeClient> {
  const token = await controlPlane.serviceAccountToken('ecr-operator', 'ecr-operator');
  return createLabKubeClient({ server: controlPlane.url, ca: controlPlane.ca, token });
}

/** Resolves when the API server holds the operator's account to the policy that is installed. */
export async function ownAccountHeld(controlPlane: ControlPlane): Promise<void> {
  await answered(controlPlane, FORBIDDEN, 'it changes no label');
}

/**
 * Has the policy on the operator's account know these names of pull Secrets, which its role has to have already in
 * `namespace`; resolves when the API server goes by them.
 */
export async function allowSecretNames(
  controlPlane: ControlPlane,
  names: readonly string[],
  namespace = 'default',
): Promise<void> {
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'ecr-operator-own-account' },
  };
  const path = '/spec/variables/0';
  await controlPlane.admin.patch(policy, [
    { op: 'test', path: `${path}/name`, value: 'pullSecretNames' },
    // What JSON calls a list of strings is one in CEL.
    { op: 'replace', path: `${path}/expression`, value: JSON.stringify(names) },
  ]);
  for (const name of names)
    await answered(controlPlane, opaqueSecret(namespace, name), 'the type of pull Secrets is');
}

/** Resolves when a request of the operator's is refused with these words. */
async function answered(controlPlane: ControlPlane, request: RawRequest, words: string): Promise<void> {
  const operator = await asOperator(controlPlane);
  try {
    await waitFor(async () => ({ body: JSON.stringify((await operator.raw(request)).body) }), {
      what: `the policy on the operator's account to say that ${words}`,
      until: ({ body }) => body.includes(words),
      timeoutMs: 30_000,
    });
  } finally {
    await operator.close();
  }
}

/** Nothing that RBAC refuses. */
const FORBIDDEN: RawRequest = {
  method: 'PATCH',
  path: '/api/v1/namespaces/default/serviceaccounts/default',
  query: { dryRun: 'All' },
  contentType: 'application/merge-patch+json',
  body: { metadata: { labels: { probe: 'own-account' } } },
};

function opaqueSecret(namespace: string, name: string): RawRequest {
  return {
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
    query: { dryRun: 'All', fieldManager: 'ecr-operator' },
    contentType: 'application/apply-patch+yaml',
    body: { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'Opaque' },
  };
}
