import { AwsError } from './aws-error.ts';
import { parseRepositoryArn, repositoryArn } from './aws-names.ts';
import type { Caller } from './callers.ts';
import type { Call, CallResource } from './carry-out.ts';
import { ECR_OPERATIONS } from './operations/ecr-operations.ts';
import type { Input, Output } from './parameters.ts';
import { isObject, listOf } from './policy-document.ts';
import type { Registry } from './registry-state.ts';
import type { World } from './world.ts';

/** A call of an ECR operation, ready to be carried out. */
export interface EcrCall {
  readonly call: Call;
  readonly work: () => Output;
}

/** Finds registry, resources and operation of a request. Throws UnknownOperationException. */
export function ecrCall(world: World, caller: Caller, region: string, name: string, params: Input): EcrCall {
  const operation = ECR_OPERATIONS[name];
  if (operation === undefined) {
    throw new AwsError(
      'UnknownOperationException',
      `the simulator has no ECR operation ${name}: see test/lab/aws/README.md`,
    );
  }
  const registry = world.registry(registryIdOf(params) ?? caller.accountId, region);
  const resources = resourcesOf(registry, name, params);
  return {
    call: {
      action: `ecr:${name}`,
      accountId: registry.accountId,
      region,
      caller,
      resources,
      params,
      alsoNeeds: neededBeside('ecr', name, params),
    },
    work: () => operation({ world, caller, region, registry }, params),
  };
}

/**
 * A repository that is made with tags takes the right to tag it, too: Service Authorization Reference, dependent actions,
 * and ECR User Guide, "Using Tag-Based Access Control".
 */
export function neededBeside(service: 'ecr' | 'ecr-public', name: string, params: Input): readonly string[] {
  const isTagged = name === 'CreateRepository' && listOf(params['tags'] ?? []).length > 0;
  return isTagged ? [`${service}:TagResource`] : [];
}

function registryIdOf(params: Input): string | undefined {
  const { registryId, resourceArn } = params;
  if (typeof resourceArn === 'string') return parseRepositoryArn(resourceArn)?.accountId;
  return typeof registryId === 'string' && /^[0-9]{12}$/.test(registryId) ? registryId : undefined;
}

/**
 * Those that IAM judges on `*` alone: "Actions, resources, and condition keys for Amazon Elastic Container Registry" in
 * the Service Authorization Reference. It did not have the backfills yet: they are the registry's, as the replication.
 */
const OF_THE_REGISTRY =
  /AuthorizationToken|Registry|ReplicationConfiguration|ReplicationBackfill|PullThroughCacheRule|CreationTemplate|AccountSetting|SigningConfiguration|PullTimeUpdateExclusion/;

/** The ARNs that IAM looks at. A list of all repositories needs `repository/*`. */
function resourcesOf(registry: Registry, operation: string, params: Input): CallResource[] {
  const { accountId, region } = registry;
  if (OF_THE_REGISTRY.test(operation)) return [{ arn: '*', accountId }];
  const arn =
    typeof params['resourceArn'] === 'string' ? parseRepositoryArn(params['resourceArn']) : undefined;
  const names = [...listOf(params['repositoryName'] ?? []), ...listOf(params['repositoryNames'] ?? [])];
  if (arn !== undefined) names.push(arn.name);
  if (names.length === 0) return [{ arn: repositoryArn(accountId, region, '*'), accountId }];
  return names.map((name) => repositoryResource(registry, String(name), params));
}

function serviceOf({ repositories }: Registry, name: string): string {
  return repositories.get(name)?.arn.split(':')[2] ?? 'ecr';
}

/** A repository as IAM sees it: its ARN, its own policy, its tags and the request's. */
export function repositoryResource(registry: Registry, name: string, params: Input): CallResource {
  const repository = registry.repositories.get(name);
  const context: Record<string, string> = {};
  for (const [key, value] of repository?.tags ?? []) {
    context[`aws:ResourceTag/${key}`] = value;
    context[`${serviceOf(registry, name)}:ResourceTag/${key}`] = value;
  }
  for (const tag of listOf(params['tags'] ?? [])) {
    if (isObject(tag)) context[`aws:RequestTag/${String(tag['Key'])}`] = String(tag['Value']);
  }
  const arn = repositoryArn(registry.accountId, registry.region, name);
  return { arn, accountId: registry.accountId, policyText: repository?.policyText, context };
}
