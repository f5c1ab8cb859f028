import { describe, expect, test } from '@jest/globals';
import { createGatedInformer } from '../../../src/runtime/gated-informer.ts';
import type { KubeClient, KubeRequest } from '../../../src/runtime/kube-client.ts';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import { createNamedInformer } from '../../../src/runtime/named-informer.ts';
import { createReach } from '../../../src/runtime/reach.ts';
import { SERVICE_ACCOUNTS } from '../../../src/runtime/resource.ts';
import { createFakeClock, settled } from '../fake-clock.ts';
import { fakeKubeClient } from './fake-kube-client.ts';
import { recordedLog } from './recorded-log.ts';

/** An API server with two namespaces, `a` and `b`, each with a ServiceAccount; `closed` has paths that are refused. */
function setUp() {
  const clock = createFakeClock();
  const log = recordedLog();
  const reach = createReach(log);
  const closed = new Map<string, number>();
  const labels: Record<string, string> = {};
  const object = (name: string, namespace?: string) => ({
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      uid: `${namespace}/${name}`,
      resourceVersion: `1${labels[name] ?? ''}`,
    },
  });
  const client: KubeClient = {
    ...fakeKubeClient(),
    async request<T>(path: string, _?: KubeRequest): Promise<T> {
      const status = closed.get(path);
      if (status) throw new KubeError(status, '', `${status} ${path}`);
      const [, namespace, isList] = /namespaces\/(\w+)(\/.*)?$/.exec(path) ?? [];
      if (!isList) return object(namespace ?? '') as T;
      return { metadata: { resourceVersion: '1' }, items: [object('default', namespace)] } as T;
    },
    stream: (_, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('over')))),
  };
  const accounts = createGatedInformer(
    {
      client,
      clock,
      log,
      resource: SERVICE_ACCOUNTS,
      project: ({ metadata }) => metadata.uid,
      random: () => 0.5,
    },
    ['a', 'b'],
    reach,
  );
  const namespaces = createNamedInformer({
    client,
    clock,
    log,
    names: ['a', 'b'],
    everyMs: 30_000,
    reach,
    project: ({ metadata }) => metadata.resourceVersion,
  });
  const stop = new AbortController();
  async function run<T>(steps: () => Promise<T>): Promise<void> {
    const runs = [accounts.run(stop.signal), namespaces.run(stop.signal)];
    try {
      await settled();
      await steps();
    } finally {
      stop.abort();
      await Promise.all(runs);
    }
  }
  const isReady = async ({ ready }: { readonly ready: Promise<void> }) =>
    Promise.race([ready.then(() => true), settled().then(() => false)]);
  return { clock, log, reach, closed, labels, accounts, namespaces, run, isReady };
}

const LIST_B = '/api/v1/namespaces/b/serviceaccounts';

