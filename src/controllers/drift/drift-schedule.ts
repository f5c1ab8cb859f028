import type { Registry } from '../../api/registry.generated.ts';
import { isCronSchedule, isTimeZone, nextRun } from '../../runtime/cron-schedule.ts';
import type { Failure } from '../../runtime/errors.ts';

/** When a Registry's Repositories are compared with ECR. */
export interface DriftSchedule {
  readonly schedule: string;
  readonly timeZone: string;
  /** Why it is the operator's, and not the Registry's own. */
  readonly refusal?: Failure;
}

/** That of the operator's own schedule. */
const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The schedule of `driftCheck`, else `fallback` in the time zone of the process (pure). */
export function driftSchedule({ spec }: Pick<Registry, 'spec'>, fallback: string): DriftSchedule {
  const usual: DriftSchedule = { schedule: fallback, timeZone: ZONE };
  if (!spec.driftCheck) return usual;
  const { schedule, timeZone } = spec.driftCheck;
  const instead = `until then the operator's own is followed, ${fallback}`;
  if (!isCronSchedule(schedule)) {
    const message = `spec.driftCheck.schedule "${schedule}" is no schedule: write five cron fields, such as */30 * * * *; ${instead}`;
    return { ...usual, refusal: { reason: 'InvalidSchedule', message } };
  }
  if (!isTimeZone(timeZone)) {
    const message = `spec.driftCheck.timeZone "${timeZone}" is not known: write an IANA name, such as Europe/Berlin; ${instead}`;
    return { ...usual, refusal: { reason: 'InvalidTimeZone', message } };
  }
  return { schedule, timeZone };
}

/** The first time for a comparison after `afterMs` (ms, both); undefined where the schedule has none. */
export function nextDriftCheck({ schedule, timeZone }: DriftSchedule, afterMs: number): number | undefined {
  return nextRun(schedule, timeZone, afterMs);
}

/** Whether a Registry's Repositories are compared with ECR at all. */
export function isCompared({ metadata, spec }: Registry): boolean {
  return spec.access !== 'PullOnly' && !spec.suspend && metadata.deletionTimestamp === undefined;
}
