import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  accountIn,
  arrivedIn,
  marker,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
} from './pull-lab.ts';
import { bytesOf, core, type SecretObject } from './pull-objects.ts';

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

const LABEL = 'app.kubernetes.io/managed-by';
const ANNOTATIONS = ['holder', 'foreign-entries', 'tokens'].map((name) => `ecr-operator.io/${name}`);

/** All of a Secret that is ours. */
function markedContent(secret: SecretObject | undefined) {
  const { labels, annotations } = secret?.metadata ?? {};
  return { bytes: bytesOf(secret), type: secret?.type, labels, annotations };
}

const metadata = (key: 'labels' | 'annotations', name: string, value: string | null) => ({
  metadata: { [key]: { [name]: value } },
});

describe('what somebody does to a Secret is undone within a second', () => {
  const foreign = Buffer.from('{"auths":{}}').toString('base64');
  const cases: [string, (secret: SecretObject) => Promise<unknown>][] = [
    ['deleted', (secret) => lab.admin.delete(secret)],
    ['edited', (secret) => lab.admin.patch(secret, { data: { '.dockerconfigjson': foreign } })],
    [
      'applied by another with force',
      ({ apiVersion, kind, metadata: { name, namespace } }) =>
        lab.admin.apply({
          apiVersion,
          kind,
          metadata: { name, namespace },
          data: { '.dockerconfigjson': foreign },
        } as never),
    ],
    ['without our label', (secret) => lab.admin.patch(secret, metadata('labels', LABEL, null))],
    ['with another label', (secret) => lab.admin.patch(secret, metadata('labels', LABEL, 'helm'))],
    ...ANNOTATIONS.flatMap((name): (typeof cases)[number][] => [
      [`without ${name}`, (secret) => lab.admin.patch(secret, metadata('annotations', name, null))],
      [`with another ${name}`, (secret) => lab.admin.patch(secret, metadata('annotations', name, 'theirs'))],
    ]),
  ];

  test('whatever it is', async () => {
    const healed = scene('healed');
    const namespaces = await healed.namespaces(cases.length);
    const object = await healed.serve(cases.length);
    const tookMs: number[] = [];
    for (const [index, [what, act]] of cases.entries()) {
      const namespace = namespaces[index] as string;
      const before = await arrivedIn(lab, namespace);
      const started = performance.now();
      await act(before);
      const now = await waitFor(() => secretIn(lab, namespace), {
        what: `the Secret that was ${what} to be back`,
        until: (secret) => JSON.stringify(markedContent(secret)) === JSON.stringify(markedContent(before)),
        intervalMs: 5,
        timeoutMs: 8_000,
      });
      tookMs.push(performance.now() - started);
      if (what !== 'deleted') expect(now.metadata.uid).toBe(before.metadata.uid);
    }
    expect(tookMs.sort((a, b) => a - b)[Math.floor(cases.length / 2)]).toBeLessThan(1_000);
    await servedIn(lab, object, cases.length);
    expect(new Set((await secretsOf(lab, namespaces)).map(bytesOf)).size).toBe(1);
    expect(healed.calls()).toBe(1);
  });

  test('what others add to it stays', async () => {
    const added = scene('added');
    const namespace = await added.namespace('a');
    await added.serve(1);
    const theirs = { labels: { team: 'a' }, annotations: { note: 'b' } };
    const before = await arrivedIn(lab, namespace);
    await lab.admin.patch(before, { metadata: theirs });
    await lab.admin.patch(before, { data: { '.dockerconfigjson': 'e30=' } });
    const now = await waitFor(() => secretIn(lab, namespace), {
      what: 'our content to be back',
      until: (secret) => bytesOf(secret) === bytesOf(before),
    });
    expect(now.metadata).toMatchObject(theirs);
  });
});

