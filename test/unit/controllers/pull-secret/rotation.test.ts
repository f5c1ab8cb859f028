import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isDue,
  nextRotation,
  type RotationInput,
  rotationTime,
  SHORTEST_ROTATION_MS,
} from '../../../../src/controllers/pull-secret/rotation.ts';
import { HOUR, NOW } from '../objects.ts';

const TEN_MINUTES = 600_000;
const LIFE = { issuedAt: NOW, expiresAt: NOW + 12 * HOUR, rotateAt: NOW + 6 * HOUR };
const AT_REST: RotationInput = {
  now: NOW,
  token: LIFE,
  secretsDueAt: [],
  slotAfter: () => undefined,
  requestedAt: undefined,
  floorMs: SHORTEST_ROTATION_MS,
};

/** The slots of a schedule that has one every so often. */
function every(ms: number): (time: number) => number {
  return (time) => (Math.floor(time / ms) + 1) * ms;
}

describe('the time of rotation', () => {
  test.each<[string, readonly number[], number, number]>([
    ['is half of the life at the latest', [], 0, 6],
    ['is a tenth earlier at the earliest', [], 1, 5.4],
    ['is in between by chance', [], 0.5, 5.7],
    ['is that of another token of the same Secret', [5.5], 0, 5.5],
    ['is that of another at the latest possible', [6], 0.5, 6],
    ['is that of another at the earliest possible', [5.4], 0.5, 5.4],
    ['is not that of one that is too late', [6.01], 0.5, 5.7],
    ['is not that of one that is too early', [5.39], 0.5, 5.7],
    ['is that of the first that is possible', [1, 5.8, 5.5, 7], 0, 5.8],
  ])('%s', (_what, neighbours, random, hours) => {
    const times = neighbours.map((after) => NOW + after * HOUR);
    expect((rotationTime(LIFE, times, () => random) - NOW) / HOUR).toBeCloseTo(hours, 9);
  });

  test('is that of a life of twelve hours where it seems longer: the clock is behind', () => {
    const seeming = { issuedAt: NOW, expiresAt: NOW + 36 * HOUR };
    expect(rotationTime(seeming, [NOW + 16.5 * HOUR], () => 0) - NOW).toBe(6 * HOUR);
  });

  test('is between 45 and 50 % of any life, and never before the issue, whatever the neighbours', () => {
    const life = fc.integer({ min: -HOUR, max: 12 * HOUR });
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(life, chance, fc.array(life), (ms, random, others) => {
        const times = others.map((after) => NOW + after);
        const after = rotationTime({ issuedAt: NOW, expiresAt: NOW + ms }, times, () => random) - NOW;
        // No token lives longer than 12 hours: a clock that is behind makes it seem so.
        const real = Math.min(ms, 12 * HOUR);
        expect(after).toBeGreaterThanOrEqual(Math.max(0, real * 0.45) - 1e-3);
        expect(after).toBeLessThanOrEqual(Math.max(0, real * 0.5));
      }),
    );
  });
});

