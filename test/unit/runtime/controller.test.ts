import { describe, expect, test } from '@jest/globals';
import type { Next } from '../../../src/runtime/controller.ts';
import { settled } from '../fake-clock.ts';
import { HOUR, running } from './running-controller.ts';

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
