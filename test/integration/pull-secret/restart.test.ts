import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  accountIn,
  arrivedIn,
  HOUR,
  isValid,
  marker,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  skip,
  withdrawnFrom,
} from './pull-lab.ts';
import { API_VERSION, bytesOf, type PullObject, versionsOf } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let proxy: ApiProxy;
let operator: OperatorProcess;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  proxy = await startApiProxy(lab.controlPlane);
  operator = await lab.startOperator({ server: proxy.url });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await proxy?.stop();
});

const restart = async () => {
  await operator.stop();
  proxy.forget();
  operator = await lab.startOperator({ server: proxy.url });
};

/** Everything in the cluster that the operator may write. */
async function everything(namespaces: readonly string[]): Promise<Record<string, string>> {
  const own = await Promise.all(
    ['Registry', 'ClusterPullSecret', 'PullSecret'].map((kind) =>
      lab.admin.list<KubeObject>({ apiVersion: API_VERSION, kind }),
    ),
  );
  const accounts = await Promise.all(namespaces.map((namespace) => accountIn(lab, namespace)));
  return versionsOf([...own.flat(), ...accounts, ...(await secretsOf(lab, namespaces))]);
}

const writes = () => proxy.mutations().map(({ method, path }) => `${method} ${path}`);

/** Waits until a request of this kind that came later has been answered: those before it are, too. */
async function quietAfter(scene: Scene, suffix: string): Promise<string[]> {
  await marker(lab, scene, suffix);
  const namespace = `${scene.name}-${suffix}`;
  await waitFor(async () => (await accountIn(lab, namespace)).imagePullSecrets, { what: 'the marker' });
  return writes().filter((write) => !write.includes(namespace) && !write.includes(`/${scene.name}`));
}

test('a restart writes nothing to what is fresh, and asks for one token at most', async () => {
  const markers = scene('markers');
  await markers.serve(0);
  const fresh = scene('fresh');
  const namespaces = await fresh.namespaces(20);
  await fresh.serve(20);
  const own = await fresh.namespace('own', {});
  await servedIn(lab, await fresh.pullSecret(own), 1);
  const before = await everything([...namespaces, own]);
  const bytes = bytesOf(await secretIn(lab, own));

  for (const round of [1, 2]) {
    await restart();
    expect(await quietAfter(markers, `m${round}`)).toEqual([]);
    const { [`ClusterPullSecret /${markers.name}`]: _, ...after } = await everything([...namespaces, own]);
    expect(before).toMatchObject(after);
    expect(fresh.calls()).toBeLessThanOrEqual(1 + round);
  }
  // At the time that stands in the Secrets, not half a life after the restart, all of them are rotated together.
  const { calls } = fresh;
  const asked = calls();
  await skip(lab, 6 * HOUR);
  await waitFor(
    async () => (await secretsOf(lab, [...namespaces, own])).every((secret) => bytesOf(secret) !== bytes),
    { what: 'the rotation' },
  );
  expect(new Set((await secretsOf(lab, [...namespaces, own])).map(bytesOf)).size).toBe(1);
  expect(calls()).toBe(asked + 1);
});

test('a pass over everything without a change sends no write', async () => {
  const markers = scene('pass-markers');
  await markers.serve(0);
  const still = scene('still');
  const namespaces = await still.namespaces(10);
  const object = await still.serve(10);
  const registry = { ...object, kind: 'Registry' } as PullObject;
  await arrivedIn(lab, namespaces[9] as string);
  const before = await everything(namespaces);
  proxy.forget();
  const calls = still.calls();
  // Each wakes every delivery, the tokens and the status.
  await lab.admin.patch(registry, { metadata: { annotations: { touched: 'yes' } } });
  await lab.admin.patch(object, { metadata: { annotations: { touched: 'yes' } } });
  expect(await quietAfter(markers, 'm')).toEqual([]);
  const touched = ['Registry /still', 'ClusterPullSecret /still', 'ClusterPullSecret /pass-markers'];
  const rest = (versions: Record<string, string>) =>
    Object.fromEntries(Object.entries(versions).filter(([name]) => !touched.includes(name)));
  expect(rest(await everything(namespaces))).toEqual(rest(before));
  expect(still.calls()).toBe(calls);
});

test('what happened while no operator ran is made good', async () => {
  const away = scene('away');
  const [kept = '', deleted = '', edited = '', left = ''] = await away.namespaces(4);
  const object = await away.serve(4);
  const bytes = bytesOf(await secretIn(lab, kept));
  await operator.stop();
  await lab.admin.delete(await arrivedIn(lab, deleted));
  await lab.admin.patch(await arrivedIn(lab, edited), { data: { '.dockerconfigjson': 'e30=' } });
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: left } };
  await lab.admin.patch(namespace, { metadata: { labels: { 'lab.test/scene': null } } });
  const fresh = await away.namespace('fresh');
  operator = await lab.startOperator({ server: proxy.url });
  await withdrawnFrom(lab, left);
  await waitFor(
    async () => {
      const made = (await secretsOf(lab, [deleted, edited, fresh])).map(bytesOf);
      return !made.includes(bytes) && new Set(made).size === 1;
    },
    { what: 'the three Secrets to have the new token' },
  );
  await servedIn(lab, object, 4);
  expect(bytesOf(await secretIn(lab, kept))).toBe(bytes);
  expect(away.calls()).toBe(2);

  // A whole life later.
  await operator.stop();
  await lab.advance(13 * HOUR);
  operator = await lab.startOperator({ server: proxy.url });
  await waitFor(
    async () =>
      (await secretsOf(lab, [kept, deleted, edited, fresh])).every((secret) => isValid(lab, secret)),
    { what: 'valid tokens everywhere' },
  );
  expect(new Set((await secretsOf(lab, [kept, deleted, edited, fresh])).map(bytesOf)).size).toBe(1);
  await servedIn(lab, object, 4);
  expect(away.calls()).toBe(3);
});
