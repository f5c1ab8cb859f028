import type {
  PullThroughCacheRule,
  PullThroughCacheRuleStatus,
} from '../../api/pull-through-cache-rule.generated.ts';
import type { Controller } from '../../runtime/controller.ts';
import { prefixedController } from '../by-prefix/controller.ts';
import type { Parts } from '../parts.ts';
import { RULE_DEPENDENTS, ruleReconciler } from './rule.ts';

/** Keeps pull-through cache rules as declared, and asks ECR on a schedule whether they work. */
export function pullThroughCacheRuleController(parts: Parts): Controller {
  const { caches, world, access, clock } = parts;
  const rivals = { all: world.pullThroughCacheRules, registries: world.registries };
  return prefixedController<PullThroughCacheRule, PullThroughCacheRuleStatus>(parts, {
    name: 'pull-through-cache-rule',
    informer: caches.pullThroughCacheRules,
    dependents: RULE_DEPENDENTS,
    reconciler: ruleReconciler({ access, rivals, clock }),
  });
}
