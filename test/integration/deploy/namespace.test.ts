import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { kubectl, kubectlOk } from '../../lab/kubectl.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { rightsKnown } from '../../lab/rights-known.ts';
import { kustomized, type Objects } from '../chart/rendered.ts';
import { COMPONENTS, writeOverlay } from './overlay.ts';

jest.setTimeout(120_000);

interface Binding extends KubeObject {
  readonly subjects: readonly { readonly namespace: string }[];
}

let controlPlane: ControlPlane;
let kubeconfig: string;
let folder: string;
let objects: Objects;

beforeAll(async () => {
  controlPlane = await startControlPlane({ controllers: false });
  kubeconfig = await controlPlane.kubeconfig();
  const components = COMPONENTS.filter((each) => each !== 'no-credential-secrets');
  folder = await writeOverlay(join(controlPlane.folder, 'elsewhere'), { components, namespace: 'elsewhere' });
  objects = await kustomized(folder);
}, 600_000);

afterAll(async () => {
  await controlPlane?.stop();
});

describe('an overlay with a namespace of its own', () => {
  test('leaves nothing in the old one', () => {
    const namespaces = new Set([...objects.values()].map(({ metadata }) => metadata.namespace));
    expect(namespaces.has(OPERATOR_NAMESPACE)).toBe(false);
    expect(objects.has('Namespace/elsewhere')).toBe(true);
    const bindings = [...objects.values()].filter(({ kind }) => kind.endsWith('RoleBinding')) as Binding[];
    expect(bindings.length).toBeGreaterThan(3);
    for (const { metadata, subjects } of bindings)
      expect([metadata.name, subjects.map(({ namespace }) => namespace)]).toEqual([
        metadata.name,
        ['elsewhere'],
      ]);
  });

  test('leaves its own Pods out of the admission policy, as the base does', () => {
    const binding = [...objects.values()].find(({ kind }) => kind === 'MutatingAdmissionPolicyBinding');
    expect(binding).toMatchObject({
      spec: {
        matchResources: {
          namespaceSelector: { matchExpressions: [{ values: ['kube-system', 'elsewhere'] }, {}] },
        },
      },
    });
  });

  test('gives its account, and no account of the old one, the rights', async () => {
    await kubectlOk(kubeconfig, ['apply', '-k', folder]);
    await rightsKnown(controlPlane.admin);
    const may = async (namespace: string, ...question: string[]): Promise<string> => {
      const account = `--as=system:serviceaccount:${namespace}:ecr-operator`;
      const { stdout } = await kubectl(kubeconfig, ['auth', 'can-i', ...question, account]);
      return stdout.trim();
    };
    for (const question of [
      ['patch', 'secrets/ecr-pull', '-n', 'default'],
      ['delete', 'pods', '-A'],
      ['get', 'secrets/aws-credentials', '-n', 'elsewhere'],
      ['patch', 'leases.coordination.k8s.io/ecr-operator', '-n', 'elsewhere'],
    ])
      expect([
        question,
        await may('elsewhere', ...question),
        await may(OPERATOR_NAMESPACE, ...question),
      ]).toEqual([question, 'yes', 'no']);
  });
});
