import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ClusterPullSecretSpec } from '../../../src/api/cluster-pull-secret.generated.ts';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { account, listed, listsIn, marksIn } from './pull-accounts.ts';
import { accountIn, arrivedIn, countedAs, gone, type Scene, scenes, servedIn } from './pull-lab.ts';
import { core, type ServiceAccountObject, versionsOf } from './pull-objects.ts';
import { median, millisecondsUntil } from './pull-steps.ts';

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

type Accounts = ClusterPullSecretSpec['serviceAccounts'];

const isNamedBy = async (namespace: string, name: string) =>
  (await listsIn(lab, namespace))[name]?.includes('ecr-pull') === true;

describe('serviceAccounts', () => {
  test('gives the entry to exactly those of each mode, and leaves all other entries in their order', async () => {
    const modes = scene('modes');
    const namespace = await modes.namespace('a');
    await accountIn(lab, namespace);
    const theirs = {
      builder: ['zebra', 'apple'],
      default: [],
      own: ['first', 'ecr-pull', 'last'],
      plain: [],
    };
    for (const [name, entries] of Object.entries(theirs)) await account(lab, namespace, name, entries);
    await modes.registry();
    const withOurs = (...names: readonly (keyof typeof theirs)[]) =>
      Object.fromEntries(
        Object.entries(theirs).map(([name, entries]) => [
          name,
          names.some((one) => one === name) ? [...entries, 'ecr-pull'] : entries,
        ]),
      );
    const cases: readonly [Accounts, readonly (keyof typeof theirs)[]][] = [
      [{ mode: 'Default' }, ['default']],
      [{ mode: 'Named', names: ['builder', 'own', 'not-there'] }, ['builder']],
      [{ mode: 'Named', names: ['plain', 'default'] }, ['default', 'plain']],
      [{ mode: 'All' }, ['builder', 'default', 'plain']],
      [{ mode: 'None' }, []],
      [{ mode: 'All' }, ['builder', 'default', 'plain']],
      [{ mode: 'Default' }, ['default']],
    ];
    for (const [serviceAccounts, names] of cases) {
      const object = await modes.clusterPullSecret({ serviceAccounts });
      await listed(lab, namespace, withOurs(...names));
      await servedIn(lab, object, 1);
      expect(await marksIn(lab, namespace)).toEqual(
        Object.fromEntries(names.map((name) => [name, 'ecr-pull'])),
      );
    }
    const last = await modes.clusterPullSecret({ serviceAccounts: { mode: 'All' } });
    await listed(lab, namespace, withOurs('builder', 'default', 'plain'));
    await lab.admin.delete(last);
    await gone(lab, last);
    expect(await listsIn(lab, namespace)).toEqual(theirs);
    expect(await marksIn(lab, namespace)).toEqual({});
  });

  test.each<[string, Accounts]>([
    ['All', { mode: 'All' }],
    ['Named', { mode: 'Named', names: Array.from({ length: 10 }, (_, index) => `later-${index}`) }],
  ])(
    '%s: one that is created later has the entry at once, and the Secret is not written again',
    async (mode, of) => {
      const later = scene(`later-${mode.toLowerCase()}`);
      const namespace = await later.namespace('a');
      const object = await later.serve(1, { serviceAccounts: of });
      const before = versionsOf([await arrivedIn(lab, namespace)]);
      const took: number[] = [];
      for (let index = 0; index < 10; index += 1) {
        const name = `later-${index}`;
        const create = () => account(lab, namespace, name, ['theirs']);
        took.push(await millisecondsUntil(create, () => isNamedBy(namespace, name), `the entry in ${name}`));
      }
      expect(median(took)).toBeLessThan(1_000);
      await servedIn(lab, object, 1);
      expect((await listsIn(lab, namespace))['later-9']).toEqual(['theirs', 'ecr-pull']);
      expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(before);
    },
  );

  test('All: one that refuses the entry keeps none of the others from it, and the object from being Ready', async () => {
    const lacking = scene('lacking');
    const namespace = await lacking.namespace('a');
    await account(lab, namespace, 'a-refused');
    await account(lab, namespace, 'b-after');
    const fault = proxy.addFault({
      match: { method: 'PATCH', path: `/api/v1/namespaces/${namespace}/serviceaccounts/a-refused` },
      fault: { kind: 'respond', status: 500 },
    });
    await lacking.registry();
    const object = await lacking.clusterPullSecret({ serviceAccounts: { mode: 'All' } });
    await listed(lab, namespace, { 'a-refused': [], 'b-after': ['ecr-pull'], default: ['ecr-pull'] });
    const { status } = await countedAs(lab, object, { matched: 1, ready: 0, failed: 1 });
    expect(status?.failures?.[0]).toMatchObject({ namespace, reason: 'KubernetesError' });
    fault.remove();
    await lab.advance(60_000);
    await servedIn(lab, object, 1);
  });
});

