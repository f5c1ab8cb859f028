import { deflateRawSync } from 'node:zlib';
import { AwsError } from '../aws-error.ts';
import type { RoleSettings, SessionRequest } from '../identity.ts';
import { type Input, type Output, optionalString } from '../parameters.ts';
import { parsePolicy } from '../policy-document.ts';
import type { OperationContext, OperationTable } from '../world.ts';

/** Every STS operation that the simulator knows. The Query protocol gives all parameters as strings. */
export const STS_OPERATIONS: OperationTable = {
  GetCallerIdentity: getCallerIdentity,
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
};

const CHAIN_SECONDS = 3600;
const LONGEST_SESSION_POLICY = 2048;
/** AWS publishes no size for the packed policy; with this many deflated bytes at 100 %, ordinary policies come near their real figures. */
const PACKED_BYTES = 1024;

function getCallerIdentity(context: OperationContext): Output {
  const { userId, accountId, arn } = context.caller;
  return { UserId: userId, Account: accountId, Arn: arn };
}

function assumeRole(context: OperationContext, input: Input): Output {
  const { caller, world } = context;
  const roleArn = required(input, 'RoleArn', 20, 2048);
  const role = world.identity.role(roleArn);
  const request = sessionRequest(input, roleArn);
  if (role === undefined || !trusts(role, context, input)) {
    // STS tells nobody whether a role exists.
    throw new AwsError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      403,
    );
  }
  if (caller.sessionEnds !== undefined && request.seconds > CHAIN_SECONDS) {
    throw validation(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  return session(context, role, request);
}

function assumeRoleWithWebIdentity(context: OperationContext, input: Input): Output {
  const roleArn = required(input, 'RoleArn', 20, 2048);
  const token = required(input, 'WebIdentityToken', 4, 20_000);
  const role = context.world.identity.role(roleArn);
  const request = sessionRequest(input, roleArn);
  if (role?.webIdentityToken !== token) {
    throw new AwsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  }
  return { ...session(context, role, request), SubjectFromWebIdentityToken: request.sessionName };
}

function trusts(role: RoleSettings, context: OperationContext, input: Input): boolean {
  const { accountId, arn, principalArn } = context.caller;
  if (role.externalId !== undefined && optionalString(input, 'ExternalId') !== role.externalId) return false;
  return (role.trusts ?? []).some((one) => ['*', accountId, arn, principalArn].includes(one));
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
    PackedPolicySize: request.policy === undefined ? undefined : packedSize(request.policy),
  };
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
  return { roleArn, sessionName, seconds, policy: sessionPolicy(input) };
}

function sessionPolicy(input: Input): string | undefined {
  const policy = optionalString(input, 'Policy');
  if (policy === undefined) return undefined;
  if (policy.length > LONGEST_SESSION_POLICY) {
    throw constraint(
      policy,
      'policy',
      `Member must have length less than or equal to ${LONGEST_SESSION_POLICY}`,
    );
  }
  try {
    parsePolicy(policy);
  } catch {
    throw new AwsError('MalformedPolicyDocument', 'The policy is not in the valid JSON format.');
  }
  if (packedSize(policy) > 100) {
    throw new AwsError(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${packedSize(policy)}% of allotted space, please use smaller policy.`,
    );
  }
  return policy;
}

function packedSize(policy: string): number {
  return Math.ceil((deflateRawSync(policy).length / PACKED_BYTES) * 100);
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
