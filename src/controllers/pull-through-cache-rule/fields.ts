import type {
  PullThroughCacheRule,
  PullThroughCacheRuleStatus,
} from '../../api/pull-through-cache-rule.generated.ts';
import type { CacheRule } from '../../ecr/cache-rule-api.ts';
import { contentHash } from '../../ecr/json-document.ts';
import type { BaseStatus } from '../../runtime/status.ts';
import { timesOf } from '../by-prefix/prefixed.ts';
import type { ObservedRule } from './plan.ts';

/** What the status says of ECR. */
export type RuleFields = Omit<PullThroughCacheRuleStatus, keyof BaseStatus>;

/** The status after a pass, but for what is known of validations (pure). */
export function ruleFields(
  { spec }: Pick<PullThroughCacheRule, 'spec'>,
  desired: CacheRule,
  { live }: ObservedRule,
): RuleFields {
  if (!live) return { prefix: desired.prefix };
  return {
    prefix: live.prefix,
    ...timesOf(live),
    registryId: live.registryId,
    upstreamRegistryUrl: live.upstreamRegistryUrl,
    ...(spec.mode === 'Observe' ? {} : { declaredHash: contentHash(desired) }),
  };
}
