import type { ECRClient } from '@aws-sdk/client-ecr';
import type { AccountRegion } from './partition.ts';
import type { RegistrySettingsApi } from './registry-settings-api.ts';
import { accountSettingCalls } from './sdk-account-setting-calls.ts';
import { backfillCalls } from './sdk-backfill-calls.ts';
import { ALL, createSdkCalls } from './sdk-calls.ts';
import { registryRuleCalls } from './sdk-registry-rule-calls.ts';

/** The {@link RegistrySettingsApi} on the AWS SDK. SDK names stop here. */
export function sdkRegistrySettingsApi(client: ECRClient, registry: AccountRegion): RegistrySettingsApi {
  const { accountId: registryId } = registry;
  // IAM knows no narrower resource for these calls than all.
  const calls = createSdkCalls({ client, registryId, arnOf: () => ALL, service: 'ecr' });
  return { ...registryRuleCalls(calls), ...accountSettingCalls(calls), ...backfillCalls(calls) };
}
