import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { authenticate } from './authentication.ts';
import { AwsError } from './aws-error.ts';
import { accountOf } from './aws-names.ts';
import { bareCaller, type Caller, markedCaller } from './callers.ts';
import { type Call, type CallResult, carryOut } from './carry-out.ts';
import { ecrCall } from './ecr-call.ts';
import { jsonAnswer, jsonError, parseJsonRequest, parseTarget, type WireAnswer } from './ecr-protocol.ts';
import { carryOutPublic, hasPublicEndpoint } from './ecr-public-call.ts';
import { dropConnection, readBody } from './http-listener.ts';
import { STS_OPERATIONS } from './operations/sts-operations.ts';
import type { Input, Output } from './parameters.ts';
import type { SignedRequest } from './sigv4.ts';
import { parseQueryRequest, xmlAnswer, xmlError } from './sts-protocol.ts';
import type { World } from './world.ts';

/** Answers ECR, ECR Public (AWS JSON 1.1) and STS (Query) on one address, told apart by `X-Amz-Target`. */
export function awsEndpoint(world: World): (request: IncomingMessage, response: ServerResponse) => void {
  return (incoming, response) => {
    answerRequest(world, incoming, response).catch((error: unknown) => {
      // The client went away in the middle, or the simulator has a fault of its own: either way nobody can be told
      // better.
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
}

async function answerRequest(
  world: World,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'POST', url = '/', headers } = incoming;
  const request: SignedRequest = { method, url, headers, body: await readBody(incoming) };
  if (world.pace.latencyMs > 0) await delay(world.pace.latencyMs);
  const target = incoming.headers['x-amz-target'];
  const result =
    target === undefined ? await answerSts(world, request) : await answerJson(world, request, String(target));
  if (result === 'reset' || result === 'never') {
    dropConnection(response, result);
    return;
  }
  response.writeHead(result.status, result.headers).end(result.body);
}

async function answerJson(
  world: World,
  request: SignedRequest,
  target: string,
): Promise<WireAnswer | 'reset' | 'never'> {
  const { service, name } = parseTarget(target);
  try {
    if (service === 'ecr-public' && !hasPublicEndpoint(request)) return 'reset';
    const { caller, region } = authenticate(request, service, world.identity, world.clock);
    const params = parseJsonRequest(request.body);
    if (service === 'ecr-public') {
      return wire(await carryOutPublic(world, caller, region, name, params), jsonAnswer, jsonError);
    }
    const { call, work } = ecrCall(world, caller, region, name, params);
    return wire(await carryOut(world, call, work), jsonAnswer, jsonError);
  } catch (error) {
    if (error instanceof AwsError) return jsonError(error);
    throw error;
  }
}

async function answerSts(world: World, request: SignedRequest): Promise<WireAnswer | 'reset' | 'never'> {
  const { operation: name, params } = parseQueryRequest(request.body);
  try {
    const operation = STS_OPERATIONS[name];
    if (operation === undefined) {
      throw new AwsError('InvalidAction', `Could not find operation ${name} for version 2011-06-15`);
    }
    const { caller, region } =
      name === 'AssumeRoleWithWebIdentity'
        ? { caller: markedCaller(anonymous(params), request.headers['user-agent']), region: 'us-east-1' }
        : authenticate(request, 'sts', world.identity, world.clock);
    const registry = world.registry(caller.accountId, region);
    const result = await carryOut(world, stsCall(caller, region, name, params), () =>
      operation({ world, caller, region, registry }, params),
    );
    return wire(result, (output) => xmlAnswer(name, output), xmlError);
  } catch (error) {
    if (error instanceof AwsError) return xmlError(error);
    throw error;
  }
}

function stsCall(caller: Caller, region: string, name: string, params: Input): Call {
  const { RoleArn: roleArn, ExternalId: externalId } = params;
  const context: Record<string, string> =
    typeof externalId === 'string' ? { 'sts:ExternalId': externalId } : {};
  return {
    action: `sts:${name}`,
    accountId: caller.accountId,
    region,
    caller,
    // Who may assume a role is the role's own business too; the account of the resource is left out of the judgement
    // here.
    resources: [{ arn: typeof roleArn === 'string' ? roleArn : '*', accountId: caller.accountId, context }],
    params,
    unguarded: name !== 'AssumeRole',
  };
}

/** AssumeRoleWithWebIdentity is not signed: the token is all there is. */
function anonymous(params: Input): Caller {
  const { RoleArn: roleArn } = params;
  const accountId =
    typeof roleArn === 'string' && roleArn.split(':').length > 5 ? accountOf(roleArn) : '000000000000';
  return bareCaller(accountId, 'anonymous', 'anonymous');
}

function wire(
  result: CallResult,
  success: (output: Output) => WireAnswer,
  failure: (error: AwsError) => WireAnswer,
): WireAnswer | 'reset' | 'never' {
  if (result.kind === 'answer') return success(result.output);
  return result.kind === 'error' ? failure(result.error) : result.kind;
}
