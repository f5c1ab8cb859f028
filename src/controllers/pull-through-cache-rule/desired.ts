import type { PullThroughCacheRule } from '../../api/pull-through-cache-rule.generated.ts';
import type { Registry } from '../../api/registry.generated.ts';
import type { CacheRule } from '../../ecr/cache-rule-api.ts';
import { TerminalError } from '../../runtime/errors.ts';
import { prefixOf } from '../by-prefix/prefixed.ts';

/** The host names of upstreams that have one. Source: ECR API Reference, CreatePullThroughCacheRule; user guide. */
const HOSTS: Readonly<Partial<Record<CacheRule['upstreamRegistry'], string>>> = {
  'ecr-public': 'public.ecr.aws',
  quay: 'quay.io',
  k8s: 'registry.k8s.io',
  'docker-hub': 'registry-1.docker.io',
  'github-container-registry': 'ghcr.io',
  'gitlab-container-registry': 'registry.gitlab.com',
  chainguard: 'cgr.dev',
};

/**
 * The rule that an object declares (pure). What only the Registry's account can tell is a TerminalError: `SecretElsewhere`
 * and `CustomRoleMissing`.
 */
export function desiredRule(
  object: Pick<PullThroughCacheRule, 'metadata' | 'spec'>,
  registry: Pick<Registry, 'spec'>,
): CacheRule {
  const rule = declaredRule(object);
  requireSecretHere(rule, registry);
  requireRole(rule, registry);
  return rule;
}

/** The same, whether or not it can be made (pure). */
export function declaredRule({ metadata, spec }: Pick<PullThroughCacheRule, 'metadata' | 'spec'>): CacheRule {
  const { upstreamRegistry, upstreamRepositoryPrefix, credentialArn, customRoleArn } = spec;
  return {
    prefix: prefixOf({ metadata, spec }),
    upstreamRegistry,
    upstreamRegistryUrl: spec.upstreamRegistryUrl ?? HOSTS[upstreamRegistry] ?? '',
    ...(upstreamRepositoryPrefix === undefined ? {} : { upstreamRepositoryPrefix }),
    ...(credentialArn === undefined ? {} : { credentialArn }),
    ...(customRoleArn === undefined ? {} : { customRoleArn }),
  };
}

function requireSecretHere({ credentialArn }: CacheRule, { spec }: Pick<Registry, 'spec'>): void {
  if (credentialArn === undefined) return;
  const [, , , region, account] = credentialArn.split(':');
  if (region === spec.region && account === spec.accountId) return;
  throw new TerminalError(
    'SecretElsewhere',
    `ECR reads secrets of its own account and region alone, and spec.credentialArn is in ${account} ${region}: copy the secret to ${spec.accountId} ${spec.region}`,
  );
}

function requireRole(rule: CacheRule, { spec }: Pick<Registry, 'spec'>): void {
  const account = /^(\d{12})\.dkr[.-]ecr/.exec(rule.upstreamRegistryUrl)?.[1];
  if (rule.upstreamRegistry !== 'ecr' || rule.customRoleArn || account === spec.accountId) return;
  throw new TerminalError(
    'CustomRoleMissing',
    `the upstream ${rule.upstreamRegistryUrl} is in another account than the Registry: write spec.customRoleArn, a role that may pull there`,
  );
}
