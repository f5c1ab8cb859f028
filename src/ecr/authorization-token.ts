import { ECRClient } from '@aws-sdk/client-ecr';
import { ECRPUBLICClient } from '@aws-sdk/client-ecr-public';
import type { RegistrySpec } from '../api/registry.generated.ts';
import { clientSettings } from './client-settings.ts';
import type { CredentialProvider } from './credentials.ts';
import type { AuthorizationToken } from './ecr-api.ts';
import { privatePlaceOf, publicPlaceOf } from './partition.ts';
import type { PullScope } from './pull-scope.ts';
import { sdkEcrApi } from './sdk-ecr-api.ts';
import { publicAuthorizationToken } from './sdk-ecr-public-api.ts';
import { type CallWatchers, watchCalls } from './watch-calls.ts';

/** Asks for a token with these keys. Those of a token's session are for this one call, and so is the client. */
export async function authorizationToken(
  spec: RegistrySpec,
  watchers: CallWatchers,
  scope: PullScope,
  credentials: CredentialProvider,
): Promise<AuthorizationToken> {
  const { network } = watchers;
  if (scope.kind === 'Public') {
    const client = new ECRPUBLICClient({ ...clientSettings(spec, 'ecr-public', network), credentials });
    watchCalls(client, { service: 'ecr-public', place: publicPlaceOf(spec) }, watchers);
    return publicAuthorizationToken(client).finally(() => client.destroy());
  }
  const client = new ECRClient({ ...clientSettings(spec, 'ecr', network), credentials });
  watchCalls(client, { service: 'ecr', place: privatePlaceOf(spec) }, watchers);
  return sdkEcrApi(client, spec)
    .getAuthorizationToken()
    .finally(() => client.destroy());
}
