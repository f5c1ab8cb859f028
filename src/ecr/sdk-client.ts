import type { STSClient } from '@aws-sdk/client-sts';

/** What all clients of the SDK have of it. */
export interface SdkClient {
  readonly middlewareStack: Pick<STSClient['middlewareStack'], 'add'>;
}
