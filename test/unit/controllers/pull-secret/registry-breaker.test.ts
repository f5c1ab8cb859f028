import { describe, expect, test } from '@jest/globals';
import {
  createRegistryBreaker,
  type RegistryBreaker,
} from '../../../../src/controllers/pull-secret/registry-breaker.ts';
import { createFakeClock, type FakeClock } from '../../fake-clock.ts';
import { NOW } from '../objects.ts';

const OUTAGE = { reason: 'AWSUnavailable', message: 'AWS is down' };
const REFUSAL = { reason: 'AccessDenied', message: 'no' };

function trial(): { readonly breaker: RegistryBreaker; readonly clock: FakeClock } {
  const clock = createFakeClock(NOW);
  // In the middle: delays as they are without any spread.
  return { clock, breaker: createRegistryBreaker(clock, () => 0.5) };
}

/** How long each further attempt waits, each of which fails. */
function delays(
  { breaker, clock }: ReturnType<typeof trial>,
  count: number,
  failure: typeof OUTAGE,
): number[] {
  return Array.from({ length: count }, () => {
    expect(breaker.enter('a')).toBeUndefined();
    const delay = breaker.failed('a', failure);
    clock.advance(delay);
    return delay;
  });
}

describe('the breaker of a Registry', () => {
  test('lets everybody through who comes before the first failure', () => {
    const { breaker } = trial();
    expect([breaker.enter('a'), breaker.enter('a'), breaker.succeeded('a')]).toEqual([
      undefined,
      undefined,
      false,
    ]);
  });

  test('holds all up after a failure, and says which, and for how long', () => {
    const { breaker, clock } = trial();
    breaker.enter('a');
    expect(breaker.failed('a', OUTAGE)).toBe(1_000);
    expect(breaker.enter('a')).toEqual({ waitMs: 1_000, failure: OUTAGE });
    clock.advance(400);
    expect(breaker.enter('a')).toEqual({ waitMs: 600, failure: OUTAGE });
  });

  test('lets one through when it is time, and the others wait for what comes of it', () => {
    const { breaker, clock } = trial();
    breaker.failed('a', OUTAGE);
    clock.advance(1_000);
    expect([breaker.enter('a'), breaker.enter('a'), breaker.enter('a')]).toEqual([
      undefined,
      { waitMs: 1_000, failure: OUTAGE },
      { waitMs: 1_000, failure: OUTAGE },
    ]);
    breaker.failed('a', REFUSAL);
    expect(breaker.enter('a')).toEqual({ waitMs: 2_000, failure: REFUSAL });
  });

  test.each([
    ['an outage, of which AWS comes back by itself', OUTAGE, [1, 2, 4, 5, 5, 5]],
    ['throttling', { reason: 'Throttled', message: '' }, [1, 2, 4, 5]],
    ['no way to AWS', { reason: 'AWSUnreachable', message: '' }, [1, 2, 4, 5]],
    ['a refusal, which somebody has to mend', REFUSAL, [1, 2, 4, 8, 16, 32, 60, 60]],
  ])('asks less and less often in %s', (_what, failure, seconds) => {
    expect(delays(trial(), seconds.length, failure)).toEqual(seconds.map((one) => one * 1_000));
  });

  test('looks again within ten seconds of the return of AWS, whatever the chance', () => {
    for (const random of [() => 0, () => 0.999_999]) {
      const clock = createFakeClock(NOW);
      const one = { clock, breaker: createRegistryBreaker(clock, random) };
      expect(Math.max(...delays(one, 50, OUTAGE))).toBeLessThan(9_000);
    }
  });

  test('counts those that were under way together as one failure', () => {
    const { breaker, clock } = trial();
    for (const _ of [1, 2, 3]) breaker.enter('a');
    expect(breaker.failed('a', OUTAGE)).toBe(1_000);
    clock.advance(300);
    expect([breaker.failed('a', REFUSAL), breaker.failed('a', OUTAGE)]).toEqual([700, 700]);
    expect(breaker.enter('a')).toEqual({ waitMs: 700, failure: OUTAGE });
    clock.advance(9_000);
    expect(breaker.failed('a', OUTAGE)).toBe(0);
  });

  test('is open again for all after a success, which begins anew', () => {
    const { breaker, clock } = trial();
    delays({ breaker, clock }, 5, OUTAGE);
    breaker.enter('a');
    expect([breaker.succeeded('a'), breaker.succeeded('a')]).toEqual([true, false]);
    expect([breaker.enter('a'), breaker.enter('a')]).toEqual([undefined, undefined]);
    expect(breaker.failed('a', OUTAGE)).toBe(1_000);
  });

  test('lets the next one ask where the first learnt nothing', () => {
    const { breaker, clock } = trial();
    breaker.abstained('a');
    breaker.failed('a', OUTAGE);
    clock.advance(1_000);
    breaker.enter('a');
    breaker.abstained('a');
    expect([breaker.enter('a'), breaker.enter('a')?.waitMs]).toEqual([undefined, 1_000]);
    expect(breaker.failed('a', OUTAGE)).toBe(2_000);
  });

  test('holds up nobody else', () => {
    const { breaker } = trial();
    breaker.failed('a', OUTAGE);
    expect(breaker.enter('b')).toBeUndefined();
    expect(breaker.succeeded('b')).toBe(false);
    expect(breaker.enter('a')).toBeDefined();
  });
});
