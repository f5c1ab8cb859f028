import {
  DeleteRegistryPolicyCommand,
  DeleteSigningConfigurationCommand,
  DescribeRegistryCommand,
  GetRegistryPolicyCommand,
  GetRegistryScanningConfigurationCommand,
  GetSigningConfigurationCommand,
  PutRegistryPolicyCommand,
  PutRegistryScanningConfigurationCommand,
  PutReplicationConfigurationCommand,
  PutSigningConfigurationCommand,
} from '@aws-sdk/client-ecr';
import type { RegistrySettingsApi, ReplicationRule, SigningRule } from './registry-settings-api.ts';
import { ALL, type SdkCalls } from './sdk-calls.ts';

type RuleCalls = Pick<
  RegistrySettingsApi,
  | 'replication'
  | 'putReplication'
  | 'scanning'
  | 'putScanning'
  | 'policy'
  | 'putPolicy'
  | 'deletePolicy'
  | 'signing'
  | 'putSigning'
  | 'deleteSigning'
>;

/** The calls on replication, scanning, policy and signing of a registry. */
export function registryRuleCalls(calls: SdkCalls): RuleCalls {
  return {
    ...replicationCalls(calls),
    ...scanningCalls(calls),
    ...policyCalls(calls),
    ...signingCalls(calls),
  };
}

function replicationCalls({ client, call }: SdkCalls): Pick<RuleCalls, 'replication' | 'putReplication'> {
  return {
    replication: () =>
      call('DescribeRegistry', ALL, async () => {
        const { replicationConfiguration } = await client.send(new DescribeRegistryCommand({}));
        return (replicationConfiguration?.rules ?? []).map(
          ({ destinations = [], repositoryFilters = [] }): ReplicationRule => ({
            destinations: destinations.map(({ region = '', registryId = '' }) => ({
              region,
              accountId: registryId,
            })),
            filters: valuesOf(repositoryFilters),
          }),
        );
      }),

    putReplication: async (rules) => {
      const input = rules.map(({ destinations, filters }) => ({
        destinations: destinations.map(({ region, accountId }) => ({ region, registryId: accountId })),
        ...(filters.length === 0
          ? {}
          : {
              repositoryFilters: filters.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' as const })),
            }),
      }));
      await call('PutReplicationConfiguration', ALL, () =>
        client.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: input } })),
      );
    },
  };
}

function scanningCalls({ client, call }: SdkCalls): Pick<RuleCalls, 'scanning' | 'putScanning'> {
  return {
    scanning: () =>
      call('GetRegistryScanningConfiguration', ALL, async () => {
        const answer = await client.send(new GetRegistryScanningConfigurationCommand({}));
        const { scanType = 'BASIC', rules = [] } = answer.scanningConfiguration ?? {};
        return {
          scanType,
          rules: rules.map(({ scanFrequency = 'MANUAL', repositoryFilters = [] }) => ({
            scanFrequency,
            filters: valuesOf(repositoryFilters),
          })),
        };
      }),

    putScanning: async ({ scanType, rules }) => {
      const input = rules.map(({ scanFrequency, filters }) => ({
        scanFrequency,
        repositoryFilters: filters.map((filter) => ({ filter, filterType: 'WILDCARD' as const })),
      }));
      await call('PutRegistryScanningConfiguration', ALL, () =>
        client.send(new PutRegistryScanningConfigurationCommand({ scanType, rules: input })),
      );
    },
  };
}

const NO_POLICY = ['RegistryPolicyNotFoundException'];

function policyCalls({
  client,
  call,
  find,
}: SdkCalls): Pick<RuleCalls, 'policy' | 'putPolicy' | 'deletePolicy'> {
  return {
    policy: () =>
      find('GetRegistryPolicy', ALL, NO_POLICY, async () => {
        const { policyText } = await client.send(new GetRegistryPolicyCommand({}));
        return policyText;
      }),

    putPolicy: async (policyText) => {
      await call('PutRegistryPolicy', ALL, () => client.send(new PutRegistryPolicyCommand({ policyText })));
    },

    deletePolicy: async () => {
      await find('DeleteRegistryPolicy', ALL, NO_POLICY, () =>
        client.send(new DeleteRegistryPolicyCommand({})),
      );
    },
  };
}

const NO_SIGNING = ['SigningConfigurationNotFoundException'];

function signingCalls({
  client,
  call,
  find,
}: SdkCalls): Pick<RuleCalls, 'signing' | 'putSigning' | 'deleteSigning'> {
  return {
    signing: async () => {
      const answer = await find('GetSigningConfiguration', ALL, NO_SIGNING, () =>
        client.send(new GetSigningConfigurationCommand({})),
      );
      return (answer?.signingConfiguration?.rules ?? []).map(
        ({ signingProfileArn = '', repositoryFilters = [] }): SigningRule => ({
          signingProfileArn,
          filters: valuesOf(repositoryFilters),
        }),
      );
    },

    putSigning: async (rules) => {
      const input = rules.map(({ signingProfileArn, filters }) => ({
        signingProfileArn,
        ...(filters.length === 0
          ? {}
          : {
              repositoryFilters: filters.map((filter) => ({ filter, filterType: 'WILDCARD_MATCH' as const })),
            }),
      }));
      await call('PutSigningConfiguration', ALL, () =>
        client.send(new PutSigningConfigurationCommand({ signingConfiguration: { rules: input } })),
      );
    },

    deleteSigning: async () => {
      await find('DeleteSigningConfiguration', ALL, NO_SIGNING, () =>
        client.send(new DeleteSigningConfigurationCommand({})),
      );
    },
  };
}

function valuesOf(filters: readonly { readonly filter?: string | undefined }[]): string[] {
  return filters.flatMap(({ filter }) => filter ?? []);
}
