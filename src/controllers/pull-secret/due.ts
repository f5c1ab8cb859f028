import { isCronSchedule, isTimeZone, nextRun } from '../../runtime/cron-schedule.ts';
import type { Key } from '../../runtime/key.ts';
import { type Claim, claimKey } from './claims.ts';
import type { PullWorld } from './pull-world.ts';
import type { Login } from './secret-state.ts';

type Rotation = Claim['object']['spec']['rotation'];

/** What beside its own life replaces a token: schedules, and people. */
export interface DueRules {
  /** The first scheduled time after a time; undefined without one. */
  readonly slotAfter: (time: number) => number | undefined;
  /** When somebody asked last for a new one. */
  readonly requestedAt: number | undefined;
}

/** The rules of one claim. */
export function dueRules(world: PullWorld, claim: Claim | undefined): DueRules {
  return claim ? combined(world, [claim]) : NO_RULES;
}

/** Nothing but its own life. */
export const NO_RULES: DueRules = { slotAfter: () => undefined, requestedAt: undefined };

/** The rules of every claim that wants a token. */
export function dueRulesOf(world: PullWorld, id: string): DueRules {
  // Thousands of targets have the same one, each as a value of its own.
  const holders = new Map<Key, Claim>();
  const seen = new Set<Claim['object']>();
  for (const target of world.demand.targetsOf(id)) {
    const holder = world.demand.get(target)?.holder;
    if (!holder || seen.has(holder.object)) continue;
    seen.add(holder.object);
    holders.set(claimKey(holder), holder);
  }
  return combined(world, [...holders.values()]);
}

function combined(world: PullWorld, claims: readonly Claim[]): DueRules {
  const requests = claims.flatMap((claim) => world.requests.get(claim)?.at ?? []);
  const rotations = distinct(claims).filter(isSchedule);
  return {
    requestedAt: best(requests, (a, b) => a > b),
    slotAfter(time) {
      const slots = rotations.flatMap(({ schedule, timeZone }) => nextRun(schedule, timeZone, time) ?? []);
      return best(slots, (a, b) => a < b);
    },
  };
}

/** Thousands of claims have the same few schedules: each is calculated once. */
function distinct(claims: readonly Claim[]): readonly NonNullable<Rotation>[] {
  const rotations = new Map<string, NonNullable<Rotation>>();
  for (const { object } of claims) {
    if (!object.spec.rotation) continue;
    const { schedule, timeZone } = object.spec.rotation;
    rotations.set(`${schedule} ${timeZone}`, { schedule, timeZone });
  }
  return [...rotations.values()];
}

/** Not by spreading a list: it can be longer than a call takes arguments. */
function best(times: readonly number[], isBetter: (a: number, b: number) => boolean): number | undefined {
  const [first, ...rest] = times;
  return first === undefined ? undefined : rest.reduce((a, b) => (isBetter(b, a) ? b : a), first);
}

/** Whether a schedule can be followed; what cannot is said in a condition. */
export function isSchedule({ schedule, timeZone }: NonNullable<Rotation>): boolean {
  return isCronSchedule(schedule) && isTimeZone(timeZone);
}

/** The logins in Secrets that have this token, or an older one of the same id. */
export function* loginsWith(world: PullWorld, id: string): Generator<Login> {
  for (const target of world.demand.targetsOf(id)) yield* loginsOf(world, target, id);
}

/** Of our own, untouched Secrets only: what others write into theirs must not make us call AWS. */
function* loginsOf(world: PullWorld, target: Key, id: string): Generator<Login> {
  const secret = world.secret(target);
  if (!secret?.managed || !secret.intact) return;
  for (const login of secret.logins) if (login.id === id) yield login;
}
