import { describe, expect, test } from '@jest/globals';
import {
  type CallBudget,
  type CallLane,
  createCallBudget,
  isThrottle,
} from '../../../src/ecr/call-budget.ts';
import { createFakeClock, type FakeClock, settled } from '../fake-clock.ts';

const RATES = { ceiling: 100, burst: 100 };

function trial(): { readonly clock: FakeClock; readonly budget: CallBudget } {
  const clock = createFakeClock();
  return { clock, budget: createCallBudget({ clock, rates: RATES, random: () => 0.5 }) };
}

function throttle(): Error {
  return Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
}

/** So many calls at once; the list grows by the lane of each that was done. */
function ask(budget: CallBudget, lane: CallLane, count: number, done: CallLane[]): void {
  for (let index = 0; index < count; index += 1) void budget.run(lane, async () => done.push(lane));
}

const countOf = (done: readonly CallLane[], lane: CallLane) => done.filter((one) => one === lane).length;

describe('the rate', () => {
  test('lets a burst through at once, and then so many a second', async () => {
    const { clock, budget } = trial();
    const done: CallLane[] = [];
    ask(budget, 'user', 500, done);
    await settled();
    expect(done).toHaveLength(100);
    await clock.elapse(1_000);
    expect(done).toHaveLength(200);
    await clock.elapse(2_000);
    expect(done).toHaveLength(400);
  });

  test.each<[CallLane, number, number]>([
    ['user', 100, 100],
    ['sweep', 50, 50],
    ['images', 20, 20],
  ])('of the lane %s alone: %i at once, and %i a second', async (lane, burst, perSecond) => {
    const { clock, budget } = trial();
    const done: CallLane[] = [];
    ask(budget, lane, 1_000, done);
    await settled();
    expect(done).toHaveLength(burst);
    await clock.elapse(4_000);
    expect(done).toHaveLength(burst + 4 * perSecond);
  });

  test('saves up no more than a burst', async () => {
    const { clock, budget } = trial();
    clock.advance(3_600_000);
    const done: CallLane[] = [];
    ask(budget, 'user', 500, done);
    await settled();
    expect(done).toHaveLength(100);
  });

  test('goes on under a clock that was set back', async () => {
    let now = 3_600_000;
    const clock = { now: () => now, after: createFakeClock().after };
    const budget = createCallBudget({ clock, rates: RATES });
    const done: CallLane[] = [];
    now = 0;
    ask(budget, 'user', 50, done);
    await settled();
    expect(done).toHaveLength(50);
    expect(budget.rate()).toBe(100);
  });
});

describe('of calls that wait', () => {
  test('a user’s goes before all of a sweep, and a sweep’s before images', async () => {
    const { clock, budget } = trial();
    ask(budget, 'user', 100, []);
    const done: CallLane[] = [];
    ask(budget, 'images', 20, done);
    ask(budget, 'sweep', 20, done);
    ask(budget, 'user', 20, done);
    await clock.elapse(2_000);
    expect(done.slice(0, 20)).toEqual(Array(20).fill('user'));
    expect(countOf(done.slice(20, 40), 'sweep')).toBe(20);
    expect(countOf(done, 'images')).toBe(20);
  });

  test('those of one lane go in their order', async () => {
    const { clock, budget } = trial();
    const order: number[] = [];
    for (let index = 0; index < 250; index += 1) void budget.run('user', async () => order.push(index));
    await clock.elapse(5_000);
    expect(order).toEqual(Array.from({ length: 250 }, (_, index) => index));
  });

  test('a user’s need not wait at all while sweeps and images take all that they may', async () => {
    const { clock, budget } = trial();
    const background: CallLane[] = [];
    ask(budget, 'sweep', 2_000, background);
    ask(budget, 'images', 2_000, background);
    clock.advance(20_000);
    const done: CallLane[] = [];
    ask(budget, 'user', 30, done);
    await settled();
    expect(done).toHaveLength(30);
    expect(countOf(background, 'sweep')).toBe(50 + 20 * 50);
    expect(countOf(background, 'images')).toBe(20 + 20 * 20);
  });

  test('images get their part while a sweep takes all of its own', async () => {
    const { clock, budget } = trial();
    const done: CallLane[] = [];
    ask(budget, 'sweep', 2_000, done);
    clock.advance(10_000);
    ask(budget, 'images', 2_000, done);
    clock.advance(10_000);
    await settled();
    expect(countOf(done, 'images')).toBe(20 + 10 * 20);
  });

  test('one that is given up leaves the line, and says why', async () => {
    const { clock, budget } = trial();
    ask(budget, 'user', 100, []);
    const closing = new AbortController();
    const called: string[] = [];
    const given = budget.run('user', async () => called.push('given up'), closing.signal);
    const other = budget.run('user', async () => called.push('other'));
    closing.abort(new Error('closed'));
    await expect(given).rejects.toThrow('closed');
    await clock.elapse(10);
    expect(called).toEqual(['other']);
    await other;
    await expect(budget.run('user', async () => 1, closing.signal)).rejects.toThrow('closed');
  });
});

