/** A started timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/**
 * The only source of time in the operator, so that tests step through hours at once.
 * `now` is wall-clock time in ms since the epoch; `after` runs `task` once after `ms`
 * (delays of any length; a task must not throw).
 */
export interface Clock {
  now(): number;
  after(ms: number, task: () => void): Timer;
}

/** Node fires a longer timer at once (its delay is a signed 32-bit integer). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, task) => {
    let cancelled = false;
    let handle: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST_TIMER_MS);
      handle = setTimeout(() => (left > step ? arm(left - step) : task()), Math.max(0, step));
      handle.unref();
    };
    arm(ms);
    return {
      cancel: () => {
        if (cancelled) return;
        cancelled = true;
        clearTimeout(handle);
      },
    };
  },
};

/** Resolves after `ms` on `clock`, or at once when `signal` aborts; never rejects. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.after(ms, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}

/** RFC 3339 with seconds, as Kubernetes writes `metav1.Time`. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
