import cron from 'node-cron';
import { createRecent } from './recent.ts';

/** No field needs three digits, and node-cron writes out every number of a range before it looks at its bounds. */
const NUMBER_TOO_LARGE = /\d{3}/;
const LONGEST_SCHEDULE = 128;
/** The longest IANA name has half of these. */
const LONGEST_ZONE = 64;

/** Schedules and zones are few and asked about often; people can write any number of them all the same. */
const MOST = { entries: 10_000 };
const schedules = createRecent<boolean>(MOST);
const zones = createRecent<boolean>(MOST);

/** Whether node-cron understands the schedule; at most 128 characters, and no number of three digits. */
export function isCronSchedule(schedule: string): boolean {
  if (schedule.length > LONGEST_SCHEDULE || NUMBER_TOO_LARGE.test(schedule)) return false;
  return remembered(schedules, schedule, () => cron.validate(schedule));
}

/** Whether this machine knows the time zone. */
export function isTimeZone(timeZone: string): boolean {
  if (timeZone.length > LONGEST_ZONE) return false;
  return remembered(zones, timeZone, () => isKnown(timeZone));
}

function isKnown(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** The part of a node-cron task that calculates; its public methods calculate from the machine's time only. */
interface Calculator {
  readonly timeMatcher: { getNextMatch(after: Date): Date };
}

const calculators = createRecent<Calculator>({ entries: 1_000 });

/** `next` is the answer for every time from `after` on and before it; without one for all that follow. */
interface Answer {
  readonly after: number;
  readonly next: number | undefined;
}

/** A search to the end takes a third of a second, and is asked for with each login. */
const answers = createRecent<Answer>(MOST);

/**
 * The first time of a schedule after `afterMs` (ms since the epoch, both), by the clock of that time zone; undefined
 * where there is none, as on the 30th of February. The schedule and the zone have to be valid.
 */
export function nextRun(schedule: string, timeZone: string, afterMs: number): number | undefined {
  const key = `${timeZone} ${schedule}`;
  const known = answers.get(key);
  if (known && known.after <= afterMs && afterMs < (known.next ?? Number.POSITIVE_INFINITY))
    return known.next;
  const next = calculated(key, schedule, timeZone, afterMs);
  answers.set(key, { after: afterMs, next });
  return next;
}

function calculated(key: string, schedule: string, timezone: string, afterMs: number): number | undefined {
  try {
    const calculator = remembered(calculators, key, () => calculatorOf(schedule, timezone));
    return calculator.timeMatcher.getNextMatch(new Date(afterMs)).getTime();
  } catch {
    return undefined;
  }
}

function calculatorOf(schedule: string, timezone: string): Calculator {
  const task = cron.createTask(schedule, () => undefined, { timezone });
  // It is never started; destroyed, node-cron's own list does not keep it.
  void task.destroy();
  return task as unknown as Calculator;
}

function remembered<T>(memory: ReturnType<typeof createRecent<T>>, key: string, make: () => T): T {
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = make();
  memory.set(key, made);
  return made;
}
