import { describe, expect, test } from '@jest/globals';
import { createController, type Next } from '../../../src/runtime/controller.ts';
import type { Enqueue } from '../../../src/runtime/sources.ts';
import { createFakeClock, settled } from '../fake-clock.ts';
import { recordedLog } from './recorded-log.ts';

const HOUR = 3_600_000;

interface Given {
  readonly reconcile?: (key: string, pass: number) => Promise<Next>;
  readonly workers?: number;
  readonly groupOf?: (key: string) => string;
}

/** A controller under way, and when it passed over which key. */
function running({ reconcile = async () => ({}), workers = 1, ...grouped }: Given = {}) {
  const clock = createFakeClock();
  const log = recordedLog();
  const start = clock.now();
  const passes: [key: string, at: number][] = [];
  let enqueue: Enqueue = () => undefined;
  let sourceSignal: AbortSignal | undefined;
  const controller = createController({
    name: 'thing',
    sources: [
      (add, signal) => {
        enqueue = add;
        sourceSignal = signal;
      },
    ],
    reconcile: (key) => {
      passes.push([key, clock.now() - start]);
      return reconcile(key, passes.filter(([passed]) => passed === key).length);
    },
    workers,
    ...grouped,
    clock,
    log,
  });
  const stopping = new AbortController();
  controller.connect(stopping.signal);
  const times = (key: string) => passes.filter(([passed]) => passed === key).map(([, at]) => at);
  return { clock, log, controller, passes, times, enqueue, stopping, sourceSignal: () => sourceSignal };
}

test('what a source wakes before the start is worked on after it, once', async () => {
  const { controller, passes, enqueue } = running();
  enqueue('a');
  enqueue('a');
  enqueue('b');
  await settled();
  expect(passes).toEqual([]);
  controller.start();
  await settled();
  expect(passes.map(([key]) => key)).toEqual(['a', 'b']);
});

test('sources are given the signal with which they end', () => {
  const { stopping, sourceSignal } = running();
  expect(sourceSignal()).toBe(stopping.signal);
});

describe('a pass that fails', () => {
  const wrong = async (): Promise<Next> => {
    throw new Error('wrong');
  };

  test.each<[string, (key: string, pass: number) => Promise<Next>]>([
    ['by a throw', wrong],
    [
      'by a throw before its promise',
      () => {
        throw new Error('wrong');
      },
    ],
    ['by its own word', async () => ({ retry: { kind: 'backoff' } })],
  ])('%s is tried again after a delay that grows to five minutes', async (_how, reconcile) => {
    const { clock, controller, times, enqueue } = running({ reconcile });
    controller.start();
    enqueue('a');
    await clock.elapse(HOUR);
    const gaps = times('a')
      .slice(1)
      .map((at, index) => at - (times('a')[index] ?? 0));
    const expected = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].map((seconds) => seconds * 1_000);
    expect(gaps.length).toBeGreaterThan(expected.length);
    for (const [index, delay] of expected.entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(delay * 0.9);
      expect(gaps[index]).toBeLessThanOrEqual(delay * 1.1);
    }
  });

  test('is logged with its key and its words', async () => {
    const { log, controller, enqueue } = running({ reconcile: wrong });
    controller.start();
    enqueue('team/app');
    await settled();
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'reconcile failed',
        fields: { controller: 'thing', key: 'team/app', error: 'wrong' },
      },
    ]);
  });

  test('stops no worker: other keys go on', async () => {
    const { controller, times, enqueue } = running({
      reconcile: async (key) => (key === 'bad' ? wrong() : {}),
    });
    controller.start();
    enqueue('bad');
    enqueue('good');
    await settled();
    expect(times('good')).toEqual([0]);
  });

  test('is woken at once by a change, without waiting for its delay', async () => {
    const { clock, controller, times, enqueue } = running({ reconcile: wrong });
    controller.start();
    enqueue('a');
    await clock.elapse(10_000);
    const before = times('a').length;
    enqueue('a');
    await settled();
    expect(times('a').slice(before)).toEqual([10_000]);
  });

  test('begins anew with a short delay after a pass that did not fail', async () => {
    const { clock, controller, times, enqueue } = running({
      reconcile: async (_key, pass) => (pass === 5 ? {} : wrong()),
    });
    controller.start();
    enqueue('a');
    await clock.elapse(60_000);
    expect(times('a')).toHaveLength(5);
    enqueue('a');
    await clock.elapse(1_100);
    expect(times('a')).toHaveLength(7);
  });
});

