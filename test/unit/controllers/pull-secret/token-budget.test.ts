import { describe, expect, test } from '@jest/globals';
import { createTokenBudget } from '../../../../src/controllers/pull-secret/token-budget.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { HOUR, NOW } from '../objects.ts';

function trial() {
  const clock = createFakeClock(NOW);
  const budget = createTokenBudget(clock);
  /** So many at once, and how long the last one had to wait. */
  const take = (count: number, namespace = 'team'): number =>
    Array.from({ length: count }, () => budget.take(namespace)).at(-1) ?? 0;
  return { clock, budget, take };
}

describe('the budget of a namespace', () => {
  test('is forty new tokens at once, and one more each half minute', () => {
    const { clock, take } = trial();
    expect([take(40), take(1)]).toEqual([0, 30_000]);
    clock.advance(15_000);
    expect(take(1)).toBe(15_000);
    clock.advance(15_000);
    expect([take(1), take(1)]).toEqual([0, 30_000]);
  });

  test('does not shrink by being asked in vain', () => {
    const { clock, take } = trial();
    take(140);
    clock.advance(30_000);
    expect(take(1)).toBe(0);
  });

  test('is never more than that, however long nobody asks', () => {
    const { clock, take } = trial();
    take(40);
    clock.advance(24 * HOUR);
    expect([take(40), take(1)]).toEqual([0, 30_000]);
  });

  test('is nobody else’s', () => {
    const { take } = trial();
    expect([take(41), take(1, 'other')]).toEqual([30_000, 0]);
  });

  test('does not wait for as long as a clock was set back', () => {
    let now = NOW;
    const budget = createTokenBudget({ now: () => now });
    for (let count = 0; count < 40; count += 1) budget.take('team');
    now -= 5 * HOUR;
    expect(budget.take('team')).toBe(30_000);
  });

  test('is kept of those that have used theirs, with more namespaces than are remembered', () => {
    const { clock, take } = trial();
    take(40);
    for (let index = 0; index < 10_001; index += 1) take(1, `n${index}`);
    expect(take(1)).toBe(30_000);
    clock.advance(30_000);
    expect([take(1), take(1), take(40, 'n0')]).toEqual([0, 30_000, 0]);
  });
});
