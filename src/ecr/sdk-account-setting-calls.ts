import {
  DeregisterPullTimeUpdateExclusionCommand,
  GetAccountSettingCommand,
  ListPullTimeUpdateExclusionsCommand,
  PutAccountSettingCommand,
  RegisterPullTimeUpdateExclusionCommand,
} from '@aws-sdk/client-ecr';
import type { AccountSettingName, RegistrySettingsApi } from './registry-settings-api.ts';
import { ALL, paged, type SdkCalls } from './sdk-calls.ts';

type SettingCalls = Pick<
  RegistrySettingsApi,
  'accountSetting' | 'putAccountSetting' | 'exclusions' | 'registerExclusion' | 'deregisterExclusion'
>;

/** What ECR calls them. */
const NAMES: Readonly<Record<AccountSettingName, string>> = {
  registryPolicyScope: 'REGISTRY_POLICY_SCOPE',
  basicScanTypeVersion: 'BASIC_SCAN_TYPE_VERSION',
  blobMounting: 'BLOB_MOUNTING',
};

/** The calls on account settings and on pull-time update exclusions. */
export function accountSettingCalls(calls: SdkCalls): SettingCalls {
  const { client, call } = calls;
  return {
    accountSetting: (name) =>
      call('GetAccountSetting', ALL, async () => {
        const { value } = await client.send(new GetAccountSettingCommand({ name: NAMES[name] }));
        return value;
      }),

    putAccountSetting: async (name, value) => {
      await call('PutAccountSetting', ALL, () =>
        client.send(new PutAccountSettingCommand({ name: NAMES[name], value })),
      );
    },

    ...exclusionCalls(calls),
  };
}

function exclusionCalls({
  client,
  call,
  find,
}: SdkCalls): Pick<SettingCalls, 'exclusions' | 'registerExclusion' | 'deregisterExclusion'> {
  return {
    exclusions: async () => {
      const pages = paged((nextToken) =>
        call('ListPullTimeUpdateExclusions', ALL, async () => {
          const input = { maxResults: 1_000, ...(nextToken ? { nextToken } : {}) };
          const answer = await client.send(new ListPullTimeUpdateExclusionsCommand(input));
          return { items: answer.pullTimeUpdateExclusions ?? [], nextToken: answer.nextToken };
        }),
      );
      const found: string[] = [];
      for await (const page of pages) found.push(...page);
      return found;
    },

    registerExclusion: async (principalArn) => {
      await find('RegisterPullTimeUpdateExclusion', ALL, ['ExclusionAlreadyExistsException'], () =>
        client.send(new RegisterPullTimeUpdateExclusionCommand({ principalArn })),
      );
    },

    deregisterExclusion: async (principalArn) => {
      await find('DeregisterPullTimeUpdateExclusion', ALL, ['ExclusionNotFoundException'], () =>
        client.send(new DeregisterPullTimeUpdateExclusionCommand({ principalArn })),
      );
    },
  };
}
