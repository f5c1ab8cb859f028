import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { stringify } from 'yaml';
import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { kubectl, kubectlOk } from '../../lab/kubectl.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { monitoringCrdsText } from '../../lab/monitoring-crds.ts';
import { readPage, rowsOf } from '../../unit/docs/markdown.ts';
import { type Deployment, objectOf, rendered, type Values } from './rendered.ts';
import { ALL_ON, COMPONENT_TWINS, NAMESPACED, TWINS, VALUES } from './twins.ts';

jest.setTimeout(180_000);

let controlPlane: ControlPlane;
let kubeconfig: string;

beforeAll(async () => {
  controlPlane = await startControlPlane({ controllers: false });
  kubeconfig = await controlPlane.kubeconfig();
  const namespaces = [OPERATOR_NAMESPACE, 'team-a', 'team-b'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  const input = [await monitoringCrdsText(), ...namespaces.map((object) => stringify(object))].join('---\n');
  await kubectlOk(kubeconfig, ['apply', '--server-side', '-f', '-'], { input });
  await kubectlOk(kubeconfig, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=50s']);
}, 600_000);

afterAll(async () => {
  await controlPlane?.stop();
});

/** What the API server says of each object, without making one. Unknown and doubled fields are errors. */
async function answers(objects: Iterable<KubeObject>): Promise<{ said: string[]; refused: string }> {
  const input = [...objects].map((object) => stringify(object)).join('---\n');
  const args = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'];
  const { stdout, stderr } = await kubectl(kubeconfig, args, { input });
  return { said: stdout.trim().split('\n'), refused: stderr.trim() };
}

describe('the real API server takes every object', () => {
  test('of every overlay and component, and of further values', async () => {
    // What is the same with several values, as most is, is asked about once.
    const asked = new Map<string, KubeObject>();
    for (const values of Object.values({ ...TWINS, ...COMPONENT_TWINS, ...VALUES }))
      for (const object of (await rendered(values)).values()) asked.set(JSON.stringify(object), object);
    expect(asked.size).toBeGreaterThan(100);
    const { said, refused } = await answers(asked.values());
    expect(refused).toBe('');
    const taken = said.filter((line) => line.endsWith('serverside-applied (server dry run)'));
    expect(taken).toHaveLength(asked.size);
  });

  test('the kinds that the chart can make are those whose proof docs/spec/chart.md tells', async () => {
    const kinds = new Set([...(await rendered(ALL_ON)).values()].map(({ kind }) => kind));
    const rows = rowsOf(await readPage('docs/spec/chart.md'));
    const start = rows.findIndex(([first]) => first === '`Deployment`');
    const described = rows
      .slice(start)
      .flatMap(([first = '']) => [...first.matchAll(/`(\w+)`/g)].map(([, kind]) => kind));
    expect([...kinds].sort()).toEqual(described.sort());
  });

  test('and says so of a field that it does not know', async () => {
    const objects = await rendered({ resources: { limitz: {} }, crds: { install: false } });
    const { refused } = await answers(objects.values());
    expect(refused).toContain('limitz');
  });

  test('a set of namespaces gets no object of the cluster but its kind', async () => {
    const objects = [...(await rendered({ ...NAMESPACED, crds: {} })).values()];
    const ofCluster = objects.filter(({ metadata }) => !metadata.namespace);
    expect(ofCluster.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'CustomResourceDefinition pullsecrets.ecr-operator.io',
    ]);
  });
});

describe('its Pods and the restricted Pod security standard', () => {
  beforeAll(async () => {
    const label = 'pod-security.kubernetes.io/enforce=restricted';
    await kubectlOk(kubeconfig, ['label', 'namespace', OPERATOR_NAMESPACE, label]);
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'ecr-operator', namespace: OPERATOR_NAMESPACE },
    };
    await controlPlane.admin.apply(account);
  });

  async function podOf(values: Values): Promise<{ readonly status: number; readonly message: string }> {
    const id = `Deployment/${OPERATOR_NAMESPACE}/ecr-operator`;
    const { spec } = objectOf<Deployment>(await rendered(values), id);
    const path = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods`;
    const body = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'as-rendered' },
      spec: spec.template.spec,
    };
    const answer = await controlPlane.admin.raw({ method: 'POST', path, query: { dryRun: 'All' }, body });
    const { message = '' } = answer.body as { readonly message?: string };
    return { status: answer.status, message };
  }

  test.each([
    ['the defaults', {}],
    ['a set of namespaces', NAMESPACED],
    ['everything on but the host network', { ...ALL_ON, hostNetwork: false }],
  ])('pass with %s', async (_, values) => {
    expect(await podOf(values)).toEqual({ status: 201, message: '' });
  });

  test('do not pass with the host network, as the notes say', async () => {
    const { status, message } = await podOf({ hostNetwork: true });
    expect(status).toBe(403);
    expect(message).toContain('hostNetwork=true');
  });
});
