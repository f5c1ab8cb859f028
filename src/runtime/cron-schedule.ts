import cron from 'node-cron';

/** Whether node-cron understands the schedule. */
export function isCronSchedule(schedule: string): boolean {
  return cron.validate(schedule);
}

/** Whether this machine knows the time zone. */
export function isTimeZone(timeZone: string): boolean {
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

/** Schedules are few and asked about often. */
const calculators = new Map<string, Calculator>();
const MOST_CALCULATORS = 1_000;

/**
 * The first time of a schedule after `afterMs` (ms since the epoch, both), by the clock of that time zone; undefined
 * where there is none, as on the 30th of February. The schedule and the zone have to be valid.
 */
export function nextRun(schedule: string, timeZone: string, afterMs: number): number | undefined {
  try {
    return calculatorOf(schedule, timeZone).timeMatcher.getNextMatch(new Date(afterMs)).getTime();
  } catch {
    return undefined;
  }
}

function calculatorOf(schedule: string, timezone: string): Calculator {
  const key = `${timezone} ${schedule}`;
  const known = calculators.get(key);
  if (known) return known;
  if (calculators.size >= MOST_CALCULATORS) calculators.clear();
  const task = cron.createTask(schedule, () => undefined, { timezone });
  // It is never started; destroyed, node-cron's own list does not keep it.
  void task.destroy();
  const calculator = task as unknown as Calculator;
  calculators.set(key, calculator);
  return calculator;
}
