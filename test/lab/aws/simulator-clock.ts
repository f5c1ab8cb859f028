/**
 * The simulator's only source of time: tokens, sessions and visibility lags are judged by it, never by the machine's
 * clock.
 */
export interface SimulatorClock {
  now(): Date;
}

/** A clock that a test moves by hand. */
export interface SteppedClock extends SimulatorClock {
  /** Moves time on; negative amounts move it back. */
  advance(milliseconds: number): void;
  set(to: Date): void;
}

/** Time stands still at `start` until a test moves it. */
export function steppedClock(start: Date = new Date('2026-01-01T00:00:00.000Z')): SteppedClock {
  let current = start.getTime();
  return {
    now: () => new Date(current),
    advance: (milliseconds) => {
      current += milliseconds;
    },
    set: (to) => {
      current = to.getTime();
    },
  };
}

/** The machine's own time plus what a test has skipped: for suites whose operator runs on real time. */
export function offsetClock(): SteppedClock {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    set: (to) => {
      offset = to.getTime() - Date.now();
    },
  };
}
