import { AwsError, invalidParameter } from '../aws-error.ts';
import type { CacheRule } from '../cache-state.ts';
import { cutPage } from '../paging.ts';
import {
  type Input,
  maxResults,
  type Output,
  oneOf,
  optionalList,
  optionalString,
  requiredString,
} from '../parameters.ts';
import type { OperationContext, OperationTable } from '../world.ts';

/** Operations on pull-through cache rules. The words of refusals are ours where no comment names a source. */
export const cacheRuleOperations = {
  CreatePullThroughCacheRule: createRule,
  UpdatePullThroughCacheRule: updateRule,
  DeletePullThroughCacheRule: deleteRule,
  DescribePullThroughCacheRules: describeRules,
  ValidatePullThroughCacheRule: validateRule,
} satisfies OperationTable;

/** From the ECR service model, 2015-09-21. */
const PREFIX = /^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$/;
const CREDENTIAL =
  /^arn:aws(-\w+)*:secretsmanager:[a-zA-Z0-9-:]+:secret:ecr-pullthroughcache\/[a-zA-Z0-9/_+=.@-]+$/;

/** By upstream, the host names that it has. Source: API reference, CreatePullThroughCacheRule; user guide. */
const UPSTREAMS: Readonly<Record<string, RegExp>> = {
  ecr: /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/,
  'ecr-public': /^public\.ecr\.aws$/,
  quay: /^quay\.io$/,
  k8s: /^registry\.k8s\.io$/,
  'docker-hub': /^registry-1\.docker\.io$/,
  'github-container-registry': /^ghcr\.io$/,
  'azure-container-registry': /^[a-z0-9]+\.azurecr\.(io|us|cn)$/,
  'gitlab-container-registry': /^registry\.gitlab\.com$/,
  chainguard: /^cgr\.dev$/,
};

const WITHOUT_LOGIN = ['ecr', 'ecr-public', 'quay', 'k8s'];

/** Service quotas of ECR. */
const MOST_RULES = 50;

function createRule({ registry, world }: OperationContext, input: Input): Output {
  const ecrRepositoryPrefix = prefixOf(input, 'ecrRepositoryPrefix');
  const upstreamRegistryUrl = requiredString(input, 'upstreamRegistryUrl');
  const upstreamRegistry = upstreamOf(input, upstreamRegistryUrl);
  const given = optionalString(input, 'upstreamRepositoryPrefix');
  if (ecrRepositoryPrefix === 'ROOT' && given !== undefined && given !== 'ROOT') {
    throw invalidParameter('upstreamRepositoryPrefix', 'must be ROOT when ecrRepositoryPrefix is ROOT');
  }
  const { rules } = registry.caches;
  if (rules.has(ecrRepositoryPrefix)) {
    throw new AwsError(
      'PullThroughCacheRuleAlreadyExistsException',
      `A pull through cache rule with prefix '${ecrRepositoryPrefix}' already exists in the registry with id '${registry.accountId}'`,
    );
  }
  if (rules.size >= MOST_RULES) throw new AwsError('LimitExceededException', 'too many rules');
  const now = world.clock.now();
  const rule: CacheRule = {
    sequence: registry.caches.nextSequence(),
    ecrRepositoryPrefix,
    upstreamRegistryUrl,
    upstreamRegistry,
    upstreamRepositoryPrefix: given === undefined ? 'ROOT' : prefixOf(input, 'upstreamRepositoryPrefix'),
    ...secretsOf(input),
    createdAt: now,
    updatedAt: now,
  };
  if (!WITHOUT_LOGIN.includes(upstreamRegistry) && rule.credentialArn === undefined) {
    throw invalidParameter('credentialArn', `must not be null for ${upstreamRegistry}`);
  }
  rules.set(ecrRepositoryPrefix, rule);
  const { updatedAt: _, ...answer } = describe(rule, registry.accountId);
  return answer;
}

