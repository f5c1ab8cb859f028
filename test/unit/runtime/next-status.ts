import type { ConditionState } from '../../../src/runtime/outcome.ts';
import {
  type BaseStatus,
  nextStatus,
  type Result,
  type StatusCondition,
} from '../../../src/runtime/status.ts';

/** A status with one field of its kind. */
export interface Status extends BaseStatus {
  readonly uri?: string;
}

/** A day before `NOW`, as a status has it. */
export const EARLIER = '2025-12-31T00:00:00Z';
/** The time of every pass unless a test says another (ms since the epoch). */
export const NOW = Date.UTC(2026, 0, 1);
/** `NOW` as a status has it. */
export const NOW_TEXT = '2026-01-01T00:00:00Z';

/** A condition as a reconciler tells of it. */
export const state = (
  type: string,
  status: 'True' | 'False' | 'Unknown' = 'True',
  reason = 'Fine',
  message = `${type} says so`,
): ConditionState => ({ type, status, reason, message });

/** A condition as it stands in a status, since `EARLIER`. */
export const condition = (
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
): StatusCondition => ({ type, status, reason, message, observedGeneration: 1, lastTransitionTime: EARLIER });

interface Given {
  readonly previous?: Status;
  readonly generation?: number;
  readonly dependents?: readonly [string, ...string[]];
  readonly optionalDependents?: readonly string[];
  readonly now?: number;
}

/** The status after a pass over an object whose Ready depends on `Exists` and `PolicyApplied`. */
export function next(result: Result<Status>, given: Given = {}): Status {
  const { previous, generation = 1, dependents = ['Exists', 'PolicyApplied'], now = NOW } = given;
  const { optionalDependents = [] } = given;
  return nextStatus<Status>({ previous, generation, result, dependents, optionalDependents, now });
}

/** A pass that did not fail. */
export const outcome = (...conditions: ConditionState[]): Result<Status> => ({ outcome: { conditions } });

/** Each condition as `TYPE=STATUS REASON`, in order. */
export const summary = (status: Status): string[] =>
  (status.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);
