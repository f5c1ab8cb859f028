import { type Backoff, backoffDelay } from '../runtime/backoff.ts';
import { type Clock, NEVER, sleep, type Timer } from '../runtime/clock.ts';
import { awsError } from './aws-errors.ts';

/** Who calls, the most urgent first: what people change, then drift sweeps, then the state of images. */
export const CALL_LANES = ['user', 'sweep', 'images'] as const;

export type CallLane = (typeof CALL_LANES)[number];

/**
 * How often one account's ECR in one region is called, by everybody here together. AWS publishes no rates for these
 * calls, so the rate follows what AWS says: half of it after a throttle, and slowly more again.
 */
export interface CallBudget {
  /**
   * Does one call as soon as the rate allows, before all that wait in less urgent lanes. One that AWS throttles is done
   * again, a few times; whatever else it throws is thrown. While it waits, `signal` ends it, with the signal's reason.
   */
  run<T>(lane: CallLane, task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Calls a second, now. */
  rate(): number;
}

/** Where a budget begins. */
export interface CallRates {
  /** Calls a second at first, and at most. */
  readonly ceiling: number;
  /** Calls at once after a pause, at the ceiling; fewer at a lower rate. */
  readonly burst: number;
}

/**
 * A Repository takes five calls of different operations, and AWS counts each operation for itself: this is 40 a second
 * of each. Too high is mended by the first throttle, too low would only be seen by those who wait.
 */
export const CALL_RATES: CallRates = { ceiling: 200, burst: 200 };

/** Of the rate, at most, even while nobody else calls: a sweep must leave room for who comes next, and other programs. */
const SHARES: Readonly<Record<CallLane, number>> = { user: 1, sweep: 0.5, images: 0.2 };

const LOWEST_RATE = 1;
/** So much can be done at once at the lowest rate too: two Repositories. */
const SMALLEST_BURST = 10;
/** Many calls are under way when AWS begins to throttle, and one answer of theirs is enough. */
const HALVED_AT_MOST_EVERY_MS = 1_000;
/** Of the ceiling, in a second: from the bottom to the top in a hundred. */
const GROWTH = 0.01;
/** In all, as patient as a worker can be; then the object's own back-off goes on. */
const MOST_ATTEMPTS = 5;
const AFTER_THROTTLE: Backoff = { first: 250, cap: 2_000, jitter: 0.5 };

export interface CallBudgetOptions {
  readonly clock: Clock;
  readonly rates?: CallRates;
  readonly random?: () => number;
}

/** A {@link CallBudget} that nobody has used. */
export function createCallBudget(options: CallBudgetOptions): CallBudget {
  const { clock, random } = options;
  const turns = createTurns(options);
  return {
    rate: turns.rate,
    async run(lane, task, signal = NEVER) {
      for (let attempt = 1; ; attempt += 1) {
        await turns.next(lane, signal, attempt > 1);
        try {
          return await task();
        } catch (error) {
          if (!isThrottle(error)) throw error;
          turns.slowDown();
          if (attempt >= MOST_ATTEMPTS) throw error;
          await sleep(clock, backoffDelay(AFTER_THROTTLE, attempt, random), signal);
        }
      }
    },
  };
}

/** Whether AWS says that it is asked too often; a quota, which the SDK takes for the same, is not that. */
export function isThrottle(error: unknown): boolean {
  return awsError(error, '', '').reason === 'Throttled';
}

interface Turns {
  /** Resolves when it is one's turn; `again` goes before all others of the lane. */
  next(lane: CallLane, signal: AbortSignal, again: boolean): Promise<void>;
  slowDown(): void;
  rate(): number;
}

interface Waiter {
  readonly go: () => void;
}

/** The token bucket: one for all calls, and in it a smaller one for each lane. */
function createTurns({ clock, rates = CALL_RATES }: CallBudgetOptions): Turns {
  const { ceiling, burst } = rates;
  const waiting: Readonly<Record<CallLane, Waiter[]>> = { user: [], sweep: [], images: [] };
  const level: Record<CallLane, number> = { user: 0, sweep: 0, images: 0 };
  let rate = ceiling;
  let at = clock.now();
  let halvedAt = Number.NEGATIVE_INFINITY;
  let timer: Timer | undefined;
  for (const lane of CALL_LANES) level[lane] = capacity(lane);

  function capacity(lane: CallLane): number {
    const whole = Math.max(Math.min(burst, SMALLEST_BURST), burst * (rate / ceiling));
    return Math.max(1, SHARES[lane] * whole);
  }

  /** A clock that is set back stops nothing: the time until then is lost. */
  function refill(): void {
    const seconds = Math.max(0, clock.now() - at) / 1_000;
    at = clock.now();
    for (const lane of CALL_LANES) {
      level[lane] = Math.min(capacity(lane), level[lane] + SHARES[lane] * rate * seconds);
    }
    rate = Math.min(ceiling, rate + ceiling * GROWTH * seconds);
  }

  /** How long until the lane may call (ms): every call is one of the whole, whose bucket is the user lane's. */
  function delay(lane: CallLane): number {
    const missing = Math.max((1 - level.user) / rate, (1 - level[lane]) / (SHARES[lane] * rate));
    return missing < 1e-9 ? 0 : Math.ceil(missing * 1_000);
  }

  function take(lane: CallLane): void {
    level.user -= 1;
    if (lane !== 'user') level[lane] -= 1;
  }

  function handOut(): void {
    timer?.cancel();
    timer = undefined;
    refill();
    let soonest = Number.POSITIVE_INFINITY;
    for (const lane of CALL_LANES) {
      while (waiting[lane].length > 0 && delay(lane) === 0) {
        take(lane);
        waiting[lane].shift()?.go();
      }
      if (waiting[lane].length > 0) soonest = Math.min(soonest, delay(lane));
    }
    if (soonest < Number.POSITIVE_INFINITY) timer = clock.after(soonest, handOut);
  }

  return {
    rate: () => {
      refill();
      return rate;
    },
    next(lane, signal, again) {
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          const index = waiting[lane].indexOf(waiter);
          if (index >= 0) waiting[lane].splice(index, 1);
          reject(signal.reason);
        };
        const waiter: Waiter = {
          go: () => {
            signal.removeEventListener('abort', leave);
            resolve();
          },
        };
        signal.addEventListener('abort', leave, { once: true });
        if (again) waiting[lane].unshift(waiter);
        else waiting[lane].push(waiter);
        handOut();
      });
    },
    slowDown() {
      refill();
      if (Math.abs(clock.now() - halvedAt) < HALVED_AT_MOST_EVERY_MS) return;
      halvedAt = clock.now();
      rate = Math.max(LOWEST_RATE, rate / 2);
      // AWS's own bucket is empty now.
      for (const lane of CALL_LANES) level[lane] = Math.min(level[lane], 0);
    },
  };
}
