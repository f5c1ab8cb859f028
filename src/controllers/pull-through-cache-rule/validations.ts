import type { PullThroughCacheRule } from '../../api/pull-through-cache-rule.generated.ts';
import type { CacheRuleApi, LiveCacheRule } from '../../ecr/cache-rule-api.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ConditionState, Outcome } from '../../runtime/outcome.ts';
import type { RuleFields } from './fields.ts';
import {
  hasLogin,
  isDue,
  nextValidation,
  nothingToValidate,
  requestOf,
  toldValidation,
  type Validation,
  validate,
  validationFields,
  validationSchedule,
} from './validation.ts';

export interface CurrentInput {
  readonly rule: PullThroughCacheRule;
  readonly live: LiveCacheRule;
  readonly changed: boolean;
  readonly rules: CacheRuleApi;
}

/** What ECR said of rules. */
export interface Validations {
  /** What holds now: as it is known, or asked of ECR where that is due, or the rule was just `changed`. */
  current(input: CurrentInput): Promise<Validation>;
  forget(rule: PullThroughCacheRule): void;
}

/** None yet but what statuses tell. They tell the time once an hour at most, so that it is remembered here too. */
export function createValidations({ now }: Pick<Clock, 'now'>): Validations {
  const known = new Map<string, Validation>();
  return {
    async current({ rule, live, changed, rules }) {
      if (!hasLogin(live)) return { at: now(), condition: nothingToValidate(live), request: requestOf(rule) };
      const { uid } = rule.metadata;
      const before = known.get(uid) ?? toldValidation(rule.status);
      if (before && !changed && !isDue({ rule, live, known: before, now: now() })) return before;
      const answer = await validate(rules, live, before?.failures);
      const answered = before ? before.request : rule.status?.validationRequest;
      // A request stands open until ECR has answered.
      const request = answer.againMs === undefined ? requestOf(rule) : answered;
      const made = { at: now(), request, ...answer };
      known.set(uid, made);
      return made;
    },
    forget: ({ metadata }) => void known.delete(metadata.uid),
  };
}

export interface ValidityInput {
  readonly rule: PullThroughCacheRule;
  readonly validation: Validation;
  readonly now: number;
}

/** The outcome of a pass with what is known of the upstream (pure). */
export function withValidity(
  outcome: Outcome<RuleFields>,
  { rule, validation, now }: ValidityInput,
): Outcome<RuleFields> {
  const { condition } = validation;
  const schedule = validationSchedule(rule.spec);
  const isAsked = condition.reason !== 'NothingToValidate';
  const next = isAsked ? nextValidation(validation, schedule) : undefined;
  const refusal: ConditionState[] = schedule.refusal
    ? [{ type: 'ValidationScheduled', status: 'False', ...schedule.refusal }]
    : [];
  return {
    ...outcome,
    status: { ...outcome.status, ...(isAsked ? validationFields(rule.status, validation) : {}) },
    conditions: [...outcome.conditions, condition, ...refusal],
    stalled: outcome.stalled === true || condition.status === 'False',
    ...(next === undefined ? {} : { requeueAfterMs: next - now }),
  };
}
