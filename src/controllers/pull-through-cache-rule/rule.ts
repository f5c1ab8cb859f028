import type { PullThroughCacheRule } from '../../api/pull-through-cache-rule.generated.ts';
import type { CacheRule, CacheRuleApi } from '../../ecr/cache-rule-api.ts';
import { contentHash } from '../../ecr/json-document.ts';
import type { Clock } from '../../runtime/clock.ts';
import { TerminalError } from '../../runtime/errors.ts';
import type { Reconciler } from '../../runtime/resource-reconciler.ts';
import { isOwn, prefixOf, type Rivals, requireHeld, toDelete } from '../by-prefix/prefixed.ts';
import { type ExternalResource, reconcileExternal } from '../external-resource.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { applyRuleAction, describeRuleAction } from './apply.ts';
import { declaredRule, desiredRule } from './desired.ts';
import { type RuleFields, ruleFields } from './fields.ts';
import { type ObservedRule, planRule, type RuleAction } from './plan.ts';
import { createValidations, withValidity } from './validations.ts';

/** Ready of a rule is: ECR has it as declared, and gets into its upstream. */
export const RULE_DEPENDENTS = ['Synced', 'Valid'] as const;

export interface RuleReconcilerOptions {
  readonly access: RegistryAccess;
  readonly rivals: Rivals<PullThroughCacheRule>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Keeps one pull-through cache rule as it is declared, and asks ECR on a schedule whether it works. */
export function ruleReconciler({
  access,
  rivals,
  clock,
}: RuleReconcilerOptions): Reconciler<PullThroughCacheRule, RuleFields> {
  const validations = createValidations(clock);
  return {
    async reconcile(rule) {
      const registry = access.writable(rule.spec.registryRef.name);
      requireHeld(rule, rivals);
      const desired = desiredRule(rule, registry);
      const { cacheRules } = await access.connect(registry);
      let last: Seen = { observed: {}, changed: false };
      const seen = (what: Seen) => {
        last = what;
      };
      const outcome = await reconcileExternal(rule, externalRule({ rule, desired, cacheRules, seen }));
      const { observed, changed } = last;
      if ('failure' in outcome || !observed.live) return outcome;
      const validation = await validations.current({ rule, live: observed.live, changed, rules: cacheRules });
      return withValidity(outcome, { rule, validation, now: clock.now() });
    },
    async finalize(rule) {
      const connection = await toDelete(rule, access, rivals);
      const prefix = prefixOf(rule);
      const live = await connection?.cacheRules.describe(prefix);
      const isSame = planRule(declaredRule(rule), { live }).length === 0;
      if (live && isOwn(rule, live, isSame)) await connection?.cacheRules.delete(prefix);
      validations.forget(rule);
      return 'released';
    },
  };
}

interface ExternalRuleInput {
  readonly rule: PullThroughCacheRule;
  readonly desired: CacheRule;
  readonly cacheRules: CacheRuleApi;
  /** Told at the end. */
  readonly seen: (what: Seen) => void;
}

/** What ECR holds after a pass, and whether the pass changed it. */
interface Seen {
  readonly observed: ObservedRule;
  readonly changed: boolean;
}

function externalRule({
  rule,
  desired,
  cacheRules,
  seen,
}: ExternalRuleInput): ExternalResource<ObservedRule, RuleAction, RuleFields> {
  const { prefix } = desired;
  const observeOnly = rule.spec.mode === 'Observe';
  return {
    observeOnly,
    redeclared: rule.status?.declaredHash !== contentHash(desired),
    observe: async () => ({ live: await cacheRules.describe(prefix) }),
    plan: (observed) => {
      const actions = planRule(desired, observed);
      if (!observeOnly) requireAdoption(rule, observed, actions.length === 0);
      return actions;
    },
    // Nothing is claimed by a pass that fails.
    essential: () => true,
    apply: (action, observed) => applyRuleAction(cacheRules, prefix, action, observed),
    describe: (action, observed) =>
      describeRuleAction(prefix, action, observed, observeOnly ? 'to do' : 'done'),
    status: (observed, { words }) => {
      seen({ observed, changed: !observeOnly && words.length > 0 });
      return ruleFields(rule, desired, observed);
    },
  };
}

function requireAdoption(rule: PullThroughCacheRule, { live }: ObservedRule, isSame: boolean): void {
  if (!live || rule.spec.adoption !== 'Never' || isOwn(rule, live, isSame)) return;
  throw new TerminalError(
    'RuleExists',
    `ECR has a pull-through cache rule ${live.prefix} already, and adoption: Never leaves it alone: choose IfExists to take it over, or another prefix`,
  );
}