function upstreamOf(input: Input, url: string): string {
  const found = Object.keys(UPSTREAMS).find((name) => UPSTREAMS[name]?.test(url));
  const named = optionalString(input, 'upstreamRegistry');
  if (named !== undefined) oneOf(named, Object.keys(UPSTREAMS), 'upstreamRegistry');
  if (found === undefined || (named !== undefined && named !== found)) {
    throw new AwsError(
      'UnsupportedUpstreamRegistryException',
      `The specified upstream registry '${url}' isn't supported.`,
    );
  }
  return found;
}

function secretsOf(input: Input): Pick<CacheRule, 'credentialArn' | 'customRoleArn'> {
  const credentialArn = optionalString(input, 'credentialArn');
  const customRoleArn = optionalString(input, 'customRoleArn');
  if (credentialArn !== undefined && !CREDENTIAL.test(credentialArn)) {
    throw invalidParameter('credentialArn', `must satisfy regular expression '${CREDENTIAL.source}'`);
  }
  return {
    ...(credentialArn === undefined ? {} : { credentialArn }),
    ...(customRoleArn === undefined ? {} : { customRoleArn }),
  };
}

/** It needs one of the two, and takes none away (ecr.md 4.4). */
function updateRule(context: OperationContext, input: Input): Output {
  const rule = presentRule(context, prefixOf(input, 'ecrRepositoryPrefix'));
  const changes = secretsOf(input);
  if (Object.keys(changes).length === 0) {
    throw invalidParameter('credentialArn', 'credentialArn or customRoleArn must be given');
  }
  Object.assign(rule, changes, { updatedAt: context.world.clock.now() });
  const {
    createdAt: _,
    upstreamRegistryUrl: __,
    upstreamRegistry: ___,
    ...answer
  } = describe(rule, context.registry.accountId);
  return answer;
}

function deleteRule(context: OperationContext, input: Input): Output {
  const rule = presentRule(context, prefixOf(input, 'ecrRepositoryPrefix'));
  context.registry.caches.rules.delete(rule.ecrRepositoryPrefix);
  const { updatedAt: _, ...answer } = describe(rule, context.registry.accountId);
  return answer;
}

function describeRules(context: OperationContext, input: Input): Output {
  const { registry } = context;
  const prefixes = optionalList(input, 'ecrRepositoryPrefixes', { min: 1, max: 100 });
  if (prefixes !== undefined) {
    const rules = prefixes.map((prefix) => presentRule(context, String(prefix)));
    return { pullThroughCacheRules: rules.map((rule) => describe(rule, registry.accountId)) };
  }
  const all = [...registry.caches.rules.values()];
  const nextToken = optionalString(input, 'nextToken');
  const page = cutPage(all, ({ sequence }) => sequence, maxResults(input) ?? 100, nextToken);
  return {
    pullThroughCacheRules: page.items.map((rule) => describe(rule, registry.accountId)),
    nextToken: page.nextToken,
  };
}

function validateRule(context: OperationContext, input: Input): Output {
  const rule = presentRule(context, prefixOf(input, 'ecrRepositoryPrefix'));
  const {
    createdAt: _,
    updatedAt: __,
    upstreamRegistry: ___,
    ...answer
  } = describe(rule, context.registry.accountId);
  return { ...answer, isValid: rule.failure === undefined, failure: rule.failure };
}

function presentRule({ registry }: OperationContext, prefix: string): CacheRule {
  const rule = registry.caches.rules.get(prefix);
  if (rule) return rule;
  throw new AwsError(
    'PullThroughCacheRuleNotFoundException',
    `A pull through cache rule with prefix '${prefix}' does not exist in the registry with id '${registry.accountId}'`,
  );
}

function prefixOf(input: Input, name: string): string {
  const prefix = requiredString(input, name);
  if (prefix.length < 2) throw invalidParameter(name, 'must have length greater than or equal to 2');
  if (prefix.length > 30) throw invalidParameter(name, 'must have length less than or equal to 30');
  if (!PREFIX.test(prefix)) {
    throw invalidParameter(name, `must satisfy regular expression '${PREFIX.source}'`);
  }
  return prefix;
}

function describe({ sequence: _, failure: __, ...rule }: CacheRule, registryId: string) {
  return { ...rule, registryId };
}
