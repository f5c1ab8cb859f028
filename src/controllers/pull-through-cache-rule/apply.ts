import type { CacheRuleApi } from '../../ecr/cache-rule-api.ts';
import type { ObservedRule, RuleAction } from './plan.ts';

/** Does one action; gives what ECR holds after it, without asking again. Throws what makes one impossible. */
export async function applyRuleAction(
  rules: CacheRuleApi,
  prefix: string,
  action: RuleAction,
  observed: ObservedRule,
): Promise<ObservedRule> {
  switch (action.type) {
    case 'CreatePullThroughCacheRule':
      return { live: await rules.create(action.rule) };
    case 'UpdatePullThroughCacheRule': {
      const changed = await rules.update(prefix, action.changes);
      return observed.live ? { live: { ...observed.live, ...changed } } : observed;
    }
    case 'Impossible':
      throw action.error;
  }
}

/** For people: what an action changed, or is left to change, from what to what. */
export function describeRuleAction(
  prefix: string,
  action: RuleAction,
  { live }: ObservedRule,
  tense: 'done' | 'to do' = 'done',
): string {
  switch (action.type) {
    case 'CreatePullThroughCacheRule':
      return tense === 'done'
        ? `made pull-through cache rule ${prefix}`
        : `there is no pull-through cache rule ${prefix}`;
    case 'UpdatePullThroughCacheRule':
      return (['credentialArn', 'customRoleArn'] as const)
        .filter((field) => action.changes[field] !== undefined)
        .map((field) => `${field} from ${live?.[field] ?? 'absent'} to ${action.changes[field]}`)
        .join('; ');
    case 'Impossible':
      return action.difference;
  }
}
