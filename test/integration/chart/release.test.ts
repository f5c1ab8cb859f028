import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { CHART, helm, helmOk, withoutNotes } from '../../lab/helm.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT, type Lab, OPERATOR_NAMESPACE, REGION, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { rightsKnown } from '../../lab/rights-known.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { core } from '../pull-secret/pull-objects.ts';
import { environmentIn, KUSTOMIZE, objectsIn, rendered } from './rendered.ts';

jest.setTimeout(180_000);

/** What the API server takes for a Secret, and so for a release. */
const MOST_BYTES = 1_048_576;

let lab: Lab;
let kubeconfig: string;

beforeAll(async () => {
  const installWith = (path: string): Promise<string> =>
    helmOk(['install', 'ecr-operator', CHART, '--create-namespace', ...inNamespace], { kubeconfig: path });
  lab = await startLab({ installWith });
  kubeconfig = lab.kubeconfig;
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const inNamespace = [`--namespace=${OPERATOR_NAMESPACE}`];

function run(command: string, ...args: readonly string[]): Promise<string> {
  return helmOk([command, 'ecr-operator', ...args, ...inNamespace], { kubeconfig });
}

/** What the release says that it made. */
function manifest(): Promise<string> {
  return helmOk(['get', 'manifest', 'ecr-operator', ...inNamespace], { kubeconfig });
}

function upgrade(chart: string, values: object): Promise<string> {
  return helmOk(['upgrade', 'ecr-operator', chart, ...inNamespace], { kubeconfig, values });
}

/** The objects of the release, as the API server has them: `kind/name`. */
async function inCluster(): Promise<readonly string[]> {
  const objects = [...objectsIn(await manifest()).values()];
  const found = await Promise.all(objects.map((object) => lab.admin.get(object)));
  return found.flatMap((object) => (object ? [`${object.kind}/${object.metadata.name}`] : [])).sort();
}

/** `yes` or `no`: may the operator's account do that in any namespace? */
async function answerTo(verb: string, what: string): Promise<string> {
  await rightsKnown(lab.admin);
  const account = `--as=system:serviceaccount:${OPERATOR_NAMESPACE}:ecr-operator`;
  const answer = await lab.kubectl('auth', 'can-i', verb, what, '-A', account).catch(String);
  return answer.includes('yes') ? 'yes' : 'no';
}

/** The operator as the release's Deployment has it: its account, its settings, and the Lease, which labs leave out. */
async function startAsReleased(): Promise<OperatorProcess> {
  const environment = environmentIn(objectsIn(await manifest()));
  const settings = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined || name.endsWith('_BIND_ADDRESS') ? [] : [[name, value] as const],
  );
  return lab.startOperator({ env: { ...Object.fromEntries(settings), ECR_OPERATOR_LEADER_ELECT: 'true' } });
}

async function served(namespace: string, secret: string): Promise<void> {
  await lab.admin.create(core('Namespace', namespace));
  await waitFor(() => lab.admin.get(core('Secret', secret, namespace)), {
    what: `the Secret ${secret} in ${namespace}`,
    timeoutMs: 60_000,
  });
}

interface Crd extends KubeObject {
  readonly spec: {
    readonly versions: readonly { readonly additionalPrinterColumns: readonly { readonly name: string }[] }[];
  };
}

async function columns(): Promise<readonly string[]> {
  const metadata = { name: 'registries.ecr-operator.io' };
  const crd = await lab.admin.get<Crd>({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata,
  });
  return crd?.spec.versions[0]?.additionalPrinterColumns.map(({ name }) => name) ?? [];
}

/** The chart as a later version has it: with a further column in a CRD. */
async function laterChart(): Promise<string> {
  const folder = join(lab.controlPlane.folder, 'later');
  await cp(CHART, folder, { recursive: true, dereference: true });
  const file = join(folder, 'files', 'crds', 'registries.yaml');
  const text = await readFile(file, 'utf8');
  const column = '        - name: Later\n          type: string\n          jsonPath: .spec.later\n';
  const anchor = '      additionalPrinterColumns:\n';
  expect(text).toContain(anchor);
  await writeFile(file, text.replace(anchor, anchor + column));
  return folder;
}

describe('a release of the chart', () => {
  let operator: OperatorProcess;

  test('is installed: all its objects are there, and it is far from the limit of its Secret', async () => {
    const wanted = [...(await rendered()).values()].map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(await inCluster()).toEqual(wanted.sort());
    const secret = await lab.kubectl(
      ...['-n', OPERATOR_NAMESPACE, 'get', 'secret', 'sh.helm.release.v1.ecr-operator.v1', '-o', 'json'],
    );
    const size = Buffer.byteLength(secret);
    process.stdout.write(
      `the Secret of the release: ${Math.round(size / 1_000)} kB of ${MOST_BYTES / 1_024} KiB\n`,
    );
    expect(size).toBeLessThan(MOST_BYTES / 2);
  });

  test('has rights enough for the main job', async () => {
    operator = await startAsReleased();
    const registry = {
      apiVersion: 'ecr-operator.io/v1alpha1',
      kind: 'Registry',
      metadata: { name: 'default' },
    };
    await lab.admin.apply({ ...registry, spec: { accountId: ACCOUNT, region: REGION } } as KubeObject);
    const pull = { ...registry, kind: 'ClusterPullSecret', metadata: { name: 'everywhere' } };
    await lab.admin.apply({ ...pull, spec: {} } as KubeObject);
    const repository = { ...registry, kind: 'Repository', metadata: { name: 'web', namespace: 'default' } };
    await lab.admin.apply({ ...repository, spec: {} } as KubeObject);
    await served('first', 'ecr-pull');
    await lab.kubectl('wait', '--for=condition=Ready', 'ecrrepo/web', '-n', 'default', '--timeout=60s');
    const metadata = { name: 'ecr-operator', namespace: OPERATOR_NAMESPACE };
    const lease = await lab.admin.get({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata });
    expect(lease).toMatchObject({ spec: { holderIdentity: expect.stringMatching(/./) } });
    expect(await lab.operatorLog()).not.toContain('forbidden');
    await operator.stop();
  });

  test('is upgraded: values, rights and CRDs change, and the operator works with them', async () => {
    expect(await columns()).not.toContain('Later');
    expect(await answerTo('delete', 'pods')).toBe('no');
    await upgrade(await laterChart(), { pullSecretNames: ['ecr-pull', 'team-pull'], repairPods: true });
    expect(await columns()).toContain('Later');
    expect(await answerTo('delete', 'pods')).toBe('yes');
    expect(await inCluster()).toContain('ClusterRoleBinding/ecr-operator-repair-pods');
    operator = await startAsReleased();
    const pull = { apiVersion: 'ecr-operator.io/v1alpha1', kind: 'ClusterPullSecret' };
    await lab.admin.apply({
      ...pull,
      metadata: { name: 'team' },
      spec: { secretName: 'team-pull' },
    } as KubeObject);
    await served('second', 'team-pull');
    await lab.admin.delete({ ...pull, metadata: { name: 'team' } });
    await waitFor(async () => !(await lab.admin.get({ ...pull, metadata: { name: 'team' } })), {
      what: 'the ClusterPullSecret team to go',
      timeoutMs: 60_000,
    });
    await operator.stop();
  });

  test('does not take wrong values, says why, and stays as it was', async () => {
    const { code, stderr } = await helm(['upgrade', 'ecr-operator', CHART, ...inNamespace], {
      kubeconfig,
      values: { replicas: 'two', pullSecretName: 'mine' },
    });
    expect(code).not.toBe(0);
    expect(withoutNotes(stderr).split('\n').toSorted()).toEqual([
      "- at '': additional properties 'pullSecretName' not allowed",
      "- at '/replicas': got string, want integer",
      expect.stringContaining("values don't meet the specifications of the schema"),
      'ecr-operator:',
    ]);
    expect(await run('status')).toMatch(/STATUS: deployed\nREVISION: 2/);
  });

  test('is rolled back: what the upgrade brought is gone again', async () => {
    await run('rollback', '1');
    expect(await columns()).not.toContain('Later');
    expect(await answerTo('delete', 'pods')).toBe('no');
    expect(await run('status')).toMatch(/STATUS: deployed\nREVISION: 3/);
  });

  test('is uninstalled: the CRDs stay, and with them what was declared', async () => {
    const before = await inCluster();
    const objects = objectsIn(await manifest());
    await run('uninstall');
    const found = await Promise.all([...objects.values()].map((object) => lab.admin.get(object)));
    const left = found.flatMap((object) => (object ? [`${object.kind}/${object.metadata.name}`] : []));
    expect(left.sort()).toEqual(before.filter((id) => id.startsWith('CustomResourceDefinition/')));
    expect(await lab.kubectl('get', 'ecrreg,ecrcps', '-o', 'name')).toMatch(/default\n.*everywhere/);
    expect(await lab.dockerConfig('first')).not.toBe('');
  });

  test('is installed again over these CRDs, under another name only when told to take them over', async () => {
    const install = ['install', 'other', CHART, ...inNamespace];
    const { code, stderr } = await helm(install, { kubeconfig });
    expect(code).not.toBe(0);
    expect(withoutNotes(stderr)).toContain('invalid ownership metadata');
    await run('install', CHART);
    expect(await run('status')).toContain('STATUS: deployed');
    await run('uninstall');
    await helmOk([...install, '--take-ownership'], { kubeconfig });
    await helmOk(['uninstall', 'other', ...inNamespace], { kubeconfig });
  });

  test('leaves CRDs that can be found by their label', async () => {
    const selector = '--selector=app.kubernetes.io/name=ecr-operator';
    const found = await lab.kubectl('delete', 'crd', selector, '--dry-run=server', '-o', 'name');
    const wanted = [...(await rendered()).values()].filter(({ kind }) => kind === 'CustomResourceDefinition');
    expect(found.trim().split('\n').sort()).toEqual(
      wanted.map(({ metadata }) => `customresourcedefinition.apiextensions.k8s.io/${metadata.name}`).sort(),
    );
  });

  test('takes over what kubectl apply -k installed', async () => {
    await lab.kubectl('apply', '-k', KUSTOMIZE);
    await run('install', CHART, '--take-ownership', '--force-conflicts');
    const wanted = [...(await rendered()).values()].map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(await inCluster()).toEqual(wanted.sort());
    const metadata = { name: 'ecr-operator', namespace: OPERATOR_NAMESPACE };
    const deployment = await lab.admin.get({ apiVersion: 'apps/v1', kind: 'Deployment', metadata });
    expect(deployment?.metadata.labels?.['app.kubernetes.io/managed-by']).toBe('Helm');
  });
});
