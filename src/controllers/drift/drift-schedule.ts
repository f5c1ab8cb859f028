import type { Registry } from '../../api/registry.generated.ts';
import { nextRun } from '../../runtime/cron-schedule.ts';
import { type DeclaredSchedule, declaredSchedule } from '../../runtime/declared-schedule.ts';

/** That of the operator's own schedule. */
const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The schedule of `driftCheck`, else `fallback` in the time zone of the process (pure). */
export function driftSchedule({ spec }: Pick<Registry, 'spec'>, fallback: string): DeclaredSchedule {
  return declaredSchedule(spec.driftCheck, {
    usual: { schedule: fallback, timeZone: ZONE },
    field: 'spec.driftCheck',
    instead: `until then the operator's own is followed, ${fallback}`,
  });
}

/** The first time for a comparison after `afterMs` (ms, both); undefined where the schedule has none. */
export function nextDriftCheck(
  { schedule, timeZone }: DeclaredSchedule,
  afterMs: number,
): number | undefined {
  return nextRun(schedule, timeZone, afterMs);
}

/** Whether a Registry's Repositories are compared with ECR at all. */
export function isCompared({ metadata, spec }: Registry): boolean {
  return spec.access !== 'PullOnly' && !spec.suspend && metadata.deletionTimestamp === undefined;
}
