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
  /** What {@link monotonic} gives; absent where `now` is never set. */
  monotonic?(): number;
}

/** Time in ms that nobody sets: only differences mean something. It goes on while a process is stopped. */
export function monotonic(clock: Clock): number {
  return clock.monotonic?.() ?? clock.now();
}

/**
 * Node's own time stands still while a machine sleeps or a virtual one is suspended, and the time of tokens does not:
 * what fell due meanwhile is found so soon after. (Node fires a timer of more than 24 days at once.)
 */
const LONGEST_STEP_MS = 60_000;

/** The real time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, task) => {
    let cancelled = false;
    let handle: NodeJS.Timeout;
    const due = Date.now() + ms;
    const arm = (left: number): void => {
      const step = Math.min(left, LONGEST_STEP_MS);
      handle = setTimeout(() => next(left - step), Math.max(0, step));
      handle.unref();
    };
    // Both are counted: a clock that is set back must not hold up what only wants to wait.
    const next = (left: number): void => {
      const rest = Math.min(left, due - Date.now());
      if (rest > 0) arm(rest);
      else task();
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

/** A signal that never aborts. */
export const NEVER: AbortSignal = new AbortController().signal;

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

/** RFC 3339 with six digits of a second's fraction, as Kubernetes writes `metav1.MicroTime`. */
export function microTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** An RFC 3339 time without fractions of a second, as Kubernetes writes times. */
export function wholeSeconds(rfc3339: string): string {
  return rfc3339.replace(/\.\d+/, '');
}
