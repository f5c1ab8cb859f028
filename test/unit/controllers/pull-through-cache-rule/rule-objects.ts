import type {
  PullThroughCacheRule,
  PullThroughCacheRuleSpec,
} from '../../../../src/api/pull-through-cache-rule.generated.ts';
import type { LiveCacheRule } from '../../../../src/ecr/cache-rule-api.ts';

/** ms. */
export const NOON = Date.parse('2026-01-01T12:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const ANNOTATION = 'ecr-operator.io/validation-requested-at';

/** A rule with a login, as ECR has it. */
export const LIVE: LiveCacheRule = {
  prefix: 'hub',
  upstreamRegistryUrl: 'registry-1.docker.io',
  registryId: '123456789012',
  createdAt: '2026-01-01T00:00:00Z',
  credentialArn: 'secret',
};

/** An object for it, with the annotation that asks for a validation. */
export function rule(
  spec: Partial<PullThroughCacheRuleSpec> = {},
  annotation?: string,
): PullThroughCacheRule {
  return {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'PullThroughCacheRule',
    metadata: {
      name: 'hub',
      uid: 'u',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(annotation === undefined ? {} : { annotations: { [ANNOTATION]: annotation } }),
    },
    spec: { registryRef: { name: 'default' }, upstreamRegistry: 'docker-hub', ...spec },
  };
}
