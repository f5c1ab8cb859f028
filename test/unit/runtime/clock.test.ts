import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sleep, systemClock, timestamp } from '../../../src/runtime/clock.ts';
import { createFakeClock, settled } from '../fake-clock.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

describe('systemClock', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('a timer of sixty days, more than Node can hold, fires once and on its day', () => {
    let fired = 0;
    systemClock.after(60 * DAY, () => {
      fired += 1;
    });
    jest.advanceTimersByTime(60 * DAY - 1);
    expect(fired).toBe(0);
    jest.advanceTimersByTime(1);
    expect(fired).toBe(1);
    jest.advanceTimersByTime(60 * DAY);
    expect(fired).toBe(1);
  });

  test.each([
    ['before its first part is over', 1],
    ['when its first part is over', 30 * DAY],
  ])('a long timer can be cancelled %s, and twice', (_when, after) => {
    let fired = false;
    const timer = systemClock.after(60 * DAY, () => {
      fired = true;
    });
    jest.advanceTimersByTime(after);
    timer.cancel();
    timer.cancel();
    jest.advanceTimersByTime(100 * DAY);
    expect(fired).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('a delay that is over already fires as soon as possible', () => {
    let fired = false;
    systemClock.after(-5, () => {
      fired = true;
    });
    jest.advanceTimersByTime(1);
    expect(fired).toBe(true);
  });

  test('what fell due while the machine slept fires within a minute of its waking, once', () => {
    let fired = 0;
    systemClock.after(2 * HOUR, () => {
      fired += 1;
    });
    jest.advanceTimersByTime(90_000);
    jest.setSystemTime(Date.now() + 8 * HOUR);
    jest.advanceTimersByTime(30_000);
    expect(fired).toBe(1);
    jest.advanceTimersByTime(3 * HOUR);
    expect([fired, jest.getTimerCount()]).toEqual([1, 0]);
  });

  test('what is not due when the machine wakes fires at its time', () => {
    let fired = false;
    systemClock.after(2 * HOUR, () => {
      fired = true;
    });
    jest.setSystemTime(Date.now() + HOUR);
    jest.advanceTimersByTime(HOUR - 1);
    expect(fired).toBe(false);
    jest.advanceTimersByTime(1);
    expect(fired).toBe(true);
  });

  test.each([30_000, 2 * HOUR])('a clock that is set back holds up no delay, of %p ms', (ms) => {
    let fired = false;
    systemClock.after(ms, () => {
      fired = true;
    });
    jest.setSystemTime(Date.now() - DAY);
    jest.advanceTimersByTime(ms - 1);
    expect(fired).toBe(false);
    jest.advanceTimersByTime(1);
    expect(fired).toBe(true);
  });

  test('an endless delay never fires', () => {
    let fired = false;
    systemClock.after(Number.POSITIVE_INFINITY, () => {
      fired = true;
    });
    jest.advanceTimersByTime(60 * DAY);
    expect(fired).toBe(false);
  });
});

describe('sleep', () => {
  test('ends after its time, and leaves nothing behind', async () => {
    const clock = createFakeClock();
    let over = false;
    void sleep(clock, 100, new AbortController().signal).then(() => {
      over = true;
    });
    await clock.elapse(99);
    expect(over).toBe(false);
    await clock.elapse(1);
    expect(over).toBe(true);
    expect(clock.pending()).toEqual([]);
  });

  test('ends at once when its signal aborts, and takes its timer along', async () => {
    const clock = createFakeClock();
    const controller = new AbortController();
    const sleeping = sleep(clock, 100, controller.signal);
    controller.abort();
    await expect(sleeping).resolves.toBeUndefined();
    expect(clock.pending()).toEqual([]);
  });

  test('does not begin when its signal has aborted before', async () => {
    const clock = createFakeClock();
    await sleep(clock, 100, AbortSignal.abort());
    expect(clock.pending()).toEqual([]);
  });
});

test('a timestamp has whole seconds in UTC, as Kubernetes writes them', () => {
  expect(timestamp(Date.UTC(2026, 6, 4, 5, 6, 7, 999))).toBe('2026-07-04T05:06:07Z');
});

describe('the fake clock of the tests', () => {
  test('fires timers in the order of their times, each at its own time', () => {
    const clock = createFakeClock(1_000);
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, clock.now()]);
    clock.after(20, note('late'));
    clock.after(10, () => {
      note('early')();
      clock.after(5, note('started by early'));
    });
    clock.after(10, note('second of the same time'));
    clock.after(15, note('cancelled')).cancel();
    clock.advance(30);
    expect(fired).toEqual([
      ['early', 1_010],
      ['second of the same time', 1_010],
      ['started by early', 1_015],
      ['late', 1_020],
    ]);
    expect(clock.now()).toBe(1_030);
  });

  test('lets promises go on between two timers when asked to', async () => {
    const clock = createFakeClock(0);
    const awake: number[] = [];
    async function napTwice(): Promise<void> {
      await sleep(clock, 10, new AbortController().signal);
      awake.push(clock.now());
      await sleep(clock, 10, new AbortController().signal);
      awake.push(clock.now());
    }
    void napTwice();
    await clock.elapse(100);
    await settled();
    expect(awake).toEqual([10, 20]);
  });
});