describe('informers of some namespaces', () => {
  test('are one: what is there, by its key', async () => {
    const { accounts, namespaces, run, isReady } = setUp();
    await run(async () => {
      expect([...accounts.lister.keys()]).toEqual(['a/default', 'b/default']);
      expect([...accounts.lister.values()]).toEqual(['a/default', 'b/default']);
      expect(accounts.lister.get('b/default')).toBe('b/default');
      expect(accounts.lister.get('c/default')).toBeUndefined();
      expect(accounts.lister.size).toBe(2);
      expect([...namespaces.lister.keys()]).toEqual(['a', 'b']);
      expect([await isReady(accounts), await isReady(namespaces)]).toEqual([true, true]);
    });
  });

  test('wait for none that is refused, and tell of it once', async () => {
    const { accounts, reach, closed, log, clock, run, isReady } = setUp();
    closed.set(LIST_B, 403);
    await run(async () => {
      expect(await isReady(accounts)).toBe(true);
      expect([...accounts.lister.keys()]).toEqual(['a/default']);
      await clock.elapse(60_000);
      const warnings = log.lines.filter(({ level }) => level === 'warn');
      expect(warnings.map(({ message }) => message)).toEqual(['namespace cannot be read']);
      const closure = { namespace: 'b', what: 'serviceaccounts', message: `403 ${LIST_B}` };
      expect([reach.closures(), reach.closures('b'), reach.closures('a')]).toEqual([
        [closure],
        [closure],
        [],
      ]);
    });
  });

  test('count as interrupted what is no refusal, and an interruption of all of them once', async () => {
    const { accounts, closed, clock, run } = setUp();
    closed.set(LIST_B, 403);
    await run(async () => {
      await clock.elapse(60_000);
      expect(accounts.restarts?.()).toBe(0);
    });
    const other = setUp();
    other.closed.set(LIST_B, 500);
    other.closed.set(LIST_B.replace('/b/', '/a/'), 500);
    await other.run(async () => expect(other.accounts.restarts?.()).toBe(1));
  });

  test('wait for one that is only not answered for', async () => {
    const { accounts, reach, closed, run, isReady } = setUp();
    closed.set(LIST_B, 500);
    await run(async () => {
      expect(await isReady(accounts)).toBe(false);
      expect(reach.closures()).toEqual([]);
    });
  });

  test('are filled without a restart once the right is there', async () => {
    const { accounts, namespaces, reach, closed, clock, run } = setUp();
    const told: string[] = [];
    reach.listen((namespace) => told.push(namespace));
    closed.set(LIST_B, 403);
    await run(async () => {
      expect([...namespaces.lister.keys()]).toEqual(['a']);
      closed.clear();
      told.length = 0;
      await clock.elapse(45_000);
      expect([...accounts.lister.keys()]).toEqual(['a/default', 'b/default']);
      expect([...namespaces.lister.keys()]).toEqual(['a', 'b']);
      expect(reach.closures()).toEqual([]);
      expect(new Set(told)).toEqual(new Set(['b']));
    });
  });
});

describe('namespaces by their names', () => {
  test.each([403, 404])(
    'are not there where the API server answers %i, and others do not wait',
    async (status) => {
      const { namespaces, reach, closed, run, isReady } = setUp();
      closed.set('/api/v1/namespaces/b', status);
      await run(async () => {
        expect([...namespaces.lister.keys()]).toEqual(['a']);
        expect(await isReady(namespaces)).toBe(true);
        expect(reach.closures().map(({ namespace, what }) => [namespace, what])).toEqual([
          ['b', 'namespaces'],
        ]);
      });
    },
  );

  test('are not there while what is in them was never read', async () => {
    const { namespaces, closed, run } = setUp();
    closed.set(LIST_B, 403);
    await run(async () => expect([...namespaces.lister.keys()]).toEqual(['a']));
  });

  test('stay what they were while the API server is away, and are asked for again soon', async () => {
    const { namespaces, closed, labels, clock, run } = setUp();
    await run(async () => {
      closed.set('/api/v1/namespaces/b', 500);
      labels['b'] = '0';
      await clock.elapse(30_000);
      expect(namespaces.lister.get('b')).toBe('1');
      closed.clear();
      await clock.elapse(2_000);
      expect(namespaces.lister.get('b')).toBe('10');
    });
  });

  test('show a change after half a minute, and a right that was taken away', async () => {
    const { namespaces, closed, labels, clock, run } = setUp();
    const told: unknown[] = [];
    await run(async () => {
      namespaces.listen((key, now, before) => told.push([key, now, before]));
      labels['a'] = '0';
      closed.set('/api/v1/namespaces/b', 403);
      await clock.elapse(29_999);
      expect(told).toEqual([
        ['a', '1', undefined],
        ['b', '1', undefined],
      ]);
      await clock.elapse(1);
      expect(told.slice(2)).toEqual([
        ['a', '10', '1'],
        ['b', undefined, '1'],
      ]);
    });
  });
});
