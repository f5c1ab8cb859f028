import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  arrivedIn,
  condition,
  countedAs,
  gone,
  marker,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  servedIn,
  settledAs,
} from './pull-lab.ts';
import { bytesOf, core, type SecretObject, versionsOf } from './pull-objects.ts';

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

const HOLDER = 'ecr-operator.io/holder';

/** Secrets as others make them. */
const FOREIGN: Readonly<Record<string, object>> = {
  opaque: { stringData: { 'their-key': 'their-value' } },
  'of-our-type': {
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': '{"auths":{"example.com":{"auth":"dTpw"}}}' },
  },
  empty: { type: 'kubernetes.io/dockerconfigjson', stringData: { '.dockerconfigjson': '{}' } },
};

const makeForeign = (namespace: string, how: string) =>
  lab.admin.create<SecretObject>({ ...core('Secret', 'ecr-pull', namespace), ...FOREIGN[how] });

const holderIn = async (namespace: string) =>
  (await secretIn(lab, namespace))?.metadata.annotations?.[HOLDER];

const heldBy = (namespace: string, holder: string) =>
  waitFor(() => holderIn(namespace), {
    what: `${holder} to hold ${namespace}`,
    until: (now) => now === holder,
  });

describe('a Secret of that name that is not ours', () => {
  test('is left alone, named in the status, and makes room for ours when it goes', async () => {
    const foreign = scene('foreign');
    const [free, ...taken] = await Promise.all(
      ['free', ...Object.keys(FOREIGN)].map((how) => foreign.namespace(how)),
    );
    const before = await Promise.all(
      Object.keys(FOREIGN).map((how, index) => makeForeign(taken[index] as string, how)),
    );
    await foreign.registry();
    const object = await countedAs(lab, await foreign.clusterPullSecret(), {
      matched: 4,
      ready: 1,
      failed: 3,
    });
    expect(object.status?.failures?.map(({ namespace }) => namespace)).toEqual([...taken].sort());
    expect(object.status?.failures?.[0]).toMatchObject({
      reason: 'SecretConflict',
      message: expect.stringMatching(
        /Secret ecr-pull .*delete it, choose another secretName, or hand it over/,
      ),
    });
    expect(condition(object.status, 'Ready')?.message).toMatch(/1 of 4 namespaces.*foreign-/);
    await arrivedIn(lab, free as string);
    for (const [index, namespace] of taken.entries()) {
      const secret = await secretIn(lab, namespace);
      expect(secret?.metadata).toEqual(before[index]?.metadata);
      expect(bytesOf(secret)).toBe(bytesOf(before[index]));
      expect(await pullNames(lab, namespace)).toEqual([]);
      await lab.admin.delete(secret as SecretObject);
    }
    await servedIn(lab, object, 4);
    expect(await pullNames(lab, taken[0] as string)).toEqual(['ecr-pull']);
  });

  test.each(Object.keys(FOREIGN))('is left alone when it is made in the very moment: %s', async (how) => {
    const moment = scene(`moment-${how}`);
    const namespace = `moment-${how}-a`;
    await moment.registry();
    let made: SecretObject | undefined;
    const remove = proxy.onRequest(async ({ method, path }) => {
      if (made || method !== 'PATCH' || !path.includes(`/${namespace}/secrets/`)) return;
      made = await makeForeign(namespace, how);
    });
    const object = await moment.clusterPullSecret();
    await moment.namespace('a');
    await settledAs(lab, object, 'SecretConflict');
    remove();
    expect((await secretIn(lab, namespace))?.metadata).toEqual(made?.metadata);
    expect(bytesOf(await secretIn(lab, namespace))).toBe(bytesOf(made));
    expect(await pullNames(lab, namespace)).toEqual([]);
  });

  test.each(['PATCH', 'DELETE'])(
    'is left alone when it takes our place before a %s of ours',
    async (verb) => {
      const swap = scene(`swap-${verb.toLowerCase()}`);
      const namespace = await swap.namespace('a');
      const object = await swap.serve(1);
      const ours = await arrivedIn(lab, namespace);
      let made: SecretObject | undefined;
      const remove = proxy.onRequest(async ({ method, path }) => {
        if (made || method !== verb || !path.endsWith(`/${namespace}/secrets/ecr-pull`)) return;
        await lab.admin.delete(ours);
        made = await makeForeign(namespace, 'of-our-type');
      });
      if (verb === 'PATCH') {
        await lab.admin.patch(ours, { data: { '.dockerconfigjson': 'e30=' } });
        await settledAs(lab, object, 'SecretConflict');
      } else {
        await lab.admin.delete(object);
        await gone(lab, object);
      }
      remove();
      expect(made).toBeDefined();
      expect((await secretIn(lab, namespace))?.metadata).toEqual(made?.metadata);
      expect(bytesOf(await secretIn(lab, namespace))).toBe(bytesOf(made));
    },
  );

  test('is also a copy of ours that somebody made in another namespace', async () => {
    const copied = scene('copied');
    const from = await copied.namespace('from');
    const to = await copied.namespace('to', {});
    await copied.serve(1);
    const ours = await arrivedIn(lab, from);
    const { labels, annotations } = ours.metadata;
    const metadata = { name: 'ecr-pull', namespace: to, labels, annotations };
    const copy = await lab.admin.create<SecretObject>({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: ours.type,
      data: ours.data,
    } as never);
    await marker(lab, copied, 'after');
    expect((await secretIn(lab, to))?.metadata).toEqual(copy.metadata);
  });
});

