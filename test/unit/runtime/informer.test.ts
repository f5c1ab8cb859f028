import { expect, test } from '@jest/globals';
import { createInformer } from '../../../src/runtime/informer.ts';
import type { KubeClient, KubeRequest } from '../../../src/runtime/kube-client.ts';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import type { ResourceType } from '../../../src/runtime/resource.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { fakeKubeClient } from './fake-kube-client.ts';
import { recordedLog } from './recorded-log.ts';

const THINGS: ResourceType = { group: '', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true };

/** An API server whose watches each live for the next of `lives` (ms), and then break without having said a word. */
function breakingServer(clock: FakeClock, lives: readonly number[]): KubeClient {
  const left = [...lives];
  return {
    ...fakeKubeClient(),
    request: async <T>() => ({ metadata: { resourceVersion: '1' }, items: [] }) as T,
    async stream() {
      return (async function* () {
        await new Promise<void>((resolve) => clock.after(left.shift() ?? 0, resolve));
        throw new Error('reset by peer');
        // biome-ignore lint/correctness/noUnreachable: it is what makes this a stream of bytes
        yield new Uint8Array();
      })();
    },
  };
}

/** The pauses after each watch (ms). */
async function pausesAfter(lives: readonly number[]): Promise<number[]> {
  const clock = createFakeClock();
  const log = recordedLog();
  const { lines } = log;
  const informer = createInformer({
    client: breakingServer(clock, lives),
    resource: THINGS,
    project: () => 1,
    clock,
    log,
    random: () => 0.5,
  });
  const stop = new AbortController();
  const run = informer.run(stop.signal);
  for (let seconds = 0; lines.length < lives.length && seconds < 3_600; seconds += 1)
    await clock.elapse(1_000);
  stop.abort();
  await run;
  return lines.slice(0, lives.length).map(({ fields }) => (fields as { readonly delayMs: number }).delayMs);
}

test('pauses grow with watches that break soon', async () => {
  expect(await pausesAfter([2_000, 2_000, 2_000, 29_999])).toEqual([800, 1_600, 3_200, 6_400]);
});

test('a watch that was steady is opened again at once, though nothing was heard on it', async () => {
  expect(await pausesAfter([2_000, 2_000, 30_000, 30_000, 2_000])).toEqual([800, 1_600, 800, 800, 1_600]);
});

test.each([
  [undefined, 500],
  [2, 2],
])('a list is read in pages: told %s, it asks for %i objects', async (pageSize, limit) => {
  const names = ['a', 'b', 'c'];
  const asked: unknown[] = [];
  const stop = new AbortController();
  const client: KubeClient = {
    ...fakeKubeClient(),
    async request<T>(_path: string, { query }: KubeRequest = {}): Promise<T> {
      asked.push([query?.['limit'], query?.['continue']]);
      const from = Number(query?.['continue'] ?? 0);
      const to = from + Number(query?.['limit']);
      const items = names
        .slice(from, to)
        .map((name) => ({ metadata: { name, uid: name, resourceVersion: '1' } }));
      return {
        metadata: { resourceVersion: '1', continue: to < names.length ? String(to) : '' },
        items,
      } as T;
    },
    stream: async () => {
      stop.abort();
      throw new Error('over');
    },
  };
  const informer = createInformer({
    client,
    resource: THINGS,
    project: ({ metadata }) => metadata.name,
    ...(pageSize === undefined ? {} : { pageSize }),
    clock: createFakeClock(),
    log: recordedLog(),
  });
  await informer.run(stop.signal);
  expect([...informer.lister.values()]).toEqual(names);
  expect(asked).toEqual(
    limit === 500
      ? [[500, undefined]]
      : [
          [2, undefined],
          [2, '2'],
        ],
  );
});

/** An informer of a client, under way, and what it says of itself when minutes have passed. */
async function afterMinutes(client: Partial<KubeClient>, minutes: number): Promise<string | undefined> {
  const clock = createFakeClock();
  const informer = createInformer({
    client: { ...fakeKubeClient(), ...client },
    resource: THINGS,
    project: () => 1,
    clock,
    log: recordedLog(),
  });
  const stop = new AbortController();
  void informer.run(stop.signal);
  await clock.elapse(minutes * 60_000);
  const said = informer.stuck?.();
  stop.abort();
  return said;
}

const never = (): Promise<never> => new Promise(() => undefined);
const away = (): Promise<never> => Promise.reject(new Error('connection refused'));
const emptyList = async <T>() => ({ metadata: { resourceVersion: '1' }, items: [] }) as T;

test.each<[string, Partial<KubeClient>]>([
  ['an API server that is away', { request: away, stream: away }],
  ['one that is away for watches alone', { request: emptyList, stream: away }],
  [
    'one that asks for ten minutes of patience',
    { request: () => Promise.reject(new KubeError(429, 'TooManyRequests', 'busy', 600_000)) },
  ],
  [
    'one that opens watches and then says nothing',
    {
      request: emptyList,
      stream: async (_path, { signal }) =>
        (async function* () {
          await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
          yield new Uint8Array();
        })(),
    },
  ],
])('%s is no reason to be taken for dead', async (_what, client) => {
  for (const minutes of [4, 6, 60]) expect(await afterMinutes(client, minutes)).toBeUndefined();
});

test.each<[string, Partial<KubeClient>]>([
  ['a list', { request: never }],
  ['a watch', { request: emptyList, stream: never }],
])('%s that never ends, whatever its limits, is a reason to be taken for dead', async (_what, client) => {
  expect(await afterMinutes(client, 5)).toBeUndefined();
  expect(await afterMinutes(client, 7)).toMatch(/^nothing happened for \d+ s$/);
});