describe('what a pass asks for next', () => {
  test.each<[string, Next, number[]]>([
    ['nothing', {}, [0]],
    ['another look', { requeueAfterMs: 60_000 }, [0, 60_000]],
    ['a look after a terminal failure', { retry: { kind: 'after', ms: 60_000 } }, [0, 60_000]],
    ['another look at once, which takes a second at least', { requeueAfterMs: 0 }, [0, 1_000]],
    ['a look in the past, which takes as long', { requeueAfterMs: -5_000 }, [0, 1_000]],
    ['a look at no time, which takes as long', { requeueAfterMs: Number.NaN }, [0, 1_000]],
    [
      'a look at once after a terminal failure, which takes as long',
      { retry: { kind: 'after', ms: 0 } },
      [0, 1_000],
    ],
  ])('%s', async (_what, next, expected) => {
    const { clock, controller, times, enqueue } = running({
      reconcile: async (_key, pass) => (pass === 1 ? next : {}),
    });
    controller.start();
    enqueue('a');
    await clock.elapse(HOUR);
    expect(times('a')).toEqual(expected);
  });

  test('a later look does not put off an earlier one', async () => {
    const { clock, controller, times, enqueue } = running({
      reconcile: async (_key, pass) => (pass <= 2 ? { requeueAfterMs: 60_000 } : {}),
    });
    controller.start();
    enqueue('a');
    await clock.elapse(10_000);
    enqueue('a');
    await clock.elapse(HOUR);
    expect(times('a')).toEqual([0, 10_000, 60_000]);
  });
});

