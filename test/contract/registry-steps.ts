import { ecr, type Step } from './contract-step.ts';

const ELSEWHERE = { region: 'eu-west-1', registryId: '123456789012' };
const PREFIX = [{ filter: 'prod', filterType: 'PREFIX_MATCH' as const }];

const policyOf = (action: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'replicate',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::210987654321:root' },
        Action: [action],
        Resource: 'arn:aws:ecr:us-east-1:123456789012:repository/*',
      },
    ],
  });

const replicate = (
  name: string,
  ...rules: readonly { readonly destinations: (typeof ELSEWHERE)[] }[]
): Step =>
  ecr(name, (on) => on.putReplicationConfiguration({ replicationConfiguration: { rules: [...rules] } }));

/** What a registry has once, as far as moto knows it. */
export const registrySettings: readonly Step[] = [
  ecr('describe the registry', (on) => on.describeRegistry({})),
  replicate('replicate', { destinations: [ELSEWHERE], ...{ repositoryFilters: PREFIX } }),
  replicate('replicate to itself', { destinations: [{ ...ELSEWHERE, region: 'us-east-1' }] }),
  ecr('describe the replication', (on) => on.describeRegistry({})),
  replicate('replicate by two rules', { destinations: [ELSEWHERE] }, { destinations: [ELSEWHERE] }),
  replicate('stop replicating'),
  ecr('ask how the registry is scanned', (on) => on.getRegistryScanningConfiguration({})),
  ecr('scan the registry', (on) =>
    on.putRegistryScanningConfiguration({
      scanType: 'BASIC',
      rules: [
        {
          scanFrequency: 'SCAN_ON_PUSH',
          repositoryFilters: [{ filter: 'contract/*', filterType: 'WILDCARD' }],
        },
      ],
    }),
  ),
  ecr('see how the registry is scanned', (on) => on.getRegistryScanningConfiguration({})),
  ecr('scan nothing by rule', (on) => on.putRegistryScanningConfiguration({ scanType: 'BASIC', rules: [] })),
  ecr('get no registry policy', (on) => on.getRegistryPolicy({})),
  ecr('delete no registry policy', (on) => on.deleteRegistryPolicy({})),
  ecr('set a registry policy', (on) => on.putRegistryPolicy({ policyText: policyOf('ecr:ReplicateImage') })),
  ecr('set a registry policy of another action', (on) =>
    on.putRegistryPolicy({ policyText: policyOf('ecr:BatchGetImage') }),
  ),
  ecr('set a registry policy that is none', (on) => on.putRegistryPolicy({ policyText: 'nonsense' })),
  ecr('get the registry policy', (on) => on.getRegistryPolicy({})),
  ecr('delete the registry policy', (on) => on.deleteRegistryPolicy({})),
];
