import {
  CreatePullThroughCacheRuleCommand,
  DeletePullThroughCacheRuleCommand,
  DescribePullThroughCacheRulesCommand,
  type ECRClient,
  type PullThroughCacheRule,
  UpdatePullThroughCacheRuleCommand,
  ValidatePullThroughCacheRuleCommand,
} from '@aws-sdk/client-ecr';
import type { CacheRule, CacheRuleApi, LiveCacheRule } from './cache-rule-api.ts';
import type { AccountRegion } from './partition.ts';
import { sdkCalls, unlessAbsent } from './sdk-calls.ts';

/** The upstream prefix of a rule that has none. */
const ALL = 'ROOT';

const ABSENT = ['PullThroughCacheRuleNotFoundException'];

/** The {@link CacheRuleApi} on the AWS SDK. SDK names stop here. */
export function sdkCacheRuleApi(client: ECRClient, registry: AccountRegion): CacheRuleApi {
  const { registryId, call } = sdkCalls(client, registry);
  return {
    describe: (prefix) =>
      call('DescribePullThroughCacheRules', nameOf(prefix), async () => {
        const input = { registryId, ecrRepositoryPrefixes: [prefix] };
        const answer = await unlessAbsent(
          ABSENT,
          client.send(new DescribePullThroughCacheRulesCommand(input)),
        );
        return answer?.pullThroughCacheRules?.map(liveRule)[0];
      }),

    create: (rule) =>
      call('CreatePullThroughCacheRule', nameOf(rule.prefix), async () =>
        liveRule(await client.send(new CreatePullThroughCacheRuleCommand({ registryId, ...input(rule) }))),
      ),

    update: (prefix, changes) =>
      call('UpdatePullThroughCacheRule', nameOf(prefix), async () => {
        const wanted = { registryId, ecrRepositoryPrefix: prefix, ...changes };
        const { updatedAt } = await client.send(new UpdatePullThroughCacheRuleCommand(wanted));
        return { ...changes, ...(updatedAt ? { updatedAt: updatedAt.toISOString() } : {}) };
      }),

    delete: async (prefix) => {
      await call('DeletePullThroughCacheRule', nameOf(prefix), () =>
        unlessAbsent(
          ABSENT,
          client.send(new DeletePullThroughCacheRuleCommand({ registryId, ecrRepositoryPrefix: prefix })),
        ),
      );
    },

    validate: (prefix) =>
      call('ValidatePullThroughCacheRule', nameOf(prefix), async () => {
        const wanted = { registryId, ecrRepositoryPrefix: prefix };
        const { isValid, failure } = await client.send(new ValidatePullThroughCacheRuleCommand(wanted));
        return isValid
          ? { valid: true as const }
          : { valid: false as const, failure: failure || 'no words were given' };
      }),
  };
}

function nameOf(prefix: string): string {
  return `pull-through cache rule ${prefix}`;
}

function input({ prefix, upstreamRegistry, upstreamRegistryUrl, ...optional }: CacheRule) {
  return { ecrRepositoryPrefix: prefix, upstreamRegistry, upstreamRegistryUrl, ...optional };
}

function liveRule(rule: PullThroughCacheRule): LiveCacheRule {
  const { upstreamRegistry, upstreamRepositoryPrefix, credentialArn, customRoleArn, updatedAt } = rule;
  return {
    prefix: rule.ecrRepositoryPrefix ?? '',
    upstreamRegistryUrl: rule.upstreamRegistryUrl ?? '',
    registryId: rule.registryId ?? '',
    createdAt: (rule.createdAt ?? new Date(0)).toISOString(),
    ...(upstreamRegistry ? { upstreamRegistry } : {}),
    ...(upstreamRepositoryPrefix && upstreamRepositoryPrefix !== ALL ? { upstreamRepositoryPrefix } : {}),
    ...(credentialArn ? { credentialArn } : {}),
    ...(customRoleArn ? { customRoleArn } : {}),
    ...(updatedAt ? { updatedAt: updatedAt.toISOString() } : {}),
  };
}
