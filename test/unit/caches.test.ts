import { expect, test } from '@jest/globals';
import { REGISTRIES } from '../../src/api/names.ts';
import type { Registry } from '../../src/api/registry.generated.ts';
import { type Caches, createCaches } from '../../src/caches.ts';
import { absentInformer } from '../../src/runtime/absent-informer.ts';
import type { Informer } from '../../src/runtime/informer.ts';
import type { KubeClient, KubeRequest } from '../../src/runtime/kube-client.ts';
import { createReach } from '../../src/runtime/reach.ts';
import type { KubeObject } from '../../src/runtime/resource.ts';
import { createFakeClock } from './fake-clock.ts';
import { fakeKubeClient } from './runtime/fake-kube-client.ts';
import { recordedLog } from './runtime/recorded-log.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const ONE = {
  metadata: {
    name: 'one',
    uid: 'u',
    resourceVersion: '1',
    annotations: { [LAST_APPLIED]: '{}', asked: 'for' },
    managedFields: [{ manager: 'kubectl' }],
  },
  spec: { kept: true, catalogData: { logoImage: 'bG9nbw==' } },
} as KubeObject;

/** The caches of our own kinds, filled with one object each; what each list asked for. */
async function filled() {
  const limits: Record<string, unknown> = {};
  const client: KubeClient = {
    ...fakeKubeClient(),
    async request<T>(path: string, { query }: KubeRequest = {}): Promise<T> {
      limits[path.split('/').at(-1) ?? ''] = query?.['limit'];
      return { metadata: { resourceVersion: '1' }, items: [ONE] } as T;
    },
    stream: (_path, { signal }) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('over')))),
  };
  const caches = createCaches({
    client,
    clock: createFakeClock(),
    log: recordedLog(),
    secretNames: [],
    serviceAccountNames: [],
    repairPods: false,
    controllers: 'all',
  });
  const { namespaces: _, serviceAccounts: __, secrets: ___, pods: ____, ...own } = caches;
  const informers = Object.entries(own) as [keyof Caches, Informer<KubeObject>][];
  const stop = new AbortController();
  const runs = informers.map(([, informer]) => informer.run(stop.signal));
  await Promise.all(informers.map(([, { ready }]) => ready));
  stop.abort();
  await Promise.all(runs);
  return { limits, informers };
}

test('of none of our kinds is kept who owns which field, nor the copy that kubectl leaves in an annotation', async () => {
  const { informers } = await filled();
  expect(informers.length).toBeGreaterThan(7);
  const { managedFields: _, ...metadata } = ONE.metadata;
  for (const [name, { lister }] of informers) {
    const [kept] = [...lister.values()];
    expect([name, kept]).toMatchObject([name, { spec: { kept: true } }]);
    expect([name, kept?.metadata]).toEqual([name, { ...metadata, annotations: { asked: 'for' } }]);
  }
});

test('a page of PublicRepositories, each with a logo, is smaller than one of any other kind', async () => {
  const { limits } = await filled();
  const { publicrepositories, ...others } = limits;
  expect(publicrepositories).toBe(20);
  expect(new Set(Object.values(others))).toEqual(new Set([500]));
});

test.each([
  ['all', undefined, 9],
  ['pull-secrets', undefined, 4],
  ['pull-secrets', ['a', 'b'], 2],
] as const)(
  'with --controllers=%s and namespaces %j no other kind is asked for',
  async (controllers, names, count) => {
    const asked = new Set<string>();
    const client: KubeClient = {
      ...fakeKubeClient(),
      async request<T>(path: string): Promise<T> {
        asked.add(path);
        return { metadata: { name: 'a', uid: 'u', resourceVersion: '1' }, items: [] } as T;
      },
      stream: (_path, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('over')))),
    };
    const log = recordedLog();
    const registries = absentInformer<Registry>(REGISTRIES);
    const within = names ? { namespaces: names, reach: createReach(log), registries } : undefined;
    const {
      pods: _,
      serviceAccounts: __,
      secrets: ___,
      ...caches
    } = createCaches({
      client,
      clock: createFakeClock(),
      log,
      secretNames: [],
      serviceAccountNames: [],
      repairPods: false,
      controllers,
      within,
    });
    const stop = new AbortController();
    const runs = Object.values(caches).map((informer: Informer<unknown>) => informer.run(stop.signal));
    await Promise.all(Object.values(caches).map(({ ready }) => ready));
    stop.abort();
    await Promise.all(runs);
    const isOfNamespace = (path: string) => /\/namespaces\/[ab](\/pullsecrets)?$/.test(path);
    expect([...asked].filter((path) => names !== undefined && !isOfNamespace(path))).toEqual([]);
    expect(asked.size).toBe(names ? count * names.length : count);
  },
);

test('no logo is kept', async () => {
  const { informers } = await filled();
  const [kept] = [...(informers.find(([name]) => name === 'publicRepositories')?.[1].lister.values() ?? [])];
  expect(JSON.stringify(kept)).not.toContain('bG9nbw==');
});
