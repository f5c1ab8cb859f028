import { VALIDATE_ANNOTATION } from '../../api/names.ts';
import type {
  PullThroughCacheRule,
  PullThroughCacheRuleStatus,
} from '../../api/pull-through-cache-rule.generated.ts';
import type { CacheRuleApi, LiveCacheRule } from '../../ecr/cache-rule-api.ts';
import { type Backoff, backoffDelay } from '../../runtime/backoff.ts';
import { timestamp } from '../../runtime/clock.ts';
import { nextRun } from '../../runtime/cron-schedule.ts';
import { cutText } from '../../runtime/cut-text.ts';
import { type DeclaredSchedule, declaredSchedule } from '../../runtime/declared-schedule.ts';
import { failureOf, TerminalError } from '../../runtime/errors.ts';
import type { ConditionState } from '../../runtime/outcome.ts';
import { conditionOf } from '../../runtime/status.ts';

/** What ECR said when it was asked whether it gets into the upstream of a rule. */
export interface Validation {
  /** ms. */
  readonly at: number;
  /** The value of the annotation that was answered last. */
  readonly request?: string | undefined;
  readonly condition: ConditionState;
  /** When to ask again where the call itself failed (ms). */
  readonly againMs?: number;
  /** How often in a row the call itself has failed. */
  readonly failures?: number;
}

const HOURLY: DeclaredSchedule = { schedule: '0 * * * *', timeZone: 'UTC' };

/** What `spec.validation` says, every hour without it or where it makes no sense (pure). */
export function validationSchedule({ validation }: PullThroughCacheRule['spec']): DeclaredSchedule {
  const instead = 'until then it is done every hour';
  return declaredSchedule(validation, { usual: HOURLY, field: 'spec.validation', instead });
}

/** The longest value of the annotation that a status repeats. */
const LONGEST_REQUEST = 256;

/** What the annotation asks for; undefined without one. */
export function requestOf({ metadata }: Pick<PullThroughCacheRule, 'metadata'>): string | undefined {
  const value = metadata.annotations?.[VALIDATE_ANNOTATION];
  return value ? cutText(value, LONGEST_REQUEST) : undefined;
}

/** The validation that a status tells of (pure); none where it was not known. */
export function toldValidation(status: PullThroughCacheRuleStatus | undefined): Validation | undefined {
  const condition = conditionOf(status, 'Valid');
  if (!condition || condition.status === 'Unknown' || status?.lastValidated === undefined) return undefined;
  const { lastValidated, validationRequest: request } = status;
  // Statuses have whole seconds: it was within that one.
  return { at: Date.parse(lastValidated) + 999, request, condition };
}

/** When to ask ECR again (ms); undefined where the schedule has no further time (pure). */
export function nextValidation(
  { at, againMs }: Validation,
  { schedule, timeZone }: DeclaredSchedule,
): number | undefined {
  return againMs === undefined ? nextRun(schedule, timeZone, at) : at + againMs;
}

export interface DueInput {
  readonly rule: Pick<PullThroughCacheRule, 'metadata' | 'spec'>;
  readonly live: LiveCacheRule;
  readonly known: Validation;
  readonly now: number;
}

/** Whether the answer is too old: by the schedule, a change of the rule, whoever made it, or the annotation (pure). */
export function isDue({ rule, live, known, now }: DueInput): boolean {
  const request = requestOf(rule);
  if (request !== undefined && request !== known.request) return true;
  const changedAt = Date.parse(live.updatedAt ?? live.createdAt);
  const next = nextValidation(known, validationSchedule(rule.spec));
  return changedAt > known.at || (next !== undefined && next <= now);
}

/** Whether an upstream asks ECR for a login; there is nothing to validate otherwise (user guide, "Validating …"). */
export function hasLogin({ credentialArn, customRoleArn }: LiveCacheRule): boolean {
  return credentialArn !== undefined || customRoleArn !== undefined;
}

/** Each question is two calls; who may not ask may not for long. */
const ASK_AGAIN: Backoff = { first: 60_000, cap: 300_000, jitter: 0 };

/** Asks ECR, after so many `failures`. A call that fails is an answer too: it is not known, and asked again. */
export async function validate(
  rules: CacheRuleApi,
  live: LiveCacheRule,
  failures = 0,
): Promise<Pick<Validation, 'condition' | 'againMs' | 'failures'>> {
  const { prefix, upstreamRegistryUrl: upstream } = live;
  try {
    const verdict = await rules.validate(prefix);
    return { condition: verdict.valid ? valid(upstream) : refused(upstream, verdict.failure) };
  } catch (error) {
    const failed = failures + 1;
    const againMs = error instanceof TerminalError ? error.recheckAfterMs : backoffDelay(ASK_AGAIN, failed);
    return {
      condition: { type: 'Valid', status: 'Unknown', ...failureOf(error) },
      againMs,
      failures: failed,
    };
  }
}

function valid(upstream: string): ConditionState {
  const message = `ECR gets into ${upstream}`;
  return { type: 'Valid', status: 'True', reason: 'Validated', message };
}

function refused(upstream: string, failure: string): ConditionState {
  const message = `ECR does not get into ${upstream}: ${failure}; what is cached can be pulled, and nothing else. Mend the secret or the role, then set the annotation ${VALIDATE_ANNOTATION}`;
  return { type: 'Valid', status: 'False', reason: 'UpstreamRefused', message };
}

/** Of a rule whose upstream asks for no login. */
export function nothingToValidate({ upstreamRegistryUrl: upstream }: LiveCacheRule): ConditionState {
  const message = `ECR needs no login for ${upstream}, so that there is nothing to validate`;
  return { type: 'Valid', status: 'True', reason: 'NothingToValidate', message };
}

/** An hour, and a little less: an hourly validation does not take the same time each time. */
const TOLD_EVERY_MS = 3_300_000;

/**
 * What the status says of it (pure): the time of an answer that stays the same is told once an hour at most, and that
 * of a call that failed never.
 */
export function validationFields(
  previous: PullThroughCacheRuleStatus | undefined,
  { at, request, condition, againMs }: Validation,
): Pick<PullThroughCacheRuleStatus, 'lastValidated' | 'validationRequest'> {
  const { lastValidated: told } = previous ?? {};
  const isSame =
    previous?.validationRequest === request && conditionOf(previous, 'Valid')?.status === condition.status;
  const isTold = told !== undefined && isSame && at - Date.parse(told) < TOLD_EVERY_MS;
  const lastValidated = isTold || againMs !== undefined ? told : timestamp(at);
  return {
    ...(lastValidated === undefined ? {} : { lastValidated }),
    ...(request === undefined ? {} : { validationRequest: request }),
  };
}
