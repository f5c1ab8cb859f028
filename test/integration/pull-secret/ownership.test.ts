import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { naming, renewedIn } from './many-registries.ts';
import {
  arrivedIn,
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
import { encodedAuths, entriesOf } from './pull-logins.ts';
import { bytesOf, core, type PullObject, type SecretObject, versionsOf } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const TYPE = 'kubernetes.io/dockerconfigjson';
const HAND_OVER = { 'ecr-operator.io/hand-over': 'true' };

const make = (namespace: string, more: object, annotations = {}) =>
  lab.admin.create<SecretObject>({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'ecr-pull', namespace, annotations },
    type: TYPE,
    data: { '.dockerconfigjson': encodedAuths({ 'example.com': { auth: 'dTpw' } }) },
    ...more,
  } as never);

const handOver = (secret: KubeObject) => lab.admin.patch(secret, { metadata: { annotations: HAND_OVER } });

describe('a Secret that is handed over', () => {
  test('is left alone until then, and taken in place, with what its owner wrote on it', async () => {
    const handed = scene('handed');
    const namespace = await handed.namespace('a');
    const metadata = { name: 'ecr-pull', namespace, labels: { team: 'a' }, annotations: { note: 'b' } };
    const before = await make(namespace, { metadata });
    await handed.registry();
    const object = await settledAs(lab, await handed.clusterPullSecret(), 'SecretConflict');
    const command = /hand it over with kubectl (-n handed-a annotate secret ecr-pull \S+)$/.exec(
      object.status?.failures?.[0]?.message ?? '',
    )?.[1];
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
    // As the message says it.
    await lab.kubectl(...(command ?? '').split(' '));
    await servedIn(lab, object, 1);
    const after = await arrivedIn(lab, namespace);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.metadata).toMatchObject({ labels: { team: 'a' }, annotations: { note: 'b' } });
    expect(Object.keys(entriesOf(after))).toEqual([handed.host]);
    expect(await pullNames(lab, namespace)).toEqual(['ecr-pull']);
    const old = entriesOf(after);
    await skip(lab, 6 * HOUR);
    await renewedIn(lab, namespace, old, handed.host);
  });

  test('is also a copy of ours, marks and all, that somebody restored', async () => {
    const restored = scene('restored');
    const namespace = await restored.namespace('a');
    const object = await restored.serve(1);
    const { type, data, metadata } = await arrivedIn(lab, namespace);
    const { labels, annotations } = metadata;
    await lab.admin.patch(core('Namespace', namespace), { metadata: { labels: { 'lab.test/scene': null } } });
    await waitFor(async () => (await secretIn(lab, namespace)) === undefined, { what: 'the Secret to go' });
    const copy = await make(namespace, {
      metadata: { name: 'ecr-pull', namespace, labels, annotations },
      type,
      data,
    });
    await lab.admin.patch(core('Namespace', namespace), { metadata: { labels: restored.labels } });
    await settledAs(lab, object, 'SecretConflict');
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([copy]));
    await handOver(copy);
    await servedIn(lab, object, 1);
    expect((await arrivedIn(lab, namespace)).metadata.uid).toBe(copy.metadata.uid);
    await lab.admin.delete(object);
    await waitFor(async () => (await secretIn(lab, namespace)) === undefined, { what: 'the copy to go' });
  });

  test.each([
    ['of another type', 'opaque', { type: 'Opaque', data: { key: 'dmFsdWU=' } }],
    ['that is immutable', 'immutable', { immutable: true }],
  ])(
    '%s cannot be taken: says why and what helps, stays as it is, and harms no other',
    async (_, name, more) => {
      const wrong = scene(name);
      const namespace = await wrong.namespace('a');
      const fine = await wrong.namespace('b');
      const before = await make(namespace, more, HAND_OVER);
      await wrong.registry();
      const object = await settledAs(lab, await wrong.clusterPullSecret(), 'SecretInvalid');
      expect(object.status?.failures).toEqual([
        {
          namespace,
          reason: 'SecretInvalid',
          message: expect.stringMatching(
            /does not take Secret ecr-pull: .*immutable.*; delete it, and it is made anew$/,
          ),
        },
      ]);
      expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
      await arrivedIn(lab, fine);
      await lab.admin.delete(before);
      await servedIn(lab, object, 2);
    },
  );
});

