import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { naming, renewedIn, tokensFail } from './many-registries.ts';
import {
  arrivedIn,
  gone,
  HOUR,
  marker,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  servedIn,
  settledAs,
  skip,
} from './pull-lab.ts';
import { authsOf, encodedAuths, entriesOf } from './pull-logins.ts';
import { versionsOf } from './pull-objects.ts';
import { changeEntries, holding, justBefore, THEIRS } from './shared-secret.ts';

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

const KEEP = { foreignEntries: 'Keep' } as const;
describe('F12: entries of other registries in a shared Secret', () => {
  test('survive hand-over, rotation, edits, a restart, and our going; without Keep they go at hand-over', async () => {
    const shared = scene('shared');
    const [kept = '', taken = ''] = await Promise.all(
      ['kept', 'taken'].map((one) => shared.namespace(one, {})),
    );
    const data = { '.dockerconfigjson': encodedAuths({ 'example.com': THEIRS, [shared.host]: THEIRS }) };
    const annotations = { 'ecr-operator.io/hand-over': 'true' };
    const type = 'kubernetes.io/dockerconfigjson';
    for (const namespace of [kept, taken]) {
      const metadata = { name: 'ecr-pull', namespace, annotations };
      await lab.admin.create({ apiVersion: 'v1', kind: 'Secret', metadata, type, data } as never);
    }
    const { uid } = (await arrivedIn(lab, kept)).metadata;
    await shared.registry();
    await servedIn(lab, await shared.pullSecret(taken), 1);
    expect(Object.keys(entriesOf(await arrivedIn(lab, taken)))).toEqual([shared.host]);

    const object = await servedIn(lab, await shared.pullSecret(kept, KEEP), 1);
    const first = await holding(lab, kept, 'example.com', shared.host);
    // Ours is ours, whoever was there before; theirs is theirs to the last field.
    expect(entriesOf(first)[shared.host]).toBe(entriesOf(await arrivedIn(lab, taken))[shared.host]);
    expect(authsOf(first)['example.com']).toEqual(THEIRS);

    await changeEntries(lab, kept, { 'example.org': THEIRS });
    await skip(lab, 6 * HOUR);
    await renewedIn(lab, kept, entriesOf(first), shared.host);
    await holding(lab, kept, 'example.com', 'example.org', shared.host);
    await changeEntries(lab, kept, { [shared.host]: undefined, 'example.com': undefined });
    await holding(lab, kept, 'example.org', shared.host);
    await operator.stop();
    await changeEntries(lab, kept, { 'example.net': THEIRS, [shared.host]: THEIRS });
    operator = await lab.startOperator({ server: proxy.url });
    await renewedIn(
      lab,
      kept,
      { [shared.host]: entriesOf(await arrivedIn(lab, kept))[shared.host] ?? '' },
      shared.host,
    );
    await servedIn(lab, object, 1);

    await lab.admin.delete(object);
    await gone(lab, object);
    const left = await holding(lab, kept, 'example.org', 'example.net');
    expect(left.metadata.uid).toBe(uid);
    expect(left.metadata.annotations).toEqual(annotations);
    expect(left.metadata.labels ?? {}).toEqual({});
    expect(await pullNames(lab, kept)).toEqual([]);
  });

  test('survive the moment between our read and our write, at a rotation and when we go', async () => {
    const race = scene('race');
    await race.registry();
    const namespace = await race.namespace('a');
    const object = await servedIn(lab, await race.clusterPullSecret(KEEP), 1);
    const old = await arrivedIn(lab, namespace);
    const duringRotation = justBefore(proxy, namespace, 'PATCH', () =>
      changeEntries(lab, namespace, { 'one.example.com': THEIRS }),
    );
    await skip(lab, 6 * HOUR);
    await renewedIn(lab, namespace, entriesOf(old), race.host);
    expect(duringRotation()).toBe(true);
    await holding(lab, namespace, 'one.example.com', race.host);
    await servedIn(lab, object, 1);

    const duringRemoval = justBefore(proxy, namespace, 'PATCH', () =>
      changeEntries(lab, namespace, { 'two.example.com': THEIRS }),
    );
    await lab.admin.delete(object);
    await gone(lab, object);
    expect(duringRemoval()).toBe(true);
    await holding(lab, namespace, 'one.example.com', 'two.example.com');
    proxy.heal();
  });

  test('survive that moment also where there was none before and the Secret would be deleted', async () => {
    const last = scene('last');
    await last.registry();
    const namespace = await last.namespace('a');
    const object = await servedIn(lab, await last.clusterPullSecret(KEEP), 1);
    const removed = justBefore(proxy, namespace, 'DELETE', () =>
      changeEntries(lab, namespace, { 'example.com': THEIRS }),
    );
    await lab.admin.delete(object);
    await gone(lab, object);
    expect(removed()).toBe(true);
    await holding(lab, namespace, 'example.com');
    proxy.heal();
  });

  test('F8: many of them, one after the other, are no fight, and what is right is not written', async () => {
    const busy = scene('busy');
    await busy.registry();
    const namespace = await busy.namespace('a');
    const object = await servedIn(lab, await busy.clusterPullSecret(KEEP), 1);
    const writes = () => proxy.mutations({ path: new RegExp(`/${namespace}/secrets/`) }).length;
    const hosts = Array.from({ length: 8 }, (_, index) => `${index}.example.com`);
    for (const host of hosts) {
      const count = writes();
      await changeEntries(lab, namespace, { [host]: THEIRS });
      await waitFor(() => writes() > count, { what: `the operator to see ${host}`, timeoutMs: 8_000 });
    }
    await holding(lab, namespace, ...hosts, busy.host);
    await servedIn(lab, object, 1);
    await marker(lab, busy, 'before');
    const still = versionsOf([await arrivedIn(lab, namespace)]);
    proxy.forget();
    await lab.admin.patch(object, { metadata: { annotations: { touched: 'yes' } } });
    await marker(lab, busy, 'after');
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(still);
    expect(writes()).toBe(0);
  });
});

