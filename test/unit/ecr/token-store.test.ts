import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createTokenStore,
  nextRotation,
  type RegistryToken,
  rotationTime,
  SHORTEST_ROTATION_MS,
} from '../../../src/ecr/token-store.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 1);

function token(times: Partial<RegistryToken> = {}): RegistryToken {
  return {
    host: 'h',
    connection: 'c',
    password: 'p',
    issuedAt: NOW,
    expiresAt: NOW + 12 * HOUR,
    rotateAt: NOW + 6 * HOUR,
    replacesAll: true,
    ...times,
  };
}

describe('the time of rotation', () => {
  test.each([
    ['half of the life at the latest', 0, 6 * HOUR],
    ['a tenth earlier at the earliest', 1, 5.4 * HOUR],
    ['in between by chance', 0.5, 5.7 * HOUR],
  ])('is %s', (_what, random, after) => {
    expect(rotationTime(NOW, NOW + 12 * HOUR, () => random)).toBe(NOW + after);
  });

  test('is between 45 and 50 % of any life, and never before the issue', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -HOUR, max: 48 * HOUR }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (life, random) => {
          const after = rotationTime(NOW, NOW + life, () => random) - NOW;
          expect(after).toBeGreaterThanOrEqual(Math.max(0, life * 0.45) - 1e-3);
          expect(after).toBeLessThanOrEqual(Math.max(0, life * 0.5));
        },
      ),
    );
  });
});

describe('the next token is asked for', () => {
  test.each<[string, Parameters<typeof nextRotation>[0], number]>([
    ['at once without one', { now: NOW, token: undefined, secretsDueAt: [] }, 0],
    ['at once without one, whatever Secrets say', { now: NOW, token: undefined, secretsDueAt: [NOW + 9] }, 0],
    ['when it comes due', { now: NOW, token: token(), secretsDueAt: [] }, 6 * HOUR],
    [
      'when a Secret with an older one comes due',
      { now: NOW, token: token(), secretsDueAt: [NOW + 2 * HOUR, NOW + 7 * HOUR] },
      2 * HOUR,
    ],
    [
      'not again for Secrets that were due when it came',
      { now: NOW, token: token(), secretsDueAt: [NOW, NOW - HOUR, 0] },
      6 * HOUR,
    ],
    [
      'not within ten minutes, whatever a Secret says',
      { now: NOW, token: token(), secretsDueAt: [NOW + 1] },
      SHORTEST_ROTATION_MS,
    ],
    [
      'not within ten minutes, whatever its life is',
      { now: NOW, token: token({ expiresAt: NOW + 1_000, rotateAt: NOW + 450 }), secretsDueAt: [] },
      SHORTEST_ROTATION_MS,
    ],
    [
      'not within ten minutes when it came expired',
      { now: NOW, token: token({ expiresAt: NOW - HOUR, rotateAt: NOW - HOUR }), secretsDueAt: [] },
      SHORTEST_ROTATION_MS,
    ],
    [
      'now, not in the past, when it is overdue',
      { now: NOW + 9 * HOUR, token: token(), secretsDueAt: [NOW + HOUR] },
      9 * HOUR,
    ],
    ['now when it has run out', { now: NOW + 13 * HOUR, token: token(), secretsDueAt: [] }, 13 * HOUR],
  ])('%s', (_when, input, after) => {
    expect(nextRotation(input) - NOW).toBe(after);
  });

  test('at most once in ten minutes of any clock that goes forward, whatever Secrets and tokens say', () => {
    const times = fc.integer({ min: -2 * HOUR, max: 2 * HOUR });
    fc.assert(
      fc.property(times, times, fc.array(times), (life, now, dues) => {
        const input = {
          now: NOW + now,
          token: token({ expiresAt: NOW + life, rotateAt: NOW + life / 2 }),
          secretsDueAt: dues.map((due) => NOW + due),
        };
        expect(nextRotation(input)).toBeGreaterThanOrEqual(Math.max(NOW + now, NOW + SHORTEST_ROTATION_MS));
      }),
    );
  });
});

test('the store keeps what is known of each registry apart, until it is forgotten', () => {
  const store = createTokenStore();
  store.set('a', { token: token() });
  store.set('b', { failure: { reason: 'X', message: 'y' } });
  store.forget('b');
  expect([store.get('a'), store.get('b'), store.get('c')]).toEqual([{ token: token() }, {}, {}]);
});
