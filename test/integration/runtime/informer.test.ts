import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProxyMatch } from '../../lab/proxy-faults.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type ObservedInformer, observeInformer } from './observed-informer.ts';
import { type RuntimeLab, startRuntimeLab } from './runtime-lab.ts';

let lab: RuntimeLab;
const started: ObservedInformer[] = [];

beforeAll(async () => {
  lab = await startRuntimeLab();
}, 1_200_000);

afterEach(async () => {
  lab.proxy.heal();
  for (const informer of started.splice(0)) await informer.stop();
  lab.proxy.forget();
});

afterAll(async () => {
  await lab?.stop();
});

/** An informer that has filled its cache and watches. */
async function watching(options: Parameters<typeof observeInformer>[1] = {}) {
  const informer = await prepared(options);
  await informer.seed();
  informer.start();
  await informer.ready;
  await informer.watching();
  return informer;
}

/** One that has yet to be started. */
async function prepared(options: Parameters<typeof observeInformer>[1] = {}) {
  const informer = await observeInformer(lab, options);
  started.push(informer);
  return informer;
}

const isList: ProxyMatch['where'] = ({ isWatch, query }) => !isWatch && query.has('limit');
const lists = ({ path }: ObservedInformer) => lab.proxy.requests({ path, where: isList });
const watches = ({ path }: ObservedInformer) => lab.proxy.requests({ path, watch: true });
const saysNo = (status: number, headers: Record<string, string> = {}) =>
  ({ kind: 'respond', status, headers }) as const;

describe('without faults', () => {
  test('what is there and what changes is known', async () => {
    const informer = await watching();
    await informer.complete();
    expect(informer.objects()).toHaveLength(4);
    await informer.changeEverything();
    await informer.complete();
    expect(lists(informer)).toHaveLength(1);
    expect(informer.log.lines).toEqual([]);
  });

  test('a watch asks for bookmarks, for a limited time, from where the list ended', async () => {
    const informer = await watching();
    const [{ query } = { query: new URLSearchParams() }] = watches(informer);
    expect(query.get('allowWatchBookmarks')).toBe('true');
    expect(Number(query.get('resourceVersion'))).toBeGreaterThan(0);
    expect(Number(query.get('timeoutSeconds'))).toBeGreaterThanOrEqual(300);
    expect(Number(query.get('timeoutSeconds'))).toBeLessThanOrEqual(600);
  });

  test('a stopped informer leaves no watch behind', async () => {
    const informer = await watching();
    await informer.stop();
    await waitFor(() => lab.proxy.openWatches({ path: informer.path }), {
      what: 'the end of the watch',
      until: (open) => open === 0,
    });
  });

  test('metadata only: no data comes, neither in a list nor in a watch', async () => {
    const informer = await watching({ metadataOnly: true });
    await informer.changeEverything();
    await informer.complete();
    for (const { object } of informer.objects()) {
      expect(object.kind ?? 'PartialObjectMetadata').toBe('PartialObjectMetadata');
      expect(object).not.toHaveProperty('data');
    }
    expect(informer.objects()).toHaveLength(4);
  });

  test('a field selector: nothing but the object of that name comes', async () => {
    const informer = await watching({ fieldSelector: 'metadata.name=changes' });
    await informer.complete();
    await informer.changeEverything();
    await informer.complete();
    expect(informer.objects().map(({ object }) => object.data)).toEqual([{ value: 'twice' }]);
    await informer.remove('changes');
    await informer.complete();
    expect(informer.objects()).toEqual([]);
  });
});

describe('more objects than a page holds', () => {
  const COUNT = 1_100;

  async function full() {
    const informer = await prepared();
    const names = Array.from({ length: COUNT }, (_, index) => `object-${index}`);
    await Promise.all(names.map((name) => informer.create(name)));
    return informer;
  }

  test('come in pages, and what changes between two pages is not missed', async () => {
    const informer = await full();
    const remove = lab.proxy.onResponse(async (request) => {
      if (!isList?.(request) || request.path !== informer.path || request.query.has('continue')) return;
      remove();
      await informer.create('between');
      await informer.change('object-1', 'between');
      await informer.remove('object-2');
      await informer.remove('object-999');
    });
    informer.start();
    await informer.ready;
    expect(lists(informer)).toHaveLength(3);
    await informer.complete();
    expect(informer.objects()).toHaveLength(COUNT - 1);
  }, 60_000);

  test('are listed anew when the list expires between two pages', async () => {
    const informer = await full();
    const where: ProxyMatch['where'] = ({ query }) => query.has('continue');
    const fault = lab.proxy.addFault({ match: { path: informer.path, where }, fault: saysNo(410), times: 1 });
    informer.start();
    await informer.ready;
    expect(fault.hits()).toBe(1);
    expect(informer.delays()).toEqual([0]);
    await informer.complete();
    expect(informer.objects()).toHaveLength(COUNT);
  }, 60_000);

  test('a page that fails leaves nothing half-known', async () => {
    const informer = await full();
    const where: ProxyMatch['where'] = ({ query }) => query.has('continue');
    const fault = lab.proxy.addFault({ match: { path: informer.path, where }, fault: { kind: 'reset' } });
    informer.start();
    await waitFor(() => fault.hits(), { what: 'the fault' });
    await waitFor(() => informer.delays().length, { what: 'the failed list' });
    expect(informer.objects()).toEqual([]);
    fault.remove();
    await informer.complete();
    expect(informer.objects()).toHaveLength(COUNT);
  }, 60_000);
});