test('F5: one of ours that somebody made immutable is named at the next rotation, and the others are renewed', async () => {
  const frozen = scene('frozen');
  const [stuck = '', ...others] = await frozen.namespaces(4);
  const object = await frozen.serve(4);
  const before = await arrivedIn(lab, stuck);
  await lab.admin.patch(before, { immutable: true });
  const terminating = await frozen.namespace('ending');
  await servedIn(lab, object, 5);
  const hold = {
    ...core('ConfigMap', 'hold', terminating),
    metadata: { name: 'hold', namespace: terminating, finalizers: ['lab.test/hold'] },
  };
  await lab.admin.create(hold);
  await lab.admin.delete(core('Namespace', terminating));
  await skip(lab, 6 * HOUR);
  for (const namespace of others) await renewedIn(lab, namespace, entriesOf(before), frozen.host);
  const told = await settledAs(lab, object, 'SecretInvalid', 'Delivered');
  expect(told.status?.namespaces).toEqual({ matched: 4, ready: 3, failed: 1 });
  expect(bytesOf(await secretIn(lab, stuck))).toBe(bytesOf(before));
  await lab.admin.delete(before);
  await servedIn(lab, object, 4);
  await lab.admin.patch(hold, { metadata: { finalizers: null } });
});

describe('of two PullSecrets that want the same Secret', () => {
  const holderOf = async (namespace: string) =>
    (await arrivedIn(lab, namespace)).metadata.annotations?.['ecr-operator.io/holder'];

  test('the recorded holder keeps it, the other names it, and takes over in place when that goes', async () => {
    const [one, two] = [scene('one'), scene('two')];
    await one.registry();
    await two.registry();
    const namespace = await one.namespace('a', {});
    const first = await servedIn(lab, await one.pullSecret(namespace, naming(one), 'z-first'), 1);
    const before = await arrivedIn(lab, namespace);
    const second = await one.pullSecret(namespace, naming(two), 'a-second');
    const told = await settledAs(lab, second, 'SecretConflict', 'Delivered');
    expect(told.status?.failures).toEqual([
      {
        namespace,
        reason: 'SecretConflict',
        message:
          'Secret ecr-pull is held by PullSecret/z-first: choose another secretName, or delete one of the two',
      },
    ]);
    expect(told.status?.namespaces).toEqual({ matched: 1, ready: 0, failed: 1 });
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
    expect(two.calls()).toBe(0);

    await lab.admin.delete(first);
    await servedIn(lab, second, 1);
    const after = await arrivedIn(lab, namespace);
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(Object.keys(entriesOf(after))).toEqual([two.host]);
    expect(await holderOf(namespace)).toBe('PullSecret/a-second');
    expect(await pullNames(lab, namespace)).toEqual(['ecr-pull']);
  });

  test('a word in its annotations does not change who holds it', async () => {
    const forged = scene('forged');
    await forged.registry();
    const namespace = await forged.namespace('a', {});
    const first = await servedIn(lab, await forged.pullSecret(namespace, {}, 'a-first'), 1);
    await settledAs(lab, await forged.pullSecret(namespace, {}, 'b-second'), 'SecretConflict', 'Delivered');
    const annotations = { 'ecr-operator.io/holder': 'PullSecret/b-second' };
    await lab.admin.patch(await arrivedIn(lab, namespace), { metadata: { annotations } });
    await waitFor(() => holderOf(namespace), {
      what: 'the holder to be back',
      until: (holder) => holder === 'PullSecret/a-first',
    });
    await servedIn(lab, first, 1);
  });

  test('one that may put nothing into it does not hold it against one that may', async () => {
    const [may, not] = [scene('may'), scene('may-not')];
    const namespace = await may.namespace('a');
    await may.registry();
    await not.registry();
    const own = await servedIn(lab, await may.pullSecret(namespace, naming(not)), 1);
    const cluster = await settledAs(lab, await may.clusterPullSecret(), 'SecretConflict', 'Delivered');
    await not.registry({ tenancy: { rules: [{ allow: ['Create'] }] } });
    await servedIn(lab, cluster, 1);
    const told = await settledAs(lab, own as PullObject, 'TenancyDenied', 'Delivered');
    expect(told.status?.failures?.[0]?.message).toContain('lacks the word Pull');
    expect(Object.keys(entriesOf(await arrivedIn(lab, namespace)))).toEqual([may.host]);
    await marker(lab, may, 'marker');
  });
});
