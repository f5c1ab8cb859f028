import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetCallerIdentityCommand,
  type STSClient,
} from '@aws-sdk/client-sts';
import { RetryableError } from '../runtime/errors.ts';
import { awsError } from './aws-errors.ts';
import type { SessionKeys, SessionRequest, StsApi } from './ecr-api.ts';

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

    async assumeRole({ externalId, ...request }) {
      const input = { ...sessionInput(request), ...(externalId ? { ExternalId: externalId } : {}) };
      try {
        return sessionKeys((await client.send(new AssumeRoleCommand(input))).Credentials);
      } catch (error) {
        throw awsError(error, 'sts:AssumeRole', request.roleArn);
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
  return { RoleArn: roleArn, RoleSessionName: sessionName, Policy: policy };
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