describe('a list that fails', () => {
  test.each([
    ['500', saysNo(500)],
    ['503 without a Status', { ...saysNo(503), body: 'no healthy upstream' }],
    ['403', saysNo(403)],
    ['a broken connection', { kind: 'reset' } as const],
    ['a broken connection after the answer was made', { kind: 'reset', when: 'after' } as const],
  ])('with %s is tried again until it comes', async (_how, fault) => {
    const informer = await prepared();
    await informer.seed();
    const active = lab.proxy.addFault({ match: { path: informer.path, where: isList }, fault, times: 3 });
    informer.start();
    await informer.complete();
    await informer.ready;
    expect(active.hits()).toBe(3);
    expect(informer.delays()).toHaveLength(3);
    expect(Math.min(...informer.delays())).toBeGreaterThanOrEqual(400);
  });

  test('with 429 is tried again when the API server says so, and not before', async () => {
    const informer = await prepared();
    await informer.seed();
    const times: number[] = [];
    lab.proxy.onRequest(({ path }) => {
      if (path === informer.path) times.push(lab.clock.now());
    });
    const fault = saysNo(429, { 'retry-after': '30' });
    lab.proxy.addFault({ match: { path: informer.path, where: isList }, fault, times: 1 });
    informer.start();
    await waitFor(() => informer.delays().length, { what: 'the first answer' });
    expect(informer.delays()).toEqual([30_000]);
    await informer.complete();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(30_000);
  });
});

describe('a watch that fails', () => {
  test.each([
    ['its connection is reset', { kind: 'reset' } as const, false],
    ['the API server says 500', saysNo(500), false],
    ['the API server says 429', saysNo(429, { 'retry-after': '5' }), false],
    ['the API server says 401, twice', saysNo(401), false],
    ['an ERROR event says 500', { kind: 'watch-error', code: 500, reason: 'InternalError' } as const, false],
    ['it is answered with 410', saysNo(410), true],
    ['an ERROR event says 410', { kind: 'watch-error' } as const, true],
    ['it ends at once', { kind: 'respond', status: 200, body: '' } as const, false],
    ['it speaks no JSON', { kind: 'respond', status: 200, body: '<html>\n' } as const, false],
  ])('because %s misses nothing', async (_why, fault, relists) => {
    const informer = await watching();
    const active = lab.proxy.addFault({ match: { path: informer.path, watch: true }, fault, times: 2 });
    expect(lab.proxy.resetWatches({ path: informer.path })).toBe(1);
    await informer.changeEverything();
    await informer.complete();
    expect(active.hits()).toBe(2);
    expect(lists(informer).length > 1).toBe(relists);
  });

  test('as long as somebody changes objects, and again and again, misses nothing', async () => {
    const informer = await watching();
    for (let round = 0; round < 20; round += 1) {
      await informer.create(`round-${round}`);
      const harm = round % 2 ? lab.proxy.resetWatches : lab.proxy.expireWatches;
      harm({ path: informer.path });
      await informer.change('changes', `round ${round}`);
      await informer.remove(`round-${round - 3}`);
      lab.clock.advance(1_000);
    }
    await informer.complete();
    expect(informer.objects()).toHaveLength(4 + 3);
  });

  test('in the stream, since the history is too short, lists once and at once', async () => {
    const informer = await watching();
    expect(lab.proxy.expireWatches({ path: informer.path })).toBe(1);
    await informer.changeEverything();
    await informer.complete();
    expect(informer.delays()).toEqual([0]);
    expect(lists(informer)).toHaveLength(2);
  });

  test('for good is no hot loop: delays grow to half a minute', async () => {
    const informer = await watching();
    const fault = { kind: 'respond', status: 200, body: '' } as const;
    lab.proxy.addFault({ match: { path: informer.path, watch: true }, fault });
    lab.proxy.resetWatches({ path: informer.path });
    for (let failures = 1; failures <= 10; failures += 1) {
      await waitFor(() => informer.delays().length >= failures, {
        what: `failure ${failures}`,
        intervalMs: 5,
      });
      // It sleeps now: no watch is open that would seem to have lasted.
      lab.clock.advance(45_000);
    }
    expect(informer.delays().at(-1)).toBeGreaterThanOrEqual(15_000);
    expect(informer.delays().at(-1)).toBeLessThanOrEqual(45_000);
    lab.proxy.heal();
    await informer.changeEverything();
    await informer.complete();
  });
});

test('a silent peer is found by the clock, and nothing is missed', async () => {
  const informer = await watching();
  const deaf = watches(informer).at(-1);
  lab.proxy.silence({ where: (request) => request === deaf });
  await informer.changeEverything();
  lab.clock.advance(90_000);
  await informer.complete();
  expect(informer.log.lines.map(({ fields }) => fields)).toContainEqual(
    expect.objectContaining({ error: 'nothing heard from the API server for 90 s' }),
  );
  expect(lists(informer)).toHaveLength(1);
});

describe('an API server', () => {
  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'that is stopped with %s and comes again',
    async (signal) => {
      const informer = await watching();
      await lab.controlPlane.stopApiServer({ signal });
      await waitFor(() => informer.delays().length, { what: 'the informer to know' });
      // What is changed before the informer is back is what it could miss.
      const cut = lab.proxy.addFault({ match: { path: informer.path }, fault: { kind: 'reset' } });
      await lab.controlPlane.startApiServer();
      await informer.changeEverything();
      cut.remove();
      await informer.complete();
    },
    120_000,
  );
});
