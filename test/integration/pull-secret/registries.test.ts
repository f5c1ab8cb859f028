import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { findLeaks } from '../../lab/leaks.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import {
  naming,
  renewedIn,
  saying,
  secretWrites,
  serveAll,
  threeScenes,
  tokensFail,
} from './many-registries.ts';
import {
  arrivedIn,
  condition,
  HOUR,
  marker,
  type Scene,
  scenes,
  secretsOf,
  servedIn,
  settledAs,
  skip,
  statusOf,
} from './pull-lab.ts';
import { entriesOf } from './pull-logins.ts';
import { API_VERSION, bytesOf, versionsOf } from './pull-objects.ts';

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

async function restart(): Promise<void> {
  await operator.stop();
  operator = await lab.startOperator({ server: proxy.url });
}

const uidsOf = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.uid);

test('F4, F7, F8, F17: a call for each registry and a write for each namespace, first and at each rotation', async () => {
  const all = threeScenes(scene, 'economy');
  const namespaces = await all[0].namespaces(8);
  proxy.forget();
  const object = await serveAll(lab, all, 8);
  expect(all.map(({ calls }) => calls())).toEqual([1, 1, 1]);
  expect(secretWrites(proxy)).toBe(8);
  const before = await secretsOf(lab, namespaces);
  expect(new Set(before.map(bytesOf)).size).toBe(1);

  proxy.forget();
  await lab.admin.patch(object, { metadata: { annotations: { touched: 'yes' } } });
  await marker(lab, all[0], 'marker');
  expect(versionsOf(await secretsOf(lab, namespaces))).toEqual(versionsOf(before));

  for (const round of [2, 3]) {
    proxy.forget();
    const old = await secretsOf(lab, namespaces);
    await skip(lab, 6 * HOUR);
    const hosts = all.map(({ host }) => host);
    for (const namespace of namespaces) await renewedIn(lab, namespace, entriesOf(old[0]), ...hosts);
    const after = await secretsOf(lab, [...namespaces, 'economy-marker']);
    expect(new Set(after.map(bytesOf)).size).toBe(1);
    expect(uidsOf(after).slice(0, 8)).toEqual(uidsOf(before));
    expect(all.map(({ calls }) => calls())).toEqual([round, round, round]);
    expect(secretWrites(proxy)).toBe(9);
  }
});