describe('of two that want the same Secret', () => {
  test('a PullSecret goes before a ClusterPullSecret, which says so, and gets it back', async () => {
    const both = scene('both');
    const namespace = await both.namespace('a');
    const cluster = await both.serve(1);
    const { uid } = (await arrivedIn(lab, namespace)).metadata;
    const own = await servedIn(lab, await both.pullSecret(namespace), 1);
    expect(await holderIn(namespace)).toBe('PullSecret/both');
    const told = await settledAs(lab, cluster, 'SecretConflict');
    expect(told.status?.failures).toEqual([
      { namespace, reason: 'SecretConflict', message: expect.stringContaining('PullSecret/both') },
    ]);

    await lab.admin.delete(own);
    await gone(lab, own);
    await servedIn(lab, cluster, 1);
    expect(await holderIn(namespace)).toBe('ClusterPullSecret/both');
    expect((await arrivedIn(lab, namespace)).metadata.uid).toBe(uid);
    expect(await pullNames(lab, namespace)).toEqual(['ecr-pull']);
  });

  test('the recorded holder wins over an older one, also after a restart; then the older', async () => {
    const two = scene('two');
    const namespace = await two.namespace('a', { holder: 'younger' });
    const select = (value: string) => ({
      namespaceSelector: {
        matchExpressions: [{ key: 'holder', operator: 'In' as const, values: [value, 'both'] }],
      },
    });
    await two.registry();
    const older = await servedIn(lab, await two.clusterPullSecret(select('older'), 'a-older'), 0);
    await waitFor(() => Date.now() > Date.parse(older.metadata.creationTimestamp ?? '') + 1_000, {
      what: 'the second to pass that creationTimestamp counts in',
    });
    const younger = await servedIn(lab, await two.clusterPullSecret(select('younger'), 'b-younger'), 1);
    await lab.admin.patch(core('Namespace', namespace), { metadata: { labels: { holder: 'both' } } });
    expect((await settledAs(lab, older, 'SecretConflict')).status?.failures).toEqual([
      {
        namespace,
        reason: 'SecretConflict',
        message: expect.stringContaining('ClusterPullSecret/b-younger'),
      },
    ]);
    const before = versionsOf([await arrivedIn(lab, namespace)]);
    await operator.stop();
    operator = await lab.startOperator({ server: proxy.url });
    await servedIn(lab, younger, 1);
    await lab.admin.patch(core('Namespace', namespace), { metadata: { labels: { touched: 'yes' } } });
    await arrivedIn(lab, await two.namespace('b', { holder: 'younger' }));
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(before);

    // Nobody holds it: the older one takes it, in place.
    await lab.admin.delete(younger);
    await heldBy(namespace, 'ClusterPullSecret/a-older');
    await servedIn(lab, older, 1);
    expect(Object.values(before)[0]).toContain((await arrivedIn(lab, namespace)).metadata.uid);
  });
});
