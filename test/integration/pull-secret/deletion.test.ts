import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ClusterPullSecretSpec } from '../../../src/api/cluster-pull-secret.generated.ts';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  accountIn,
  arrivedIn,
  gone,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  settledAs,
  withdrawnFrom,
} from './pull-lab.ts';
import { bytesOf, core, type PullObject } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let proxy: ApiProxy;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  proxy = await startApiProxy(lab.controlPlane);
  await lab.startOperator({ server: proxy.url });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await proxy?.stop();
});

const remove = async (object: PullObject) => {
  await lab.admin.delete(object);
  await gone(lab, object);
};

/** Nothing of the operator is in the namespace. */
async function expectClean(namespace: string): Promise<void> {
  expect(await secretIn(lab, namespace)).toBeUndefined();
  const { imagePullSecrets, metadata } = await accountIn(lab, namespace);
  expect(imagePullSecrets ?? []).toEqual([]);
  expect(metadata.annotations ?? {}).toEqual({});
}

describe('deletion', () => {
  test('takes Secrets and entries out of thirty namespaces, and leaves no finalizer anywhere', async () => {
    const thirty = scene('thirty');
    const namespaces = await thirty.namespaces(30);
    const object = await thirty.serve(30);
    await remove(object);
    for (const namespace of namespaces) await expectClean(namespace);
    const everything = await lab.admin.list<KubeObject>({ apiVersion: 'v1', kind: 'Namespace' });
    expect(everything.filter(({ metadata }) => metadata.finalizers)).toEqual([]);
  });

  test('says what it waits for when a namespace refuses, and ends when that does', async () => {
    const waits = scene('waits');
    const [free = '', stuck = ''] = await waits.namespaces(2);
    const object = await waits.serve(2);
    const fault = proxy.addFault({
      match: { method: 'DELETE', path: `/api/v1/namespaces/${stuck}/secrets/ecr-pull` },
      fault: { kind: 'respond', status: 500 },
    });
    await lab.admin.delete(object);
    const told = await settledAs(lab, object, 'Withdrawing');
    expect(told.status?.conditions?.find(({ type }) => type === 'Ready')?.message).toMatch(
      /still to be taken away/,
    );
    await waitFor(() => expectClean(free).then(() => true), { what: 'the other namespace to be clean' });
    fault.remove();
    await lab.advance(60_000);
    await gone(lab, object);
    await expectClean(stuck);
  });

  test('of a PullSecret takes its Secret alone', async () => {
    const single = scene('single');
    const [one = '', two = ''] = await single.namespaces(2);
    await single.registry();
    const first = await servedIn(lab, await single.pullSecret(one), 1);
    await servedIn(lab, await single.pullSecret(two), 1);
    await remove(first);
    await expectClean(one);
    await arrivedIn(lab, two);
    expect(await pullNames(lab, two)).toEqual(['ecr-pull']);
  });

  test.each<[string, Partial<ClusterPullSecretSpec>]>([
    ['suspended', { suspend: true }],
    ['without a Registry', { registries: [{ name: 'nowhere' }] }],
  ])('is not held up by another that wants the same Secret and is %s', async (how, settings) => {
    const heir = scene(`heir-${how.split(' ')[0]}`);
    const namespace = await heir.namespace('a');
    await heir.registry();
    const own = await servedIn(lab, await heir.pullSecret(namespace), 1);
    const other = await heir.clusterPullSecret(settings);
    if (!settings.suspend) await settledAs(lab, other, 'SecretConflict');
    await remove(own);
    await remove(other);
    await withdrawnFrom(lab, namespace);
    await waitFor(() => expectClean(namespace).then(() => true), { what: 'the entry to go' });
  });

  test('works when the Registry went first, and when AWS is away', async () => {
    const uninstall = scene('uninstall');
    const [namespace = ''] = await uninstall.namespaces(1);
    const object = await uninstall.serve(1);
    const registry = { ...object, kind: 'Registry' };
    await lab.admin.delete(registry);
    lab.aws.faults.add({ match: { region: uninstall.region }, fault: { kind: 'reset' } });
    await remove(object);
    await gone(lab, registry);
    await expectClean(namespace);
  });
});

describe('deletionPolicy Retain', () => {
  const expectReleased = async (namespace: string, bytes: string) => {
    const secret = await arrivedIn(lab, namespace);
    expect(bytesOf(secret)).toBe(bytes);
    expect(secret.metadata.labels ?? {}).toEqual({});
    expect(secret.metadata.annotations ?? {}).toEqual({});
    const { imagePullSecrets, metadata } = await accountIn(lab, namespace);
    expect(imagePullSecrets).toEqual([{ name: 'ecr-pull' }]);
    expect(metadata.annotations ?? {}).toEqual({});
  };

  test('leaves Secret and entry, no longer ours', async () => {
    const retained = scene('retained');
    const namespaces = await retained.namespaces(5);
    const object = await retained.serve(5, { deletionPolicy: 'Retain' });
    const bytes = bytesOf((await secretsOf(lab, namespaces))[0]);
    await remove(object);
    for (const namespace of namespaces) await expectReleased(namespace, bytes);
    // Whoever comes later finds a Secret that is not ours.
    await settledAs(lab, await retained.clusterPullSecret(), 'SecretConflict');
    for (const namespace of namespaces) await expectReleased(namespace, bytes);
  });

  test('leaves both also where somebody writes to the ServiceAccount meanwhile', async () => {
    const contended = scene('contended');
    const [namespace = ''] = await contended.namespaces(1);
    const object = await contended.serve(1, { deletionPolicy: 'Retain' });
    const bytes = bytesOf(await secretIn(lab, namespace));
    const account = core('ServiceAccount', 'default', namespace);
    let written = false;
    const removeHook = proxy.onRequest(async ({ method, path }) => {
      if (written || method !== 'PATCH' || !path.endsWith(`/${namespace}/serviceaccounts/default`)) return;
      written = true;
      await lab.admin.patch(account, { metadata: { labels: { meanwhile: 'yes' } } });
    });
    await remove(object);
    removeHook();
    expect(written).toBe(true);
    await expectReleased(namespace, bytes);
  });
});
