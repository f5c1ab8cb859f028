import { describe, expect, test } from '@jest/globals';
import { createContests } from '../../../src/controllers/contests.ts';
import { createFakeClock } from '../fake-clock.ts';
import { NOW } from './objects.ts';

const MINUTE = 60_000;
const SECRET = 'n/ecr-pull';
const ACCOUNT = 'n/ecr-pull ServiceAccount default';

function trial() {
  const clock = createFakeClock(NOW);
  const contests = createContests(clock);
  const restore = (thing: string, times: number): void => {
    for (let count = 0; count < times; count += 1) contests.restored(thing);
  };
  return { clock, contests, restore };
}

describe('what is undone again and again', () => {
  test('is put right at once a few times, then less and less often, at most every ten minutes', () => {
    const { clock, contests } = trial();
    const waits = Array.from({ length: 15 }, () => {
      const wait = contests.wait(SECRET);
      clock.advance(wait);
      expect(contests.wait(SECRET)).toBe(0);
      contests.restored(SECRET);
      return wait / 1_000;
    });
    expect(waits).toEqual([0, 0, 0, 0, 0, 0, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
    expect(contests.count(SECRET)).toBe(15);
  });

  test('waits the shorter, the longer ago it was put right', () => {
    const { clock, contests, restore } = trial();
    restore(SECRET, 6);
    expect(contests.wait(SECRET)).toBe(10_000);
    clock.advance(4_000);
    expect(contests.wait(SECRET)).toBe(6_000);
    clock.advance(60_000);
    expect(contests.wait(SECRET)).toBe(0);
  });

  test('begins anew after half an hour of rest, not before', () => {
    const { clock, contests, restore } = trial();
    restore(SECRET, 20);
    clock.advance(30 * MINUTE - 1);
    expect(contests.count(SECRET)).toBe(20);
    clock.advance(1);
    expect([contests.count(SECRET), contests.wait(SECRET)]).toEqual([0, 0]);
    contests.restored(SECRET);
    expect(contests.count(SECRET)).toBe(1);
  });

  test('is due at a time that stays, while the wait for it grows shorter', () => {
    const { clock, contests, restore } = trial();
    restore(SECRET, 7);
    const due = contests.due(SECRET);
    expect(due - clock.now()).toBe(contests.wait(SECRET));
    clock.advance(1_500);
    expect([contests.due(SECRET), contests.wait(SECRET)]).toEqual([due, due - clock.now()]);
  });

  test('is each thing of its own', () => {
    const { contests, restore } = trial();
    restore(ACCOUNT, 9);
    expect([SECRET, 'n/other', 'n/ecr-pull ServiceAccount x'].map(contests.count)).toEqual([0, 0, 0]);
  });

  test('is forgotten with its target, and alone', () => {
    const { contests, restore } = trial();
    for (const thing of [SECRET, ACCOUNT, 'n/ecr-pull-2']) restore(thing, 9);
    contests.forget(ACCOUNT);
    expect([SECRET, ACCOUNT].map(contests.count)).toEqual([9, 0]);
    restore(ACCOUNT, 1);
    contests.forget(SECRET);
    expect([SECRET, ACCOUNT, 'n/ecr-pull-2'].map(contests.count)).toEqual([0, 0, 9]);
    contests.forget('unknown');
  });
});

test('what was put right long ago is dropped when there is much, and nothing else', () => {
  const { clock, contests, restore } = trial();
  restore('early/s', 6);
  for (let index = 0; index < 10_001; index += 1) contests.restored(`n${index}/s`);
  expect(contests.count('early/s')).toBe(6);
  clock.advance(20 * MINUTE);
  restore('recent/s', 6);
  clock.advance(10 * MINUTE);
  restore('now/s', 1);
  expect(['n0/s', 'recent/s', 'now/s'].map(contests.count)).toEqual([0, 6, 1]);
});