describe('F13: entries of others', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['added to an empty list', [], []],
    ['taken out of a list', ['one', 'two'], ['one', 'two']],
  ])(
    'are not lost when they are written in the very moment in which ours is %s',
    async (what, before, after) => {
      const moment = scene(`moment-${what.split(' ')[0]}`);
      const namespace = await moment.namespace('a');
      await accountIn(lab, namespace);
      await account(lab, namespace, 'default', before);
      const accounts: Accounts = { mode: before.length === 0 ? 'None' : 'Default' };
      await moment.serve(1, { serviceAccounts: accounts });
      let written = false;
      const remove = proxy.onRequest(async ({ method, path }) => {
        if (written || method !== 'PATCH' || !path.endsWith(`/${namespace}/serviceaccounts/default`)) return;
        written = true;
        const now = (await listsIn(lab, namespace))['default'] ?? [];
        await account(lab, namespace, 'default', ['meanwhile', ...now]);
      });
      const mode = before.length === 0 ? 'Default' : 'None';
      await moment.clusterPullSecret({ serviceAccounts: { mode } });
      const ours = mode === 'Default' ? ['ecr-pull'] : [];
      await listed(lab, namespace, { default: ['meanwhile', ...after, ...ours] });
      remove();
      expect(written).toBe(true);
    },
  );

  test('are not lost, nor put in another order, while many write to many lists and the mode goes to and fro', async () => {
    const busy = scene('busy');
    const namespace = await busy.namespace('a');
    await accountIn(lab, namespace);
    const names = ['default', 'one', 'two', 'three'];
    for (const name of names) await account(lab, namespace, name);
    await busy.serve(1, { serviceAccounts: { mode: 'All' } });

    /** As kubectl does it: read, change, write with the resourceVersion, again after a conflict. */
    const change = (name: string, to: (list: readonly string[]) => string[]) =>
      waitFor(
        async () => {
          const ref = core('ServiceAccount', name, namespace);
          const found = await lab.admin.get<ServiceAccountObject>(ref);
          const list = to((found?.imagePullSecrets ?? []).map((entry) => entry.name));
          const { resourceVersion } = found?.metadata ?? {};
          const imagePullSecrets = list.map((entry) => ({ name: entry }));
          return lab.admin.patch(ref, { metadata: { resourceVersion }, imagePullSecrets });
        },
        { what: `a write to ${name}`, intervalMs: 1 },
      );
    for (let round = 0; round < 12; round += 1) {
      const serviceAccounts: Accounts = { mode: round % 2 === 0 ? 'None' : 'All' };
      await Promise.all([
        busy.clusterPullSecret({ serviceAccounts }),
        ...names.map((name) => change(name, (list) => [`${round}`, ...list])),
        ...names.map((name) => change(name, (list) => list.filter((entry) => entry !== `${round - 3}`))),
      ]);
    }
    await servedIn(lab, await busy.clusterPullSecret({ serviceAccounts: { mode: 'All' } }), 1);
    const theirs = ['11', '10', '9'];
    for (const [name, list] of Object.entries(await listsIn(lab, namespace))) {
      expect({ name, theirs: list.filter((entry) => entry !== 'ecr-pull') }).toEqual({ name, theirs });
      expect(list.filter((entry) => entry === 'ecr-pull')).toHaveLength(1);
    }
  });
});
