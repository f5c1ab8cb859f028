import type { Registry, RegistryStatus } from '../../api/registry.generated.ts';
import { timestamp } from '../../runtime/clock.ts';
import { failureOf } from '../../runtime/errors.ts';
import type { ConditionState } from '../../runtime/outcome.ts';
import type { DriftCheck } from './drift-checks.ts';
import { driftSchedule, isCompared, nextDriftCheck } from './drift-schedule.ts';

/** An hour, and a little less: an hourly comparison does not take the same time each time. */
const TOLD_EVERY_MS = 3_300_000;

export interface DriftStatusInput {
  readonly registry: Registry;
  /** The last comparison since the operator's start. */
  readonly check: DriftCheck | undefined;
  /** The operator's own schedule. */
  readonly schedule: string;
}

/** What a Registry says of comparisons. */
export interface DriftStatus {
  readonly times: Pick<RegistryStatus, 'lastDriftCheck' | 'nextDriftCheck'>;
  readonly total?: number;
  /** There only while something is wrong. */
  readonly conditions: readonly ConditionState[];
}

/** The part of a Registry's status that speaks of comparisons with ECR (pure); what is not known anew stays. */
export function driftStatus({ registry, check, schedule }: DriftStatusInput): DriftStatus {
  if (!isCompared(registry)) return { times: {}, conditions: [] };
  const total = check?.total ?? registry.status?.repositories?.total;
  return {
    times: timesOf({ registry, check, schedule }),
    ...(total === undefined ? {} : { total }),
    conditions: conditionsOf({ registry, check, schedule }),
  };
}

function timesOf({ registry, check, schedule }: DriftStatusInput): DriftStatus['times'] {
  const { lastDriftCheck, nextDriftCheck: next, observedGeneration } = registry.status ?? {};
  const kept = {
    ...(lastDriftCheck ? { lastDriftCheck } : {}),
    ...(next ? { nextDriftCheck: next } : {}),
  };
  if (!check || check.failure !== undefined) return kept;
  const isTold = lastDriftCheck !== undefined && check.at - Date.parse(lastDriftCheck) < TOLD_EVERY_MS;
  if (isTold && observedGeneration === registry.metadata.generation) return kept;
  const nextAt = nextDriftCheck(driftSchedule(registry, schedule), check.at);
  return {
    lastDriftCheck: timestamp(check.at),
    ...(nextAt === undefined ? {} : { nextDriftCheck: timestamp(nextAt) }),
  };
}

function conditionsOf({ registry, check, schedule }: DriftStatusInput): ConditionState[] {
  const failure =
    driftSchedule(registry, schedule).refusal ??
    (check?.failure === undefined ? undefined : failureOf(check.failure));
  return failure ? [{ type: 'DriftChecked', status: 'False', ...failure }] : [];
}
