import { AwsError } from './aws-error.ts';
import { PUBLIC_REGION, parsePublicRepositoryArn, publicRepositoryArn } from './aws-names.ts';
import type { Caller } from './callers.ts';
import { type Call, type CallResource, type CallResult, carryOut } from './carry-out.ts';
import { neededBeside, repositoryResource } from './ecr-call.ts';
import { ECR_PUBLIC_OPERATIONS } from './operations/ecr-public-operations.ts';
import type { Input, Output } from './parameters.ts';
import { listOf } from './policy-document.ts';
import type { Registry } from './registry-state.ts';
import { authorizationToken } from './registry-tokens.ts';
import { parseSignature, type SignedRequest } from './sigv4.ts';
import type { World } from './world.ts';

/** AWS General Reference, "Amazon ECR Public endpoints and quotas"; the API does its work in the first one alone. */
const ENDPOINT_REGIONS: readonly string[] = ['us-east-1', 'us-west-2'];
const TOKEN = 'GetAuthorizationToken';

/**
 * Whether the region that a request is signed for has an ECR Public at all. Elsewhere there is no such host ("Could not
 * connect to the endpoint URL", aws-cli#5917): here the connection is reset, which is as near as a server comes to
 * that. What AWS says to a request that is sent to a host of another region than it is signed for was not found out.
 */
export function hasPublicEndpoint(request: SignedRequest): boolean {
  const region = parseSignature(request.headers.authorization)?.region;
  return region === undefined || ENDPOINT_REGIONS.includes(region);
}

/** Runs an operation of ECR Public. */
export async function carryOutPublic(
  world: World,
  caller: Caller,
  region: string,
  name: string,
  params: Input,
): Promise<CallResult> {
  const operation = ECR_PUBLIC_OPERATIONS[name];
  if (name !== TOKEN && operation === undefined) {
    throw new AwsError(
      'UnknownOperationException',
      `the simulator has no operation ${name} of ECR Public: see test/lab/aws/README.md`,
    );
  }
  const registry = world.publicRegistry(registryIdOf(params) ?? caller.accountId);
  const { accountId } = registry;
  const resources = name === TOKEN ? [{ arn: '*', accountId }] : resourcesOf(registry, params);
  const call = { accountId, region, caller, resources, params };
  const alsoNeeds = neededBeside('ecr-public', name, params);
  return carryOut(world, { ...call, action: `ecr-public:${name}`, alsoNeeds }, async () => {
    // As in codeship-library/aws-utilities#117; the API reference lists the name for every operation.
    if (region !== PUBLIC_REGION) {
      const message = `${name} command is only supported in ${PUBLIC_REGION}.`;
      throw new AwsError('UnsupportedCommandException', message);
    }
    if (operation) return operation({ world, caller, region, registry }, params);
    await requestBearerToken(world, { ...call, action: 'sts:GetServiceBearerToken' });
    return tokenData(world, caller, region);
  });
}

function registryIdOf({ registryId, resourceArn }: Input): string | undefined {
  if (typeof resourceArn === 'string') return parsePublicRepositoryArn(resourceArn)?.accountId;
  return typeof registryId === 'string' && /^[0-9]{12}$/.test(registryId) ? registryId : undefined;
}

/** The ARNs that IAM looks at, each with the repository's own policy and its tags. */
function resourcesOf(registry: Registry, params: Input): CallResource[] {
  const { repositoryName, repositoryNames, resourceArn } = params;
  const tagged = typeof resourceArn === 'string' ? parsePublicRepositoryArn(resourceArn) : undefined;
  const names = [...listOf(repositoryName ?? []), ...listOf(repositoryNames ?? [])].map(String);
  if (tagged) names.push(tagged.name);
  return (names.length === 0 ? ['*'] : names).map((name) => ({
    ...repositoryResource(registry, name, params),
    arn: publicRepositoryArn(registry.accountId, name),
  }));
}

/**
 * ECR Public asks STS for a token in the caller's name, who has to be allowed that too; a refusal comes in the words of
 * the one action and by the error name of the other (fluxcd/pkg#938).
 */
async function requestBearerToken(world: World, call: Call): Promise<void> {
  const result = await carryOut(world, call, () => ({}));
  if (result.kind === 'answer') return;
  if (result.kind !== 'error') throw new AwsError('ServerException', 'Internal Server Error', 500);
  const { name, message, status } = result.error;
  throw name === 'AccessDenied'
    ? new AwsError('AccessDeniedException', message)
    : new AwsError(name, message, status);
}

/** One datum, not a list, and no `proxyEndpoint`: there is one registry. */
function tokenData(world: World, caller: Caller, region: string): Output {
  const token = world.tokens.issue(caller, region, 'ecr-public');
  const data = { authorizationToken: authorizationToken(token.password), expiresAt: token.expiresAt };
  return { authorizationData: data };
}