describe('the ServiceAccount', () => {
  const ACCOUNT_ANNOTATION = 'ecr-operator.io/pull-secrets';
  const account = (namespace: string) => core('ServiceAccount', 'default', namespace);
  const setNames = async (namespace: string, names: readonly string[]) => {
    await accountIn(lab, namespace);
    await lab.admin.patch(account(namespace), { imagePullSecrets: names.map((name) => ({ name })) });
  };

  test('gets our entry at the end, keeps the others in their order, and loses ours alone', async () => {
    const others = scene('others');
    const namespace = await others.namespace('a');
    await setNames(namespace, ['zebra', 'apple']);
    const object = await others.serve(1);
    expect(await pullNames(lab, namespace)).toEqual(['zebra', 'apple', 'ecr-pull']);
    await setNames(namespace, ['first', 'zebra', 'ecr-pull', 'apple']);
    await lab.admin.delete(object);
    const now = await waitFor(() => accountIn(lab, namespace), {
      what: 'our entry to go',
      until: ({ imagePullSecrets = [] }) => imagePullSecrets.every(({ name }) => name !== 'ecr-pull'),
    });
    expect(now.imagePullSecrets).toEqual([{ name: 'first' }, { name: 'zebra' }, { name: 'apple' }]);
    expect(now.metadata.annotations ?? {}).toEqual({});
  });

  test('keeps an entry of that name that its user wrote', async () => {
    const own = scene('own-entry');
    const namespace = await own.namespace('a');
    await setNames(namespace, ['ecr-pull']);
    const before = await accountIn(lab, namespace);
    const object = await own.serve(1);
    await lab.admin.delete(object);
    await waitFor(async () => !(await lab.admin.get(object)), { what: 'the ClusterPullSecret to go' });
    expect(await accountIn(lab, namespace)).toEqual(before);
  });

  test('that is made anew, or loses the entry, has it again', async () => {
    const anew = scene('anew');
    const namespace = await anew.namespace('a');
    await anew.serve(1);
    await lab.admin.delete(account(namespace));
    await waitFor(async () => (await accountIn(lab, namespace)).imagePullSecrets?.length === 1, {
      what: 'the entry in the new ServiceAccount',
    });
    await setNames(namespace, ['other']);
    await waitFor(async () => (await pullNames(lab, namespace)).join() === 'other,ecr-pull', {
      what: 'the entry to be back',
    });
    expect((await accountIn(lab, namespace)).metadata.annotations).toEqual({
      [ACCOUNT_ANNOTATION]: 'ecr-pull',
    });
  });

  test('loses nothing while others write to it at the same time', async () => {
    const busy = scene('busy');
    const namespace = await busy.namespace('a', {});
    await busy.serve(0);
    await accountIn(lab, namespace);
    const write = async (name: string) => {
      // As kubectl does it: read, append, write with the resourceVersion, again after a conflict.
      await waitFor(
        async () => {
          const { metadata, imagePullSecrets = [] } = await accountIn(lab, namespace);
          return lab.admin.patch(account(namespace), {
            metadata: { resourceVersion: metadata.resourceVersion },
            imagePullSecrets: [...imagePullSecrets, { name }],
          });
        },
        { what: `${name} to be written`, intervalMs: 1 },
      );
    };
    const names = Array.from({ length: 30 }, (_, index) => `theirs-${index}`);
    for (const [index, name] of names.entries()) {
      // In and out of the selector all the while.
      const labels = index % 2 === 0 ? busy.labels : { 'lab.test/scene': null };
      await Promise.all([
        lab.admin.patch(core('Namespace', namespace), { metadata: { labels } }),
        write(name),
      ]);
    }
    await lab.admin.patch(core('Namespace', namespace), { metadata: { labels: busy.labels } });
    // What was asked for before is over by then: our entry may be there from an earlier time, and about to go.
    await marker(lab, busy, 'marker');
    await waitFor(async () => (await pullNames(lab, namespace)).includes('ecr-pull'), { what: 'our entry' });
    const now = await pullNames(lab, namespace);
    expect(now.filter((name) => name !== 'ecr-pull')).toEqual(names);
    expect(now).toHaveLength(names.length + 1);
  });

  test('is left alone in the mode None, and let go when the mode becomes None', async () => {
    const none = scene('none');
    const namespace = await none.namespace('a');
    const before = await accountIn(lab, namespace);
    await none.serve(1, { serviceAccounts: { mode: 'None' } });
    expect(await accountIn(lab, namespace)).toEqual(before);
    await servedIn(lab, await none.clusterPullSecret({ serviceAccounts: { mode: 'Default' } }), 1);
    expect(await pullNames(lab, namespace)).toEqual(['ecr-pull']);
    await none.clusterPullSecret({ serviceAccounts: { mode: 'None' } });
    await waitFor(async () => (await pullNames(lab, namespace)).length === 0, { what: 'the entry to go' });
    expect(await secretIn(lab, namespace)).toBeDefined();
  });
});