describe('one of three registries fails', () => {
  test('from the start: the others work, it says so for itself, and comes by itself', async () => {
    const all = threeScenes(scene, 'start');
    const [a, b, c] = all;
    const namespace = await a.namespace('a');
    const fault = tokensFail(lab, b);
    await Promise.all(all.map((one) => one.registry()));
    const object = await settledAs(lab, await a.clusterPullSecret(naming(...all)), 'AWSUnavailable');
    const before = await arrivedIn(lab, namespace);
    expect(Object.keys(entriesOf(before)).sort()).toEqual([a.host, c.host].sort());
    const words = `^${b.name}: ecr:GetAuthorizationToken .*pulls from ${a.name}, ${c.name} work`;
    const { status } = await saying(lab, object, 'TokenValid', new RegExp(words));
    expect(status?.tokens?.map(({ registry, reason }) => [registry, reason])).toEqual([
      [a.name, undefined],
      [b.name, 'AWSUnavailable'],
      [c.name, undefined],
    ]);
    expect(status?.tokens?.[1]?.message).toMatch(/^ecr:GetAuthorizationToken on .*ServerException/);
    expect(condition(status, 'Refreshed')?.message).toMatch(new RegExp(`^${b.name}: ecr:`));

    fault.remove();
    const started = performance.now();
    const after = await renewedIn(lab, namespace, {}, b.host);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(after).toEqual({ ...entriesOf(before), [b.host]: after[b.host] });
    expect((await arrivedIn(lab, namespace)).metadata.uid).toBe(before.metadata.uid);
    await servedIn(lab, object, 1);
    expect([a, c].map(({ calls }) => calls())).toEqual([1, 1]);
  });

  test.each([
    ['while the operator runs', 'runs', async () => {}],
    ['and the operator is started anew', 'anew', restart],
  ])('F1: %s: its entry stays byte for byte, the others are renewed', async (_, name, happens) => {
    const all = threeScenes(scene, name);
    const [a, b, c] = all;
    const namespaces = await a.namespaces(3);
    const object = await serveAll(lab, all, 3);
    const before = await secretsOf(lab, namespaces);
    const old = entriesOf(before[0]);
    const until = object.status?.tokens?.[1]?.expiresAt;
    const fault = tokensFail(lab, b, { kind: 'access-denied' });
    await happens();
    await skip(lab, 6 * HOUR);
    const isYoung = (issuedAt = '') => Date.parse(issuedAt) > Date.parse(until ?? '') - 7 * HOUR;
    const { status } = await statusOf(
      lab,
      object,
      ({ tokens = [] }) =>
        tokens[1]?.reason === 'AccessDenied' && [tokens[0], tokens[2]].every((one) => isYoung(one?.issuedAt)),
      'have two young tokens everywhere and one that cannot be renewed',
    );
    for (const secret of await secretsOf(lab, namespaces)) {
      const now = entriesOf(secret);
      expect(now).toEqual({ [a.host]: now[a.host], [b.host]: old[b.host], [c.host]: now[c.host] });
      expect([a.host, c.host].filter((host) => now[host] === old[host])).toEqual([]);
    }
    expect(condition(status, 'Refreshed')?.message).toContain(`${b.name}: pulls work until ${until}; ecr:`);
    expect(condition(status, 'Ready')?.status).toBe('True');
    expect(status?.tokens?.[1]?.expiresAt).toBe(until);

    const half = await secretsOf(lab, namespaces);
    expect(uidsOf(half)).toEqual(uidsOf(before));
    fault.remove();
    await skip(lab, 100_000);
    for (const namespace of namespaces) {
      const now = await renewedIn(lab, namespace, old, b.host);
      expect(now).toEqual({ ...entriesOf(half[0]), [b.host]: now[b.host] });
    }
    await statusOf(lab, object, ({ tokens }) => tokens?.[1]?.reason === undefined, 'tell that all are fresh');
    await servedIn(lab, object, 3);
  });

  test('F1: a login that is taken out while AWS is away goes, the rest stays, also after a restart', async () => {
    const all = threeScenes(scene, 'out');
    const [a, b, c] = all;
    const namespace = await a.namespace('a');
    await serveAll(lab, all, 1);
    const before = await arrivedIn(lab, namespace);
    const old = entriesOf(before);
    const faults = all.map((one) => tokensFail(lab, one));
    await restart();
    const { promise: until, resolve: write } = Promise.withResolvers<void>();
    proxy.addFault({
      match: { method: 'PATCH', path: /\/out-a\/secrets\/ecr-pull$/ },
      fault: { kind: 'slow', until },
    });
    const object = await a.clusterPullSecret(naming(a, c));
    // Not Ready while it still opens more than it should.
    await statusOf(lab, object, ({ namespaces }) => namespaces?.ready === 0, 'be under way');
    write();
    await servedIn(lab, object, 1);
    proxy.heal();
    const after = await arrivedIn(lab, namespace);
    expect(entriesOf(after)).toEqual({ [a.host]: old[a.host], [c.host]: old[c.host] });
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(b.host in old).toBe(true);
    for (const fault of faults) fault.remove();
  });
});

test('F15: nobody can read a key or a token in a spec, a status, an annotation or an Event', async () => {
  const kinds = ['Registry', 'PullSecret', 'ClusterPullSecret'].map((kind) => ({
    apiVersion: API_VERSION,
    kind,
  }));
  const core = ['Event', 'ServiceAccount', 'Namespace', 'Secret'].map((kind) => ({ apiVersion: 'v1', kind }));
  const lists = await Promise.all([...kinds, ...core].map((kind) => lab.admin.list<KubeObject>(kind)));
  const seen = lists.flat().map((object) => JSON.stringify({ ...object, data: undefined }));
  expect(seen.length).toBeGreaterThan(50);
  const secrets = [...lab.aws.issuedTokens(), lab.operatorKey.secretAccessKey];
  expect(secrets.length).toBeGreaterThan(20);
  expect(findLeaks(seen.join('\n'), secrets)).toEqual([]);
});
