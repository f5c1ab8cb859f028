import type { Clock } from '../../src/runtime/clock.ts';

/** Time that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Fires the timers that fall due, in the order of their times, and those that they start in turn. */
  advance(ms: number): void;
  /** As `advance`, but what waits for a timer goes on before the next one fires. */
  elapse(ms: number): Promise<void>;
  /** How long each pending timer still has, the next one first. */
  pending(): readonly number[];
}

interface PendingTimer {
  readonly due: number;
  readonly task: () => void;
}

/** A {@link FakeClock} that shows a round time, so that timestamps are easy to read. */
export function createFakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  // In the order of their starts, which is the order of timers that are due at the same time.
  const timers = new Set<PendingTimer>();

  function next(until: number): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of timers) {
      if (timer.due <= until && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  }

  function fire(timer: PendingTimer): void {
    timers.delete(timer);
    now = Math.max(now, timer.due);
    timer.task();
  }

  return {
    now: () => now,
    after(ms, task) {
      const timer = { due: now + Math.max(0, ms), task };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(ms) {
      const until = now + ms;
      for (let timer = next(until); timer; timer = next(until)) fire(timer);
      now = until;
    },
    async elapse(ms) {
      const until = now + ms;
      await settled();
      for (let timer = next(until); timer; timer = next(until)) {
        fire(timer);
        await settled();
      }
      now = until;
    },
    pending: () => [...timers].map(({ due }) => due - now).sort((a, b) => a - b),
  };
}

/** Resolves when every promise that can go on without a timer or I/O has done so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