describe('workers', () => {
  test('work on several keys at once, and never on the same one', async () => {
    const gates = new Map<string, PromiseWithResolvers<Next>>();
    const { controller, passes, enqueue } = running({
      workers: 2,
      reconcile: (key) => {
        const gate = Promise.withResolvers<Next>();
        gates.set(key, gate);
        return gate.promise;
      },
    });
    controller.start();
    for (const key of ['a', 'b', 'c', 'a']) enqueue(key);
    await settled();
    expect(passes.map(([key]) => key)).toEqual(['a', 'b']);
    gates.get('b')?.resolve({});
    await settled();
    expect(passes.map(([key]) => key)).toEqual(['a', 'b', 'c']);
    gates.get('c')?.resolve({});
    await settled();
    expect(passes).toHaveLength(3);
    enqueue('a');
    await settled();
    expect(passes).toHaveLength(3);
    gates.get('a')?.resolve({});
    await settled();
    expect(passes.map(([key]) => key)).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('groups of keys', () => {
  const hung = (): Promise<Next> => new Promise(() => undefined);
  const firstLetter = (key: string): string => key.slice(0, 1);

  test('have workers of their own: one that hangs keeps nobody else waiting', async () => {
    const { controller, passes, enqueue } = running({
      workers: 2,
      groupOf: firstLetter,
      reconcile: (key) => (key.startsWith('slow') ? hung() : Promise.resolve({})),
    });
    for (const key of ['slow1', 'slow2', 'slow3', 'before']) enqueue(key);
    controller.start();
    await settled();
    for (const key of ['slow4', 'before again', 'after']) enqueue(key);
    await settled();
    expect(passes.map(([key]) => key).sort()).toEqual(['after', 'before', 'before again', 'slow1', 'slow2']);
  });

  test('are those of the time at which work begins, when all is read that decides over them', async () => {
    let isRead = false;
    const { controller, passes, enqueue } = running({
      groupOf: (key) => (isRead ? firstLetter(key) : ''),
      reconcile: (key) => (key.startsWith('slow') ? hung() : Promise.resolve({})),
    });
    for (const key of ['slow1', 'slow2', 'quick']) enqueue(key);
    isRead = true;
    controller.start();
    await settled();
    expect(passes.map(([key]) => key).sort()).toEqual(['quick', 'slow1']);
  });

  test('are all waited for at the end', async () => {
    const gates = { a: Promise.withResolvers<Next>(), b: Promise.withResolvers<Next>() };
    const { clock, controller, enqueue } = running({
      groupOf: firstLetter,
      reconcile: (key) => gates[key as 'a' | 'b'].promise,
    });
    controller.start();
    enqueue('a');
    enqueue('b');
    await settled();
    const stopped = controller.stop(10_000);
    gates.a.resolve({});
    expect(await Promise.race([stopped, settled().then(() => 'draining')])).toBe('draining');
    gates.b.resolve({});
    expect(await stopped).toBe(true);
    expect(clock.pending()).toEqual([]);
  });
});

describe('stop', () => {
  test('waits for what is under way, and takes nothing new', async () => {
    const gate = Promise.withResolvers<Next>();
    const { clock, controller, passes, enqueue } = running({ reconcile: () => gate.promise });
    controller.start();
    enqueue('a');
    enqueue('b');
    await settled();
    const stopped = controller.stop(10_000);
    await clock.elapse(9_999);
    enqueue('c');
    gate.resolve({ requeueAfterMs: 5 });
    expect(await stopped).toBe(true);
    await clock.elapse(HOUR);
    expect(passes.map(([key]) => key)).toEqual(['a']);
    expect(clock.pending()).toEqual([]);
  });

  test('gives up after its deadline, and says so', async () => {
    const { clock, controller, enqueue } = running({ reconcile: () => new Promise(() => undefined) });
    controller.start();
    enqueue('a');
    await settled();
    const stopped = controller.stop(10_000);
    await clock.elapse(9_999);
    expect(await Promise.race([stopped, settled().then(() => 'draining')])).toBe('draining');
    await clock.elapse(1);
    expect(await stopped).toBe(false);
  });

  test('drops what waits for its time', async () => {
    const { clock, controller, enqueue, times } = running();
    controller.start();
    enqueue('a', { afterMs: 60_000 });
    expect(await controller.stop(10_000)).toBe(true);
    await clock.elapse(HOUR);
    expect(times('a')).toEqual([]);
  });

  test('of a controller that was never started is done at once', async () => {
    const { controller } = running();
    expect(await controller.stop(10_000)).toBe(true);
  });
});

test.each([2 * HOUR, 40_000])(
  'a machine that slept for %i ms in the midst of a pass does not put the next one off by that time',
  async (ms) => {
    const one = running({
      reconcile: async (_key, pass) => {
        if (pass > 1) return {};
        one.clock.advance(ms);
        return { requeueAfterMs: 3 * HOUR };
      },
    });
    one.controller.start();
    one.enqueue('a');
    await settled();
    await one.clock.elapse(3 * HOUR - ms - 1);
    expect(one.times('a')).toEqual([0]);
    await one.clock.elapse(1);
    expect(one.times('a')).toEqual([0, 3 * HOUR]);
  },
);

describe('it is taken for dead', () => {
  const never = (): Promise<Next> => new Promise(() => undefined);

  test('when a pass does not end for two hours, whatever the others do', async () => {
    const { controller, clock, enqueue } = running({
      reconcile: (key) => (key === 'bad' ? never() : Promise.resolve({})),
      workers: 2,
    });
    controller.start();
    enqueue('bad');
    await clock.elapse(2 * HOUR);
    enqueue('good');
    await settled();
    expect(controller.stuck()).toBeUndefined();
    await clock.elapse(60_000);
    expect(controller.stuck()).toBe('bad is worked on for 121 min');
  });

  test('when keys wait and nobody takes them', async () => {
    const { controller, clock, enqueue } = running();
    controller.start();
    // As a worker that has died.
    void controller.queue.get();
    controller.queue.get = never as never;
    enqueue('a');
    enqueue('b');
    await settled();
    enqueue('c');
    enqueue('d');
    expect(controller.stuck()).toBeUndefined();
    await clock.elapse(61_000);
    expect(controller.stuck()).toMatch(/^\d keys wait and nobody takes them$/);
  });

  test('neither before it works nor when there is nothing to do', async () => {
    const { controller, clock, enqueue } = running();
    enqueue('a');
    await clock.elapse(HOUR);
    expect(controller.stuck()).toBeUndefined();
    controller.start();
    await clock.elapse(24 * HOUR);
    enqueue('b');
    expect(controller.stuck()).toBeUndefined();
    await controller.stop(1_000);
    await clock.elapse(24 * HOUR);
    expect(controller.stuck()).toBeUndefined();
  });
});
