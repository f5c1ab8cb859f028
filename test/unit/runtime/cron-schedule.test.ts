import { describe, expect, test } from '@jest/globals';
import { isCronSchedule, isTimeZone, nextRun } from '../../../src/runtime/cron-schedule.ts';

const NOON = Date.UTC(2026, 0, 1, 12);

function next(schedule: string, timeZone: string, after: string | number): string | undefined {
  const ms = nextRun(schedule, timeZone, typeof after === 'string' ? Date.parse(after) : after);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

describe('a schedule', () => {
  test.each([
    ['of five fields', '*/5 * * * *', true],
    ['with names', '0 3 * jan mon', true],
    ['with a Sunday that is seven', '0 3 * * 7', true],
    ['with too few fields', '* * *', false],
    ['with a minute that there is not', '61 * * * *', false],
    ['with a day that there never is', '0 0 30 2 *', false],
    ['in words', 'every day', false],
    ['that is empty', '', false],
  ])('%s is known as such: %s', (_what, schedule, expected) => {
    expect(isCronSchedule(schedule)).toBe(expected);
  });
});

describe('a time zone', () => {
  test.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['Mars/Base', false],
    ['', false],
  ])('%p is known: %p', (timeZone, expected) => {
    expect(isTimeZone(timeZone)).toBe(expected);
  });
});

describe('the next time of a schedule', () => {
  test.each<[string, string, string, string | number, string | undefined]>([
    ['is later the same day', '30 18 * * *', 'UTC', NOON, '2026-01-01T18:30:00.000Z'],
    ['is the next day', '30 6 * * *', 'UTC', NOON, '2026-01-02T06:30:00.000Z'],
    ['is the next Monday', '0 6 * * 1', 'UTC', NOON, '2026-01-05T06:00:00.000Z'],
    ['is years away', '0 0 29 2 *', 'UTC', NOON, '2028-02-29T00:00:00.000Z'],
    ['is by the clock of the zone', '0 6 * * *', 'Asia/Tokyo', NOON, '2026-01-01T21:00:00.000Z'],
    ['is not that very time', '0 12 * * *', 'UTC', NOON, '2026-01-02T12:00:00.000Z'],
    ['is a moment later', '0 12 * * *', 'UTC', NOON - 1, '2026-01-01T12:00:00.000Z'],
    [
      'needs both, the day of the month and that of the week',
      '0 0 13 * 5',
      'UTC',
      NOON,
      '2026-02-13T00:00:00.000Z',
    ],
    [
      'is an hour earlier for UTC once it is summer',
      '0 6 * * *',
      'Europe/Berlin',
      '2026-03-29T06:00:00Z',
      '2026-03-30T04:00:00.000Z',
    ],
    [
      'passes over a time that the clock leaves out',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      '2026-03-30T00:30:00.000Z',
    ],
    ['is none where the day never comes', '0 0 30 2 *', 'UTC', NOON, undefined],
  ])('%s', (_what, schedule, timeZone, after, expected) => {
    expect(next(schedule, timeZone, after)).toBe(expected);
  });

  test('is right again for the same schedule in another zone, and later', () => {
    expect([
      next('0 6 * * *', 'UTC', NOON),
      next('0 6 * * *', 'America/New_York', NOON),
      next('0 6 * * *', 'UTC', '2026-01-02T06:00:00Z'),
    ]).toEqual(['2026-01-02T06:00:00.000Z', '2026-01-02T11:00:00.000Z', '2026-01-03T06:00:00.000Z']);
  });

  test('is right for more schedules than are remembered', () => {
    for (let index = 0; index < 1_100; index += 1) {
      const [hour, minute] = [Math.floor(index / 60), index % 60];
      expect(nextRun(`${minute} ${hour} * * *`, 'UTC', Date.UTC(2026, 0, 2) - 1)).toBe(
        Date.UTC(2026, 0, 2, hour, minute),
      );
    }
  });
});
