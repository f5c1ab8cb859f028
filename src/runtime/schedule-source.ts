import type { Clock } from './clock.ts';
import { nextRun } from './cron-schedule.ts';
import type { Key } from './key.ts';
import type { Source } from './sources.ts';

export interface ScheduleSourceOptions {
  /** Five or six fields, in the time zone of the process; see `isCronSchedule`. */
  readonly schedule: string;
  readonly clock: Clock;
  /** Asked at each tick. */
  readonly keys: () => Iterable<Key>;
  readonly random?: () => number;
}

/** Longer than this nothing is spread, however rare the ticks are. */
const LONGEST_SPREAD_MS = 1_800_000;

/**
 * A fleet-level tick, for work that nobody waits for: it only enqueues keys, as refreshes, spread over half of the time
 * to the next tick, up to half an hour.
 */
export function scheduleSource(options: ScheduleSourceOptions): Source {
  const { schedule, clock, keys, random = Math.random } = options;
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (enqueue, signal) => {
    let cancel = (): void => undefined;

    function arm(): void {
      const next = nextRun(schedule, zone, clock.now());
      if (next === undefined || signal.aborted) return;
      const timer = clock.after(next - clock.now(), tick);
      cancel = () => timer.cancel();
    }

    function tick(): void {
      const next = nextRun(schedule, zone, clock.now()) ?? Number.POSITIVE_INFINITY;
      const spreadMs = Math.min((next - clock.now()) / 2, LONGEST_SPREAD_MS);
      for (const key of keys()) enqueue(key, { priority: 'refresh', afterMs: 1 + random() * spreadMs });
      arm();
    }

    arm();
    signal.addEventListener('abort', () => cancel(), { once: true });
  };
}
