import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import type { KubeObject, LabKubeClient, RawRequest, RawResponse } from '../../lab/kube-client.ts';
import { kubectlOk } from '../../lab/kubectl.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { asOperator, ownAccountHeld } from '../../lab/own-account.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { KUSTOMIZE } from '../deploy/overlay.ts';
import { failPull, ownedPod, podSpec } from '../repair/pods.ts';

/** A namespace with a pull Secret of the operator's, one with a Secret of somebody else, one without any. */
export const [OURS, FOREIGN, EMPTY] = ['ours', 'foreign', 'empty'];

/** A cluster whose operator has lost its token: nothing runs but the thief. */
export interface AccountLab {
  readonly controlPlane: ControlPlane;
  readonly admin: LabKubeClient;
  /** What comes of a request with the token. */
  attempt(request: RawRequest): Promise<RawResponse>;
  stop(): Promise<void>;
}

/** The parts of a pull Secret as the operator applies it. */
export function pullSecretBody(namespace: string, name = 'ecr-pull') {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'ecr-operator' },
      annotations: {
        'ecr-operator.io/holder': 'ClusterPullSecret/all',
        'ecr-operator.io/foreign-entries': 'Remove',
        'ecr-operator.io/tokens': '[]',
      },
    },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': encoded({ auths: {} }) },
  };
}

export function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}

/**
 * Starts it. The account is made cluster-admin beside what is shipped, so that it is the policy which refuses, and not RBAC.
 */
export async function startAccountLab(): Promise<AccountLab> {
  const controlPlane = await startControlPlane();
  try {
    const kubeconfig = await controlPlane.kubeconfig();
    await kubectlOk(kubeconfig, ['apply', '-k', KUSTOMIZE]);
    await kubectlOk(kubeconfig, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=50s']);
    const account = `--serviceaccount=${OPERATOR_NAMESPACE}:ecr-operator`;
    const binding = ['create', 'clusterrolebinding', 'too-much', '--clusterrole=cluster-admin', account];
    await kubectlOk(kubeconfig, binding);
    const operator = await asOperator(controlPlane);
    await furnish(controlPlane.admin, operator);
    await ownAccountHeld(controlPlane);
    return {
      controlPlane,
      admin: controlPlane.admin,
      attempt: (request) => operator.raw(request),
      async stop() {
        await operator.close();
        await controlPlane.stop();
      },
    };
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
}

/** What there is to go at. */
async function furnish(admin: LabKubeClient, operator: LabKubeClient): Promise<void> {
  for (const name of [OURS, FOREIGN, EMPTY])
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await operator.apply(pullSecretBody(OURS), { fieldManager: 'ecr-operator' });
  const { labels, annotations } = pullSecretBody(FOREIGN).metadata;
  // A copy of one of ours: the marks are there, and the operator did not apply them.
  const copy = {
    ...pullSecretBody(FOREIGN),
    metadata: { name: 'ecr-pull', namespace: FOREIGN, labels, annotations },
  };
  await admin.create(copy);
  await admin.create({
    ...pullSecretBody(OURS),
    metadata: { name: 'theirs', namespace: OURS },
  } as KubeObject);
  await admin.create({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: 'builder',
      namespace: OURS,
      labels: { team: 'a' },
      annotations: { 'eks.amazonaws.com/role-arn': 'none', 'ecr-operator.io/pull-secrets': 'ecr-pull' },
    },
    imagePullSecrets: [{ name: 'theirs' }, { name: 'ecr-pull' }, { name: 'other' }],
  } as KubeObject);
  await admin.create({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {
      name: 'by-hand',
      namespace: OURS,
      annotations: { 'ecr-operator.io/pull-secrets': 'old-pull' },
    },
    imagePullSecrets: [{ name: 'ecr-pull' }],
  } as KubeObject);
  await admin.create({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'crowded', namespace: OURS },
    imagePullSecrets: Array.from({ length: 5_000 }, (_, index) => ({ name: `secret-${index}` })),
  } as KubeObject);
  await admin.create({
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'Registry',
    metadata: { name: 'default' },
    spec: { accountId: '123456789012', region: 'us-east-1', tenancy: { rules: [{ allow: ['Pull'] }] } },
  } as KubeObject);
  await furnishPods(admin);
}

async function furnishPods(admin: LabKubeClient): Promise<void> {
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: OURS },
  };
  await waitFor(() => admin.get(account), { what: 'the ServiceAccount default' });
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'controller', namespace: OURS } };
  const object = await admin.create<KubeObject>(map);
  const owner = { object, controller: true };
  const spec = podSpec('123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1');
  await failPull(admin, await admin.create(ownedPod(OURS, 'stuck', spec, owner)));
  await failPull(admin, await admin.create(ownedPod(OURS, 'nobodys', spec)));
  await failPull(admin, await admin.create(ownedPod(OURS, 'slow', spec, owner)), 'ContainerCreating');
}
