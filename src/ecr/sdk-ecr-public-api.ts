import { type ECRPUBLICClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr-public';
import { awsError } from './aws-errors.ts';
import type { AuthorizationToken } from './ecr-api.ts';
import { authorizationToken } from './sdk-shapes.ts';

/** A token of ECR Public; one API call, failures are thrown classified (see aws-errors.ts). */
export async function publicAuthorizationToken(client: ECRPUBLICClient): Promise<AuthorizationToken> {
  try {
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
    return authorizationToken(authorizationData);
  } catch (error) {
    throw awsError(error, 'ecr-public:GetAuthorizationToken', '*');
  }
}
