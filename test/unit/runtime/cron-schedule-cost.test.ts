import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import cron from 'node-cron';
import { isCronSchedule, isTimeZone, nextRun } from '../../../src/runtime/cron-schedule.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 0, 1, 12);

afterEach(() => void jest.restoreAllMocks());

describe('node-cron is not asked', () => {
  const minutes = (last: string): string => `${'1,'.repeat(59)}${last} * * * *`;

  test.each([
    ['about a range that it would write out', '1-99999 * * * *'],
    ['about a number of three digits in any field', '0 0 * * 100'],
    ['about a number with zeros in front of it', '001 * * * *'],
    ['about more than 128 characters', minutes('10 ')],
  ])('%s', (_what, schedule) => {
    const validate = jest.spyOn(cron, 'validate');
    expect([isCronSchedule(schedule), validate.mock.calls]).toEqual([false, []]);
  });

  test('twice about the same schedule, good or bad', () => {
    const validate = jest.spyOn(cron, 'validate');
    for (const _ of [1, 2])
      expect([isCronSchedule('7 7 * * *'), isCronSchedule('77 7 * * *')]).toEqual([true, false]);
    expect(validate.mock.calls.length).toBe(2);
  });

  test('less than it knows: 128 characters and two digits', () => {
    expect([minutes('10').length, isCronSchedule(minutes('10')), isCronSchedule('59 23 31 12 7')]).toEqual([
      128,
      true,
      true,
    ]);
  });
});

describe('a time zone', () => {
  test('is looked up once, known or not', () => {
    const look = jest.spyOn(Intl, 'DateTimeFormat');
    for (const _ of [1, 2])
      expect([isTimeZone('Asia/Tokyo'), isTimeZone('Venus/Base')]).toEqual([true, false]);
    expect(look.mock.calls.length).toBe(2);
  });

  test('of more than 64 characters is not looked up', () => {
    const look = jest.spyOn(Intl, 'DateTimeFormat');
    expect([isTimeZone('x'.repeat(65)), look.mock.calls]).toEqual([false, []]);
  });
});

describe('the next time of a schedule', () => {
  let searches = 0;

  beforeEach(() => {
    searches = 0;
    const create = cron.createTask;
    jest.spyOn(cron, 'createTask').mockImplementation((...parameters) => {
      const task = create(...parameters);
      const { timeMatcher } = task as unknown as { timeMatcher: { getNextMatch(after: Date): Date } };
      const search = timeMatcher.getNextMatch.bind(timeMatcher);
      timeMatcher.getNextMatch = (after) => {
        searches += 1;
        return search(after);
      };
      return task;
    });
  });

  /** Each test needs a schedule of its own: nothing is forgotten between them. */
  const asked = (schedule: string, ...hours: readonly number[]) =>
    hours.map((hour) => ((nextRun(schedule, 'UTC', NOON + hour * HOUR) ?? Number.NaN) - NOON) / HOUR);

  test('is searched for once for all times from the first that was asked for on and before it', () => {
    expect([asked('0 20 * * *', 0, 1, 7.999, 0), searches]).toEqual([[8, 8, 8, 8], 1]);
  });

  test('is searched for again at that time, and before the first that was asked for', () => {
    expect([asked('0 21 * * *', 0, 9), searches]).toEqual([[9, 33], 2]);
    expect([asked('0 21 * * *', -1), searches]).toEqual([[9], 3]);
    expect([asked('0 21 * * *', -1, 0, 8), searches]).toEqual([[9, 9, 9], 3]);
  });

  test('is searched for once where there is none', () => {
    // The hour that the clock leaves out, on the only days that match: a search to the end.
    const times = [0, 1, 100_000].map((hour) =>
      nextRun('* 2 28-31 3 0', 'Europe/Berlin', NOON + hour * HOUR),
    );
    expect([times, searches]).toEqual([[undefined, undefined, undefined], 1]);
  });

  test('is that of the schedule and of the zone', () => {
    const times = ['UTC', 'Asia/Tokyo', 'UTC'].map((zone) => nextRun('0 22 * * *', zone, NOON));
    expect([times.map((time = 0) => (time - NOON) / HOUR), searches]).toEqual([[10, 1, 10], 2]);
  });
});
