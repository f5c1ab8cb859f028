import type { Clock } from '../../src/runtime/clock.ts';

/** Real time plus what was skipped. Timers that a skip makes due fire at once, in their order. */
export interface LabClock extends Clock {
  advance(ms: number): void;
}

interface Pending {
  readonly due: number;
  readonly task: () => void;
  handle: NodeJS.Timeout;
}

/** Node's longest timer. */
const LONGEST_MS = 2 ** 31 - 1;

/** A {@link LabClock} that shows the real time until it is moved. */
export function createLabClock(): LabClock {
  const pending = new Set<Pending>();
  let offset = 0;
  const now = (): number => Date.now() + offset;

  function arm(timer: Pending): void {
    timer.handle = setTimeout(() => fire(timer), Math.min(Math.max(0, timer.due - now()), LONGEST_MS));
    timer.handle.unref();
  }

  function fire(timer: Pending): void {
    if (!pending.has(timer)) return;
    if (timer.due > now()) {
      arm(timer);
      return;
    }
    pending.delete(timer);
    timer.task();
  }

  return {
    now,
    after(ms, task) {
      const timer: Pending = { due: now() + ms, task, handle: undefined as unknown as NodeJS.Timeout };
      pending.add(timer);
      arm(timer);
      return {
        cancel: () => {
          pending.delete(timer);
          clearTimeout(timer.handle);
        },
      };
    },
    advance(ms) {
      offset += ms;
      for (const timer of [...pending].sort((a, b) => a.due - b.due)) {
        if (timer.due > now()) return;
        clearTimeout(timer.handle);
        fire(timer);
      }
    },
  };
}
