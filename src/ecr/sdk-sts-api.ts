import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  type STSClient,
} from '@aws-sdk/client-sts';
import { RetryableError, TerminalError } from '../runtime/errors.ts';
import { awsError } from './aws-errors.ts';
import type { RoleRequest, SessionKeys, SessionRequest, StsApi } from './ecr-api.ts';

/** The {@link StsApi} on the AWS SDK. SDK names stop here. */
export function sdkStsApi(client: STSClient): StsApi {
  return {
    async getCallerIdentity() {
      try {
        const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
        return { accountId: Account, arn: Arn };
      } catch (error) {
        throw awsError(error, 'sts:GetCallerIdentity', '*');
      }
    },

    async assumeRole(request) {
      try {
        return sessionKeys((await client.send(new AssumeRoleCommand(roleInput(request)))).Credentials);
      } catch (error) {
        throw tagsTooLarge(error, request) ?? awsError(error, 'sts:AssumeRole', request.roleArn);
      }
    },

    async assumeRoleWithWebIdentity({ token, ...request }) {
      const input = { ...sessionInput(request), WebIdentityToken: token };
      try {
        return sessionKeys((await client.send(new AssumeRoleWithWebIdentityCommand(input))).Credentials);
      } catch (error) {
        throw awsError(without(token, error), 'sts:AssumeRoleWithWebIdentity', request.roleArn);
      }
    },
  };
}

function sessionInput({ roleArn, sessionName, policy }: SessionRequest) {
  return { RoleArn: roleArn, RoleSessionName: sessionName, ...(policy ? { Policy: policy } : {}) };
}

function roleInput({ externalId, tags, transitiveTagKeys, ...session }: RoleRequest): AssumeRoleCommandInput {
  return {
    ...sessionInput(session),
    ...(externalId ? { ExternalId: externalId } : {}),
    ...(tags ? { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } : {}),
    ...(transitiveTagKeys ? { TransitiveTagKeys: [...transitiveTagKeys] } : {}),
  };
}

/** The tags and the policy of a session share one space, of which STS does not say how much it has. */
function tagsTooLarge(error: unknown, { roleArn, tags, policy }: RoleRequest): TerminalError | undefined {
  if (!tags || !(error instanceof Error) || !/^PackedPolicyTooLarge/.test(error.name)) return undefined;
  if (policy) {
    error.message += ' (the session tags of the Registry take part of that space)';
    return undefined;
  }
  return new TerminalError(
    'SessionTagsTooLarge',
    `sts:AssumeRole on ${roleArn}: ${error.name}: ${error.message}; use fewer or shorter credentials.sessionTags`,
    { cause: error },
  );
}

function sessionKeys(credentials: Credentials | undefined): SessionKeys {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
    throw new RetryableError('TokenUnusable', 'the answer of STS holds no session with an end');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/** STS quotes a parameter that it finds malformed. */
function without(secret: string, error: unknown): unknown {
  if (error instanceof Error) error.message = error.message.replaceAll(secret, '(the token)');
  return error;
}