test('Keep changed to Remove takes them out, and back keeps what comes then', async () => {
  const words = scene('words');
  await words.registry();
  const namespace = await words.namespace('a');
  await servedIn(lab, await words.clusterPullSecret(KEEP), 1);
  const { uid } = (await arrivedIn(lab, namespace)).metadata;
  await changeEntries(lab, namespace, { 'example.com': THEIRS });
  await servedIn(lab, await words.clusterPullSecret(), 1);
  await holding(lab, namespace, words.host);
  await servedIn(lab, await words.clusterPullSecret(KEEP), 1);
  await changeEntries(lab, namespace, { 'example.com': THEIRS });
  await servedIn(lab, await words.clusterPullSecret(KEEP), 1);
  expect((await holding(lab, namespace, 'example.com', words.host)).metadata.uid).toBe(uid);
});

test('F1, F12: an entry of ours that cannot be renewed and one of theirs stay, both byte for byte', async () => {
  const [a, b] = [scene('both'), scene('both-b')];
  await a.registry();
  await b.registry();
  const namespace = await a.namespace('a');
  await servedIn(lab, await a.clusterPullSecret({ ...naming(a, b), ...KEEP }), 1);
  await changeEntries(lab, namespace, { 'example.com': THEIRS });
  const old = entriesOf(await holding(lab, namespace, 'example.com', a.host, b.host));
  const fault = tokensFail(lab, b);
  await operator.stop();
  operator = await lab.startOperator({ server: proxy.url });
  await skip(lab, 6 * HOUR);
  const now = await renewedIn(lab, namespace, old, a.host);
  expect(now).toEqual({ ...old, [a.host]: now[a.host] });
  fault.remove();
});

test('F1: an entry of ours that somebody spoilt while its Registry failed is mended when that works again', async () => {
  const [a, b] = [scene('spoilt'), scene('spoilt-b')];
  await a.registry();
  await b.registry();
  const namespace = await a.namespace('a');
  const object = await servedIn(lab, await a.clusterPullSecret(naming(a, b)), 1);
  const old = entriesOf(await arrivedIn(lab, namespace));
  await operator.stop();
  const fault = tokensFail(lab, b);
  const spoilt = { ...authsOf(await arrivedIn(lab, namespace)), [b.host]: THEIRS };
  const { metadata } = await arrivedIn(lab, namespace);
  await lab.admin.patch(
    { apiVersion: 'v1', kind: 'Secret', metadata },
    { data: { '.dockerconfigjson': encodedAuths(spoilt) } },
  );
  operator = await lab.startOperator({ server: proxy.url });
  await settledAs(lab, object, 'AWSUnavailable', 'Refreshed');
  await renewedIn(lab, namespace, old, a.host);
  fault.remove();
  await waitFor(async () => authsOf(await secretIn(lab, namespace))[b.host]?.password !== undefined, {
    what: 'the spoilt entry to be mended',
  });
});
