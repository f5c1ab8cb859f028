import { AwsError } from '../aws-error.ts';
import type { SessionRequest } from '../callers.ts';
import type { RoleSettings } from '../identity.ts';
import { type Input, type Output, optionalString } from '../parameters.ts';
import { isObject } from '../policy-document.ts';
import { checkPackedSize, checkSessionPolicy, packedSize } from '../session-policy.ts';
import { sessionTags } from '../session-tags.ts';
import type { OperationContext, OperationTable, World } from '../world.ts';

/** Every STS operation that the simulator knows. The Query protocol gives all parameters as strings. */
export const STS_OPERATIONS: OperationTable = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
};

const CHAIN_SECONDS = 3600;
/**
 * The API reference says so of both operations, the service model of AssumeRoleWithWebIdentity alone: the error's form
 * for AssumeRole is taken from there.
 */
const LONGEST_SESSION_POLICY = 2048;

function getCallerIdentity(context: OperationContext): Output {
  const { userId, accountId, arn } = context.caller;
  return { UserId: userId, Account: accountId, Arn: arn };
}

function assumeRole(context: OperationContext, input: Input): Output {
  const { caller, world } = context;
  const roleArn = required(input, 'RoleArn', 20, 2048);
  const role = world.identity.role(roleArn);
  const plain = sessionRequest(input, roleArn);
  if (role === undefined || !trusts(role, context, input)) {
    // STS tells nobody whether a role exists.
    throw new AwsError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      403,
    );
  }
  if (caller.sessionEnds !== undefined && plain.seconds > CHAIN_SECONDS) {
    throw validation(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  const tags = sessionTags(input, caller, roleArn);
  checkPackedSize(plain.policy ?? '', tags.values);
  return session(context, role, { ...plain, tags });
}

function assumeRoleWithWebIdentity(context: OperationContext, input: Input): Output {
  const roleArn = required(input, 'RoleArn', 20, 2048);
  const token = required(input, 'WebIdentityToken', 4, 20_000);
  const role = context.world.identity.role(roleArn);
  const request = sessionRequest(input, roleArn);
  checkWebIdentity(context.world, token);
  if (role?.webIdentityToken !== token) {
    throw new AwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  }
  checkPackedSize(request.policy ?? '');
  return { ...session(context, role, request), SubjectFromWebIdentityToken: request.sessionName };
}

/** A token that no role has is one of a provider that the account does not know; the words are AWS's. */
function checkWebIdentity(world: World, token: string): void {
  const known = world.identity.roles().find((role) => role.webIdentityToken === token);
  if (known === undefined) throw new AwsError('InvalidIdentityToken', unknownIdentity(token));
  const [now, end] = [world.clock.now(), known.webIdentityExpiresAt];
  if (end === undefined || now < end) return;
  // As in aws-sdk-java-v2#5709.
  const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
  throw new AwsError(
    'ExpiredTokenException',
    `Token expired: current date/time ${seconds(now)} must be before the expiration date/time ${seconds(end)}`,
  );
}

/** The second one as in configure-aws-credentials#721. */
function unknownIdentity(token: string): string {
  const issuer = issuerOf(token);
  return issuer === undefined
    ? 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
    : `No OpenIDConnect provider found in your account for ${issuer}`;
}

function issuerOf(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return isObject(claims) && typeof claims['iss'] === 'string' ? claims['iss'] : undefined;
  } catch {
    return undefined;
  }
}

function trusts(role: RoleSettings, context: OperationContext, input: Input): boolean {
  const { accountId, arn, principalArn } = context.caller;
  if (role.externalId !== undefined && optionalString(input, 'ExternalId') !== role.externalId) return false;
  const names = ['*', accountId, `arn:${arn.split(':')[1]}:iam::${accountId}:root`, arn, principalArn];
  return (role.trusts ?? []).some((one) => names.includes(one));
}

function session(context: OperationContext, role: RoleSettings, request: SessionRequest): Output {
  if (request.seconds > (role.maxSessionSeconds ?? CHAIN_SECONDS)) {
    throw validation('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const { caller, accessKeyId, secretAccessKey, sessionToken, expiration } =
    context.world.identity.issueSession(request);
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    },
    AssumedRoleUser: { AssumedRoleId: caller.userId, Arn: caller.arn },
    PackedPolicySize: packedOf(request),
  };
}

/** Absent where there is nothing to pack. */
function packedOf({ policy, tags }: SessionRequest): number | undefined {
  const values = tags?.values ?? {};
  if (policy === undefined && Object.keys(values).length === 0) return undefined;
  return packedSize(policy ?? '', values);
}

function sessionRequest(input: Input, roleArn: string): SessionRequest {
  const sessionName = required(input, 'RoleSessionName', 2, 64);
  if (!/^[\w+=,.@-]+$/.test(sessionName)) {
    throw constraint(
      sessionName,
      'roleSessionName',
      'Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    );
  }
  const duration = optionalString(input, 'DurationSeconds') ?? '3600';
  const seconds = Number(duration);
  if (seconds < 900)
    throw constraint(duration, 'durationSeconds', 'Member must have value greater than or equal to 900');
  if (seconds > 43_200) {
    throw constraint(duration, 'durationSeconds', 'Member must have value less than or equal to 43200');
  }
  return { roleArn, sessionName, seconds, policy: sessionPolicy(input, roleArn) };
}

function sessionPolicy(input: Input, roleArn: string): string | undefined {
  const policy = optionalString(input, 'Policy');
  if (policy === undefined) return undefined;
  if (policy.length > LONGEST_SESSION_POLICY) {
    throw constraint(
      policy,
      'policy',
      `Member must have length less than or equal to ${LONGEST_SESSION_POLICY}`,
    );
  }
  checkSessionPolicy(policy, roleArn);
  return policy;
}

function required(input: Input, name: string, min: number, max: number): string {
  const value = optionalString(input, name);
  const parameter = name.charAt(0).toLowerCase() + name.slice(1);
  if (value === undefined) {
    throw validation(
      `1 validation error detected: Value null at '${parameter}' failed to satisfy constraint: Member must not be null`,
    );
  }
  if (value.length < min)
    throw constraint(value, parameter, `Member must have length greater than or equal to ${min}`);
  if (value.length > max)
    throw constraint(value, parameter, `Member must have length less than or equal to ${max}`);
  return value;
}

function constraint(value: string, parameter: string, text: string): AwsError {
  return validation(
    `1 validation error detected: Value '${value}' at '${parameter}' failed to satisfy constraint: ${text}`,
  );
}

function validation(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
