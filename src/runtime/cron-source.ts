import cron from 'node-cron';
import { spread } from './backoff.ts';
import type { Key } from './key.ts';
import type { Source } from './sources.ts';

export interface CronSourceOptions {
  /** Five or six fields; see `isCronSchedule`. */
  readonly schedule: string;
  readonly timezone?: string;
  /** Asked at each tick. */
  readonly keys: () => Iterable<Key>;
  /** The tick's keys are spread over this time, so that a fleet does not knock at once. */
  readonly spreadMs: number;
  readonly random?: () => number;
}

/** A fleet-level tick: it only enqueues keys, as refreshes; whatever it finds is done by the reconcilers. */
export function cronSource(options: CronSourceOptions): Source {
  const random = options.random ?? Math.random;
  return (enqueue, signal) => {
    const tick = (): void => {
      for (const key of options.keys()) {
        enqueue(key, { priority: 'refresh', afterMs: 1 + spread(options.spreadMs / 2, 2, random) });
      }
    };
    if (signal.aborted) return;
    const task = cron.schedule(options.schedule, tick, {
      noOverlap: true,
      missedExecutionTolerance: 60_000,
      ...(options.timezone ? { timezone: options.timezone } : {}),
    });
    signal.addEventListener('abort', () => void task.destroy(), { once: true });
  };
}
