import { isCronSchedule, isTimeZone } from './cron-schedule.ts';
import type { Failure } from './errors.ts';

/** A schedule to go by: what an object declares, or the usual one. */
export interface DeclaredSchedule {
  readonly schedule: string;
  readonly timeZone: string;
  /** Why it is not what the object declares. */
  readonly refusal?: Failure;
}

export interface DeclaredScheduleOptions {
  /** What is gone by where the object declares none, or none that makes sense. */
  readonly usual: DeclaredSchedule;
  /** Where the object says it, such as `spec.driftCheck`. */
  readonly field: string;
  /** What is done until it is put right, for the end of a refusal. */
  readonly instead: string;
}

/** The schedule of an object (pure). */
export function declaredSchedule(
  declared: { readonly schedule: string; readonly timeZone: string } | undefined,
  { usual, field, instead }: DeclaredScheduleOptions,
): DeclaredSchedule {
  if (!declared) return usual;
  const { schedule, timeZone } = declared;
  if (!isCronSchedule(schedule)) {
    const message = `${field}.schedule "${schedule}" is no schedule: write five cron fields, such as */30 * * * *; ${instead}`;
    return { ...usual, refusal: { reason: 'InvalidSchedule', message } };
  }
  if (!isTimeZone(timeZone)) {
    const message = `${field}.timeZone "${timeZone}" is not known: write an IANA name, such as Europe/Berlin; ${instead}`;
    return { ...usual, refusal: { reason: 'InvalidTimeZone', message } };
  }
  return { schedule, timeZone };
}
