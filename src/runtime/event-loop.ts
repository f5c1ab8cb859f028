import { type Clock, monotonic, sleep } from './clock.ts';
import type { Log } from './log.ts';

export interface EventLoopOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** A timer that is later than this tells (ms); 5,000 unless told: about what a probe waits for an answer. */
  readonly lateMs?: number;
}

/** Watches how late timers are: one that stands still cannot say so while it does, but afterwards. */
export interface EventLoopWatch {
  /** Until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Why it has to be taken for dead, if so; a machine that was asleep once is not. */
  stuck(): string | undefined;
}

const TICK_MS = 1_000;
const LATE_IN_A_ROW = 3;

/** A {@link EventLoopWatch} that does not run yet. */
export function watchEventLoop({ clock, log, lateMs = 5_000 }: EventLoopOptions): EventLoopWatch {
  let late = 0;
  let lastDelayMs = 0;

  return {
    async run(signal) {
      while (!signal.aborted) {
        const due = monotonic(clock) + TICK_MS;
        await sleep(clock, TICK_MS, signal);
        if (signal.aborted) return;
        lastDelayMs = Math.round(monotonic(clock) - due);
        late = lastDelayMs >= lateMs ? late + 1 : 0;
        if (late > 0) log.warn({ delayMs: lastDelayMs }, 'event loop stood still');
      }
    },
    stuck: () =>
      late >= LATE_IN_A_ROW
        ? `the event loop stood still ${late} times in a row, ${lastDelayMs} ms the last time`
        : undefined,
  };
}
