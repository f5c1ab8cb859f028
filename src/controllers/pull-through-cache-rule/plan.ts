import type { CacheRule, LiveCacheRule } from '../../ecr/cache-rule-api.ts';
import { TerminalError } from '../../runtime/errors.ts';

/** One write, named as the ECR operation that it is; or one that would be needed and cannot be done. */
export type RuleAction =
  | { readonly type: 'CreatePullThroughCacheRule'; readonly rule: CacheRule }
  | { readonly type: 'UpdatePullThroughCacheRule'; readonly changes: RuleChanges }
  | Impossible;

/** What would have to be changed, and ECR cannot change. */
export interface Impossible {
  readonly type: 'Impossible';
  readonly error: TerminalError;
  /** For people: what differs. */
  readonly difference: string;
}

export type RuleChanges = Pick<CacheRule, 'credentialArn' | 'customRoleArn'>;

/** What ECR holds of a declared rule. */
export interface ObservedRule {
  readonly live?: LiveCacheRule | undefined;
}

/**
 * What has to be written so that ECR has the rule as it is declared (pure). A role that nobody declares is left as it
 * is, since there is no way to take one away; a rule for another upstream is not touched at all.
 */
export function planRule(desired: CacheRule, { live }: ObservedRule): RuleAction[] {
  if (!live) return [{ type: 'CreatePullThroughCacheRule', rule: desired }];
  const differences = fixedDifferences(desired, live);
  if (differences.length > 0) return [impossible(desired.prefix, differences.join(', '))];
  const changes = changesOf(desired, live);
  return Object.keys(changes).length > 0 ? [{ type: 'UpdatePullThroughCacheRule', changes }] : [];
}

function changesOf({ credentialArn, customRoleArn }: CacheRule, live: LiveCacheRule): RuleChanges {
  return {
    ...(credentialArn === undefined || credentialArn === live.credentialArn ? {} : { credentialArn }),
    ...(customRoleArn === undefined || customRoleArn === live.customRoleArn ? {} : { customRoleArn }),
  };
}

/** What ECR cannot change, as `field from this to that`. */
function fixedDifferences(desired: CacheRule, live: LiveCacheRule): string[] {
  const compared = [
    ['upstreamRegistry', live.upstreamRegistry ?? desired.upstreamRegistry, desired.upstreamRegistry],
    ['upstreamRegistryUrl', hostOf(live.upstreamRegistryUrl), hostOf(desired.upstreamRegistryUrl)],
    [
      'upstreamRepositoryPrefix',
      live.upstreamRepositoryPrefix ?? 'none',
      desired.upstreamRepositoryPrefix ?? 'none',
    ],
  ];
  return compared.flatMap(([field, is, wanted]) =>
    is === wanted ? [] : [`${field} from ${is} to ${wanted}`],
  );
}

/** The API shows the host name that was given, and has taken it as a URL too. */
function hostOf(url: string): string {
  return url
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
}

function impossible(prefix: string, differences: string): Impossible {
  const error = new TerminalError(
    'RuleImmutable',
    `the pull-through cache rule ${prefix} has another upstream, which ECR cannot change (${differences}): put the spec right, or delete the rule in ECR to have it made anew; cached repositories stay`,
  );
  return { type: 'Impossible', error, difference: `${differences}, which ECR cannot change` };
}
