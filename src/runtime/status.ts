import { isDeepStrictEqual } from 'node:util';
import { timestamp } from './clock.ts';
import { failureOf, TerminalError } from './errors.ts';
import type { ConditionState, Outcome } from './outcome.ts';

/** `metav1.Condition`. */
export interface StatusCondition extends ConditionState {
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
}

/** The part of a status that the runtime writes; a kind's own fields stand beside it. */
export interface BaseStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly StatusCondition[];
}

/** How one reconciliation ended. */
export type Result<S> =
  | { readonly outcome: Outcome<Omit<S, keyof BaseStatus>> }
  | {
      readonly error: unknown;
      /** What is known although it failed; the fields stay as they were without. */
      readonly progress?: Pick<Outcome<Omit<S, keyof BaseStatus>>, 'status' | 'happenings'>;
    };

export interface NextStatusInput<S extends BaseStatus> {
  readonly previous: S | undefined;
  readonly generation: number;
  readonly result: Result<S>;
  /** Condition types that Ready depends on, most telling first; a failure is told of the first. */
  readonly dependents: readonly [string, ...string[]];
  /** Condition types that Ready depends on as far as they are there. */
  readonly optionalDependents?: readonly string[];
  readonly now: number;
}

/**
 * The status after one reconciliation (pure). Ready is computed from the dependents and never set by hand;
 * Reconciling and Stalled follow kstatus: present only while True. Times change only with a condition's status.
 */
export function nextStatus<S extends BaseStatus>(input: NextStatusInput<S>): S {
  const { previous, generation, result, dependents, optionalDependents = [], now } = input;
  const states = 'outcome' in result ? result.outcome.conditions : [failedState(dependents[0], result.error)];
  const kept = 'outcome' in result ? [] : keptConditions(previous, dependents[0]);
  const known = [...states, ...kept];
  const stated = optionalDependents.filter((type) => known.some((state) => state.type === type));
  const ready = readyOf(known, [...dependents, ...stated]);
  const stamp = (state: ConditionState): StatusCondition => stamped(state, previous, generation, now);
  const fields = 'outcome' in result ? result.outcome.status : (result.progress?.status ?? previous);
  return {
    ...fields,
    observedGeneration: generation,
    conditions: [...[ready, ...states].map(stamp), ...kept, ...progressOf(result, ready).map(stamp)],
  } as unknown as S;
}

/**
 * The status of an object that is suspended (pure): all that was known, and that nothing is done. Ready stays what it
 * was, since what exists stays.
 */
export function suspendedStatus<S extends BaseStatus>(
  previous: S | undefined,
  generation: number,
  now: number,
): S {
  const message = 'spec.suspend is true: nothing is done for this object until it is false';
  const suspended: ConditionState = { type: 'Suspended', status: 'True', reason: 'Suspended', message };
  const ready: ConditionState = { ...suspended, type: 'Ready', status: 'Unknown' };
  const kept = (previous?.conditions ?? []).filter(({ type }) => type !== 'Suspended');
  const states = [...(kept.length > 0 ? kept : [ready]), suspended];
  return {
    ...previous,
    observedGeneration: generation,
    conditions: states.map((state) => stamped(state, previous, generation, now)),
  } as unknown as S;
}

/** Whether writing `next` would tell anybody anything. */
export function statusChanged<S extends BaseStatus>(previous: S | undefined, next: S): boolean {
  return !isDeepStrictEqual(previous, JSON.parse(JSON.stringify(next)));
}

/** The status without these fields, which other writers have: what may be compared and applied. */
export function withoutFields<S extends BaseStatus>(status: S, fields: readonly (keyof S)[]): S {
  const kept = Object.entries(status).filter(([name]) => !fields.includes(name as keyof S));
  return Object.fromEntries(kept) as S;
}

/** The condition of that type, if the object has it. */
export function conditionOf(status: BaseStatus | undefined, type: string): StatusCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

const COMPUTED = new Set(['Ready', 'Reconciling', 'Stalled', 'Suspended']);

function failedState(type: string, error: unknown): ConditionState {
  return { type, status: 'False', ...failureOf(error) };
}

/** What was known before stays as it is, with its own generation, but for the one condition that a failure speaks of. */
function keptConditions(previous: BaseStatus | undefined, type: string): readonly StatusCondition[] {
  return (previous?.conditions ?? []).filter(
    (condition) => !COMPUTED.has(condition.type) && condition.type !== type,
  );
}

function readyOf(states: readonly ConditionState[], dependents: readonly string[]): ConditionState {
  const found = dependents.map((type) => states.find((state) => state.type === type));
  const failed = found.find((state) => state?.status === 'False');
  if (failed) return { ...failed, type: 'Ready' };
  const unknown = found.findIndex((state) => state?.status !== 'True');
  if (unknown < 0)
    return { type: 'Ready', status: 'True', reason: 'Ready', message: found[0]?.message ?? '' };
  const state = found[unknown];
  return {
    type: 'Ready',
    status: 'Unknown',
    reason: state?.reason ?? 'Pending',
    message: state?.message ?? `${dependents[unknown]} is not known yet`,
  };
}

function progressOf<S>(result: Result<S>, ready: ConditionState): ConditionState[] {
  if (ready.status === 'True') return [];
  const { reason, message } = ready;
  const terminal =
    'error' in result ? result.error instanceof TerminalError : result.outcome.stalled === true;
  return [{ type: terminal ? 'Stalled' : 'Reconciling', status: 'True', reason, message }];
}

/** Conditions hold at most 32,768 characters of message. */
const LONGEST_MESSAGE = 2_000;

function stamped(
  state: ConditionState,
  previous: BaseStatus | undefined,
  generation: number,
  now: number,
): StatusCondition {
  const before = conditionOf(previous, state.type);
  const { type, status, reason } = state;
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : timestamp(now);
  const message = messageFor(state, before);
  return { type, status, reason, message, observedGeneration: generation, lastTransitionTime };
}

/** The same failure keeps the occurrence that it was first seen with, so that a retry is no change. */
function messageFor(
  { status, reason, message, occurrence }: ConditionState,
  before: StatusCondition | undefined,
): string {
  const cut = message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message;
  // The API server stores half a character as U+FFFD: we would find our own status changed for ever.
  const short = cut.toWellFormed();
  if (!occurrence) return short;
  const same =
    before?.status === status && before.reason === reason && before.message.startsWith(`${short} (`);
  return same ? before.message : `${short} (${occurrence})`;
}