describe('the next token is asked for', () => {
  test.each<[string, Partial<RotationInput>, number]>([
    ['at once without one', { token: undefined }, 0],
    ['at once without one, whatever Secrets say', { token: undefined, secretsDueAt: [NOW + 9] }, 0],
    ['when it comes due', {}, 6 * HOUR],
    [
      'when a Secret with an older one comes due',
      { secretsDueAt: [NOW + 7 * HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR] },
      2 * HOUR,
    ],
    [
      'not again for Secrets that were due when it came',
      { secretsDueAt: [NOW, NOW - HOUR, 0, Number.NaN] },
      6 * HOUR,
    ],
    ['at a scheduled time', { slotAfter: every(4 * HOUR) }, 4 * HOUR],
    ['by its life where the next scheduled time is later', { slotAfter: every(24 * HOUR) }, 6 * HOUR],
    [
      'at once where a scheduled time was missed',
      { now: NOW + 5 * HOUR, slotAfter: every(4 * HOUR) },
      5 * HOUR,
    ],
    ['at once when somebody asks', { now: NOW + HOUR, requestedAt: NOW + HOUR }, HOUR],
    ['not for a wish that is older than it', { now: NOW + HOUR, requestedAt: NOW }, 6 * HOUR],
    ['not within ten minutes, whoever asks', { now: NOW + 1_000, requestedAt: NOW + 1_000 }, TEN_MINUTES],
    ['not within ten minutes, whatever a Secret says', { secretsDueAt: [NOW + 1] }, TEN_MINUTES],
    ['not within ten minutes, whatever a schedule says', { slotAfter: every(60_000) }, TEN_MINUTES],
    [
      'not within ten minutes, whatever its life is',
      { token: { ...LIFE, expiresAt: NOW + 1_000, rotateAt: NOW + 450 } },
      TEN_MINUTES,
    ],
    [
      'not within ten minutes when it came expired',
      { token: { ...LIFE, expiresAt: NOW - HOUR, rotateAt: NOW - HOUR } },
      TEN_MINUTES,
    ],
    [
      'now, not in the past, when it is overdue',
      { now: NOW + 9 * HOUR, secretsDueAt: [NOW + HOUR] },
      9 * HOUR,
    ],
    ['now when it has run out', { now: NOW + 13 * HOUR }, 13 * HOUR],
    [
      'when it comes due, by a clock that went back before its issue',
      { now: NOW - 9 * HOUR, secretsDueAt: [NOW - HOUR] },
      6 * HOUR,
    ],
  ])('%s', (_when, more, after) => {
    expect(nextRotation({ ...AT_REST, ...more }) - NOW).toBe(after);
  });

  test('for more Secrets than a call takes arguments', () => {
    const secretsDueAt = Array.from({ length: 200_000 }, (_, index) => NOW + HOUR + index);
    expect(nextRotation({ ...AT_REST, secretsDueAt }) - NOW).toBe(HOUR);
  });

  test('at most once in ten minutes of a day, whatever clocks, lives, Secrets, schedules and people say', () => {
    const hours = fc.integer({ min: -2 * HOUR, max: 2 * HOUR });
    const input = fc.record({
      lives: fc.array(hours, { minLength: 1, maxLength: 5 }),
      dues: fc.array(hours),
      slots: fc.integer({ min: 1, max: 24 * HOUR }),
      skew: hours,
    });
    fc.assert(
      fc.property(input, ({ lives, dues, slots, skew }) => {
        let now = NOW + skew;
        let token: RotationInput['token'];
        let issued = 0;
        for (const end = now + 24 * HOUR; now < end; ) {
          // Somebody asks all the time, and every Secret has been due for ever, or will be in a moment.
          const secretsDueAt = dues.map((due) => now + due);
          const next = nextRotation({
            ...AT_REST,
            now,
            token,
            secretsDueAt,
            slotAfter: every(slots),
            requestedAt: now,
          });
          expect(next).toBeGreaterThanOrEqual(now);
          now = next;
          const expiresAt = now + (lives[issued % lives.length] ?? 0);
          token = { issuedAt: now, expiresAt, rotateAt: rotationTime({ issuedAt: now, expiresAt }) };
          issued += 1;
        }
        expect(issued).toBeLessThanOrEqual(145);
      }),
    );
  });
});

describe('the token in a Secret has to give way', () => {
  const now = NOW + HOUR;

  test.each<[string, boolean, Partial<Parameters<typeof isDue>[1]>]>([
    ['not before its time', false, {}],
    ['at its time', true, { now: NOW + 6 * HOUR }],
    ['to a wish that is younger', true, { requestedAt: NOW + 1 }],
    ['not to a wish that it answers', false, { requestedAt: NOW }],
    ['after a scheduled time, missed or not', true, { slotAfter: every(HOUR / 2) }],
    ['at a scheduled time', true, { slotAfter: every(HOUR) }],
    ['not before the first scheduled time', false, { slotAfter: every(2 * HOUR) }],
  ])('%s: %s', (_when, expected, more) => {
    expect(isDue(LIFE, { now, slotAfter: () => undefined, requestedAt: undefined, ...more })).toBe(expected);
  });
});
