import { AwsError } from './aws-error.ts';
import type { Caller } from './callers.ts';
import { type Call, type CallResult, carryOut } from './carry-out.ts';
import type { Input, Output } from './parameters.ts';
import { authorizationToken } from './registry-tokens.ts';
import { parseSignature, type SignedRequest } from './sigv4.ts';
import type { World } from './world.ts';

/** AWS General Reference, "Amazon ECR Public endpoints and quotas"; tokens are given out by the first one alone. */
const ENDPOINT_REGIONS: readonly string[] = ['us-east-1', 'us-west-2'];
const TOKEN_REGION = 'us-east-1';

/**
 * Whether the region that a request is signed for has an ECR Public at all. Elsewhere there is no such host ("Could not
 * connect to the endpoint URL", aws-cli#5917): here the connection is reset, which is as near as a server comes to
 * that. What AWS says to a request that is sent to a host of another region than it is signed for was not found out.
 */
export function hasPublicEndpoint(request: SignedRequest): boolean {
  const region = parseSignature(request.headers.authorization)?.region;
  return region === undefined || ENDPOINT_REGIONS.includes(region);
}

/** Runs an operation of ECR Public; the simulator knows GetAuthorizationToken. */
export async function carryOutPublic(
  world: World,
  caller: Caller,
  region: string,
  name: string,
  params: Input,
): Promise<CallResult> {
  if (name !== 'GetAuthorizationToken') {
    throw new AwsError(
      'UnknownOperationException',
      `the simulator has no operation ${name} of ECR Public: see test/lab/aws/README.md`,
    );
  }
  const { accountId } = caller;
  const resources = [{ arn: '*', accountId }];
  const call = { accountId, region, caller, resources, params };
  return carryOut(world, { ...call, action: 'ecr-public:GetAuthorizationToken' }, async () => {
    // As in codeship-library/aws-utilities#117; the API reference lists the name.
    if (region !== TOKEN_REGION) {
      const message = `${name} command is only supported in ${TOKEN_REGION}.`;
      throw new AwsError('UnsupportedCommandException', message);
    }
    await requestBearerToken(world, { ...call, action: 'sts:GetServiceBearerToken' });
    return tokenData(world, caller, region);
  });
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
