import { expect, test } from '@jest/globals';
import { scheduleSource } from '../../../src/runtime/schedule-source.ts';
import type { AddOptions } from '../../../src/runtime/work-queue.ts';
import { createFakeClock } from '../fake-clock.ts';

const MINUTE = 60_000;

/** A source at ten past midnight, and what it has put into the queue, with the minute. */
function given(schedule: string, random = 0.5) {
  const start = Date.UTC(2026, 0, 1, 0, 10);
  const clock = createFakeClock(start);
  const stop = new AbortController();
  const added: [string, number, AddOptions | undefined][] = [];
  const keys = ['a/one'];
  const source = scheduleSource({ schedule, clock, keys: () => keys, random: () => random });
  source((key, options) => added.push([key, (clock.now() - start) / MINUTE, options]), stop.signal);
  return { clock, stop, added, keys };
}

test('each tick puts in all keys that there are then, as refreshes', () => {
  const { clock, added, keys } = given('30 * * * *', 0);
  clock.advance(19 * MINUTE);
  expect(added).toEqual([]);
  clock.advance(MINUTE);
  keys.push('b/two');
  clock.advance(60 * MINUTE);
  const options = { priority: 'refresh', afterMs: 1 };
  expect(added).toEqual([
    ['a/one', 20, options],
    ['a/one', 80, options],
    ['b/two', 80, options],
  ]);
});

test.each([
  ['*/10 * * * *', 0.999, 5],
  ['30 * * * *', 0.999, 30],
  ['0 1 * * *', 0.999, 30],
  ['30 * * * *', 0.5, 15],
])(
  'keys of %s are spread over half the time to the next tick, up to half an hour',
  (schedule, random, most) => {
    const { clock, added } = given(schedule, random);
    clock.advance(60 * MINUTE);
    const afterMs = added[0]?.[2]?.afterMs ?? 0;
    expect(afterMs / MINUTE).toBeCloseTo(most, 1);
    expect(afterMs / MINUTE).toBeLessThan(most + 0.001);
  },
);

test('nothing is put in after the end, nor where the end was before the start', () => {
  const { clock, stop, added } = given('30 * * * *');
  stop.abort();
  expect(clock.pending()).toEqual([]);
  clock.advance(120 * MINUTE);
  expect(added).toEqual([]);
  scheduleSource({ schedule: '30 * * * *', clock, keys: () => ['a'] })(() => undefined, AbortSignal.abort());
  expect(clock.pending()).toEqual([]);
});
