import { expect, test } from '@jest/globals';
import type { Clock } from '../../../src/runtime/clock.ts';
import { createRenewals } from '../../../src/runtime/renewals.ts';

/** Two times that a test sets. */
function times() {
  const now = { wall: 0, monotonic: 0 };
  const after: Clock['after'] = () => ({ cancel: () => undefined });
  const clock: Clock = { now: () => now.wall, monotonic: () => now.monotonic, after };
  return { now, renewals: createRenewals(clock) };
}

test('the age is endless until something is known to be done, and counts from its beginning', () => {
  const { now, renewals } = times();
  renewals.begin('a');
  expect(renewals.age()).toBe(Number.POSITIVE_INFINITY);
  Object.assign(now, { wall: 7, monotonic: 7 });
  expect([renewals.confirm('a'), renewals.age()]).toEqual([true, 7]);
});

test('the age is the longer one by the two clocks', () => {
  const { now, renewals } = times();
  renewals.begin('a');
  renewals.confirm('a');
  Object.assign(now, { wall: 9, monotonic: 5 });
  expect(renewals.age()).toBe(9);
  Object.assign(now, { wall: -100, monotonic: 6 });
  expect(renewals.age()).toBe(6);
});

test('what somebody else wrote is not ours, and makes nothing younger', () => {
  const { now, renewals } = times();
  renewals.begin('a');
  renewals.confirm('a');
  now.wall = 5;
  expect([renewals.confirm('x'), renewals.age()]).toEqual([false, 5]);
});

test('what was begun before one that is done is forgotten, and what was begun after it is not', () => {
  const { renewals } = times();
  for (const renewTime of ['a', 'b', 'c']) renewals.begin(renewTime);
  renewals.confirm('b');
  expect(['a', 'b', 'c'].map(renewals.isOurs)).toEqual([false, true, true]);
  renewals.forget();
  expect([renewals.hasBegun, renewals.isOurs('c')]).toEqual([false, false]);
});
