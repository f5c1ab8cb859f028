import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { isCronSchedule } from '../../../src/runtime/cron-schedule.ts';
import { type CronSourceOptions, cronSource } from '../../../src/runtime/cron-source.ts';
import type { AddOptions } from '../../../src/runtime/work-queue.ts';

describe('a schedule', () => {
  test.each([
    ['of five fields', '*/5 * * * *', true],
    ['of six fields', '30 0 3 * * *', true],
    ['with names', '0 3 * jan mon', true],
    ['with too few fields', '* * *', false],
    ['with a minute that there is not', '61 * * * *', false],
    ['in words', 'every day', false],
    ['that is empty', '', false],
  ])('%s is known as such', (_what, schedule, valid) => {
    expect(isCronSchedule(schedule)).toBe(valid);
  });

  test('that is none is refused when the source is connected', () => {
    const source = cronSource({ schedule: 'every day', keys: () => [], spreadMs: 0 });
    expect(() => source(() => undefined, new AbortController().signal)).toThrow();
  });
});

describe('a tick', () => {
  beforeEach(() => void jest.useFakeTimers({ now: Date.UTC(2026, 0, 1, 0, 0, 30) }));
  afterEach(() => void jest.useRealTimers());

  function connected(options: Partial<CronSourceOptions> = {}) {
    const woken: [key: string, options: AddOptions | undefined][] = [];
    const stopping = new AbortController();
    cronSource({
      schedule: '* * * * *',
      keys: () => ['a', 'b'],
      spreadMs: 60_000,
      random: () => 0,
      ...options,
    })((key, how) => void woken.push([key, how]), stopping.signal);
    return { woken, stopping };
  }

  test('wakes the keys of its moment as refreshes', async () => {
    let keys = ['a'];
    const { woken, stopping } = connected({ keys: () => keys });
    await jest.advanceTimersByTimeAsync(29_000);
    expect(woken).toEqual([]);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(woken).toEqual([['a', { priority: 'refresh', afterMs: 1 }]]);
    keys = ['b', 'c'];
    await jest.advanceTimersByTimeAsync(60_000);
    expect(woken.slice(1).map(([key]) => key)).toEqual(['b', 'c']);
    stopping.abort();
  });

  test.each([
    ['the start', 0, 1],
    ['the middle', 0.5, 30_001],
    ['the end', 0.999_999, 60_001],
  ])('puts a key at %s of its spread', async (_where, random, afterMs) => {
    const { woken, stopping } = connected({ random: () => random });
    await jest.advanceTimersByTimeAsync(31_000);
    expect(woken[0]).toEqual(['a', { priority: 'refresh', afterMs }]);
    stopping.abort();
  });

  test('does not come any more after the abort, and leaves no timer', async () => {
    const { woken, stopping } = connected();
    stopping.abort();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(woken).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is in the time zone that is told', async () => {
    const { woken, stopping } = connected({
      schedule: '2 9 * * *',
      timezone: 'Asia/Tokyo',
      keys: () => ['a'],
    });
    await jest.advanceTimersByTimeAsync(31_000);
    expect(woken).toEqual([]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(woken).toHaveLength(1);
    stopping.abort();
  });
});