describe('after a throttle', () => {
  test('the rate is halved, once a second at most, however many calls were under way', async () => {
    const { clock, budget } = trial();
    for (let index = 0; index < 50; index += 1) {
      void budget.run('user', () => Promise.reject(throttle())).catch(() => undefined);
    }
    await settled();
    expect(budget.rate()).toBe(50);
    await clock.elapse(999);
    expect(budget.rate()).toBeCloseTo(51, 0);
    await clock.elapse(300);
    expect(budget.rate()).toBeCloseTo(26, 0);
  });

  test('never falls below one a second, and calls still come through', async () => {
    const { clock, budget } = trial();
    let calls = 0;
    const least: number[] = [];
    const fail = () => {
      calls += 1;
      least.push(budget.rate());
      return Promise.reject(throttle());
    };
    for (let index = 0; index < 200; index += 1) void budget.run('user', fail).catch(() => undefined);
    await clock.elapse(120_000);
    expect(Math.min(...least)).toBeGreaterThanOrEqual(1);
    expect(Math.min(...least)).toBeLessThan(5);
    expect(calls).toBeGreaterThan(120);
  });

  test('nor does it where little was allowed from the beginning', async () => {
    const clock = createFakeClock();
    const budget = createCallBudget({ clock, rates: { ceiling: 4, burst: 4 } });
    for (let seconds = 0; seconds < 10; seconds += 1) {
      void budget.run('user', () => Promise.reject(throttle())).catch(() => undefined);
      await clock.elapse(1_000);
    }
    expect(budget.rate()).toBeGreaterThanOrEqual(1);
    expect(budget.rate()).toBeLessThan(1.2);
  });

  test('it grows again, to the ceiling in a hundred seconds and no further', async () => {
    const { clock, budget } = trial();
    void budget.run('user', () => Promise.reject(throttle())).catch(() => undefined);
    await settled();
    const rates: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      clock.advance(20_000);
      rates.push(Math.round(budget.rate()));
    }
    expect(rates).toEqual([70, 90, 100, 100]);
  });

  test('the call is done again, before others of its lane, and its answer is given', async () => {
    const { clock, budget } = trial();
    const order: string[] = [];
    let left = 2;
    const result = budget.run('user', async () => {
      order.push('throttled');
      left -= 1;
      if (left >= 0) throw throttle();
      return 'answer';
    });
    await settled();
    for (let index = 0; index < 500; index += 1) void budget.run('user', async () => order.push('later'));
    await clock.elapse(3_000);
    expect(await result).toBe('answer');
    expect(order.filter((one) => one === 'throttled')).toHaveLength(3);
    expect(order.length).toBeLessThan(200);
  });

  test('it is given up after five attempts, within four seconds at a rate that lasts', async () => {
    const { clock, budget } = trial();
    let calls = 0;
    let failure: unknown;
    budget
      .run('user', () => {
        calls += 1;
        return Promise.reject(throttle());
      })
      .catch((error: unknown) => {
        failure = error;
      });
    await clock.elapse(4_000);
    expect(calls).toBe(5);
    expect(failure).toMatchObject({ name: 'ThrottlingException' });
    expect(clock.pending()).toEqual([]);
  });

  test('a call that is given up meanwhile is not done again', async () => {
    const { clock, budget } = trial();
    const closing = new AbortController();
    let calls = 0;
    const fail = () => {
      calls += 1;
      return Promise.reject(throttle());
    };
    const result = budget.run('user', fail, closing.signal);
    await settled();
    closing.abort(new Error('closed'));
    await expect(result).rejects.toThrow('closed');
    await clock.elapse(10_000);
    expect(calls).toBe(1);
  });

  test('sweeps and images keep their parts of what is left', async () => {
    const { clock, budget } = trial();
    let throttles = 1;
    void budget.run('user', async () => {
      throttles -= 1;
      if (throttles >= 0) throw throttle();
    });
    await settled();
    const done: CallLane[] = [];
    ask(budget, 'sweep', 1_000, done);
    await clock.elapse(10_000);
    // 50 a second and rising to 60: half of it.
    expect(done.length).toBeGreaterThan(240);
    expect(done.length).toBeLessThan(300);
  });
});

describe('what is no throttle', () => {
  test('is thrown at once, and changes no rate', async () => {
    const { budget } = trial();
    const quota = Object.assign(new Error('too many'), { name: 'LimitExceededException' });
    let calls = 0;
    await expect(
      budget.run('user', () => {
        calls += 1;
        return Promise.reject(quota);
      }),
    ).rejects.toBe(quota);
    expect([calls, budget.rate()]).toEqual([1, 100]);
  });

  test.each<[string, number, boolean]>([
    ['ThrottlingException', 400, true],
    ['TooManyRequestsException', 429, true],
    ['SomethingElse', 429, true],
    ['LimitExceededException', 400, false],
    ['ServerException', 500, false],
    ['AccessDeniedException', 400, false],
  ])('is told by name and status: %s with %i is %s', (name, httpStatusCode, expected) => {
    expect(isThrottle(Object.assign(new Error('x'), { name, $metadata: { httpStatusCode } }))).toBe(expected);
  });
});
