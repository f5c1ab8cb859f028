import type { PullThroughCacheRuleUpstreamRegistry } from '../api/pull-through-cache-rule.generated.ts';

/** What a pull-through cache rule is made with. `ROOT` as `prefix` is every name without a rule of its own. */
export interface CacheRule {
  readonly prefix: string;
  readonly upstreamRegistry: PullThroughCacheRuleUpstreamRegistry;
  /** A host name. */
  readonly upstreamRegistryUrl: string;
  readonly upstreamRepositoryPrefix?: string;
  readonly credentialArn?: string;
  readonly customRoleArn?: string;
}

/** A rule as DescribePullThroughCacheRules shows it; old ones do not say which upstream they have. */
export interface LiveCacheRule extends Omit<CacheRule, 'upstreamRegistry'> {
  readonly upstreamRegistry?: string;
  readonly registryId: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly updatedAt?: string;
}

/** Whether ECR gets into the upstream; `failure` has its words. */
export type CacheRuleVerdict = { readonly valid: true } | { readonly valid: false; readonly failure: string };

/** The calls about pull-through cache rules that this operator makes, in one account and region; see `EcrApi`. */
export interface CacheRuleApi {
  describe(prefix: string): Promise<LiveCacheRule | undefined>;
  create(rule: CacheRule): Promise<LiveCacheRule>;
  /** Sets those that are given, one at least; there is no way to take one away. */
  update(
    prefix: string,
    changes: Pick<CacheRule, 'credentialArn' | 'customRoleArn'>,
  ): Promise<Partial<LiveCacheRule>>;
  /** Done also when there was none. */
  delete(prefix: string): Promise<void>;
  /** Asks ECR to log in to the upstream of a rule with its secret or role. */
  validate(prefix: string): Promise<CacheRuleVerdict>;
}
