import type { ImageTagMutability } from '@aws-sdk/client-ecr';
import {
  A,
  arnOf,
  CONTRACT_IDENTITY,
  CONTRACT_ROLE,
  ecr,
  FULL,
  MISSING,
  type Step,
} from './contract-step.ts';
import { images } from './image-steps.ts';
import { lifecycles, policies } from './policy-steps.ts';
import { registrySettings } from './registry-steps.ts';
import { scans } from './scan-steps.ts';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-4333-a444-555555555555';
const FILTERS = [{ filterType: 'WILDCARD' as const, filter: 'dev-*' }];

const repositories: readonly Step[] = [
  ecr('create', (on) => on.createRepository(A)),
  ecr('create with everything', (on) =>
    on.createRepository({
      ...FULL,
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: FILTERS,
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: KEY },
      tags: [{ Key: 'team', Value: 'a' }],
    }),
  ),
  ecr('create with the managed key', (on) =>
    on.createRepository({
      repositoryName: 'contract/kms',
      encryptionConfiguration: { encryptionType: 'KMS' },
    }),
  ),
  ecr('create a taken name', (on) => on.createRepository(A)),
  ecr('create a wrong name', (on) => on.createRepository({ repositoryName: 'Contract' })),
  ecr('create with two dashes', (on) => on.createRepository({ repositoryName: 'contract/a--b' })),
  ecr('create with a wrong mode', (on) =>
    on.createRepository({ ...MISSING, imageTagMutability: 'SOMETIMES' as ImageTagMutability }),
  ),
  ecr('create with exclusion and no filters', (on) =>
    on.createRepository({ ...MISSING, imageTagMutability: 'MUTABLE_WITH_EXCLUSION' }),
  ),
  ecr('create with filters and no exclusion', (on) =>
    on.createRepository({
      ...MISSING,
      imageTagMutability: 'MUTABLE',
      imageTagMutabilityExclusionFilters: FILTERS,
    }),
  ),
  ecr('describe by name', (on) =>
    on.describeRepositories({ repositoryNames: [A.repositoryName, FULL.repositoryName] }),
  ),
  ecr('describe one missing among others', (on) =>
    on.describeRepositories({ repositoryNames: ['contract/a', 'contract/missing'] }),
  ),
  ecr('describe a page of two', (on) => on.describeRepositories({ maxResults: 2 })),
  ecr('describe all, a thousand a page', (on) => on.describeRepositories({ maxResults: 1000 })),
  ecr('describe names and a page size', (on) =>
    on.describeRepositories({ repositoryNames: ['contract/a'], maxResults: 5 }),
  ),
];

const settings: readonly Step[] = [
  ecr('make immutable', (on) => on.putImageTagMutability({ ...FULL, imageTagMutability: 'IMMUTABLE' })),
  ecr('make mutable with exclusion', (on) =>
    on.putImageTagMutability({
      ...FULL,
      imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: FILTERS,
    }),
  ),
  ecr('see the exclusion', (on) => on.describeRepositories({ repositoryNames: [FULL.repositoryName] })),
  ecr('set a wrong mode', (on) =>
    on.putImageTagMutability({ ...FULL, imageTagMutability: 'SOMETIMES' as ImageTagMutability }),
  ),
  ecr('set the mode of a missing one', (on) =>
    on.putImageTagMutability({ ...MISSING, imageTagMutability: 'MUTABLE' }),
  ),
  ecr('stop scanning', (on) =>
    on.putImageScanningConfiguration({ ...FULL, imageScanningConfiguration: { scanOnPush: false } }),
  ),
  ecr('scan a missing one', (on) =>
    on.putImageScanningConfiguration({ ...MISSING, imageScanningConfiguration: {} }),
  ),
];

const resourceArn = arnOf(A.repositoryName);
const tags: readonly Step[] = [
  ecr('tag', (on) =>
    on.tagResource({
      resourceArn,
      tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    }),
  ),
  ecr('tag again', (on) => on.tagResource({ resourceArn, tags: [{ Key: 'a', Value: '3' }] })),
  ecr('untag', (on) => on.untagResource({ resourceArn, tagKeys: ['b', 'absent'] })),
  ecr('list the tags', (on) => on.listTagsForResource({ resourceArn })),
  ecr('list the tags given at creation', (on) =>
    on.listTagsForResource({ resourceArn: arnOf('contract/full') }),
  ),
  ecr('list the tags of a wrong ARN', (on) => on.listTagsForResource({ resourceArn: 'arn:aws:s3:::bucket' })),
  ecr('list the tags of a missing one', (on) =>
    on.listTagsForResource({ resourceArn: arnOf('contract/missing') }),
  ),
  ecr('tag a missing one', (on) => on.tagResource({ resourceArn: arnOf('contract/missing'), tags: [] })),
  ecr('tag with a reserved key', (on) =>
    on.tagResource({ resourceArn, tags: [{ Key: 'aws:a', Value: '' }] }),
  ),
];

const SESSION_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' }],
});

function assumeBy(name: string, Policy: string): Step {
  return {
    name,
    run: ({ sts }) => sts.assumeRole({ RoleArn: CONTRACT_ROLE, RoleSessionName: 'contract', Policy }),
  };
}

const end: readonly Step[] = [
  ecr('ask for a token', (on) => on.getAuthorizationToken({})),
  { name: 'ask who I am', run: ({ sts }) => sts.getCallerIdentity({}) },
  {
    name: 'assume a role',
    run: ({ sts }) => sts.assumeRole({ RoleArn: CONTRACT_ROLE, RoleSessionName: 'contract' }),
  },
  assumeBy('assume a role with a policy', SESSION_POLICY),
  assumeBy('assume a role with a long policy', SESSION_POLICY.padEnd(2049)),
  {
    name: 'assume a role by web identity',
    run: ({ sts }) =>
      sts.assumeRoleWithWebIdentity({
        RoleArn: CONTRACT_ROLE,
        RoleSessionName: 'contract',
        WebIdentityToken: CONTRACT_IDENTITY,
        Policy: SESSION_POLICY,
      }),
  },
  {
    name: 'assume a role by a long name',
    run: ({ sts }) => sts.assumeRole({ RoleArn: CONTRACT_ROLE, RoleSessionName: 'x'.repeat(65) }),
  },
  ecr('delete by force', (on) => on.deleteRepository({ ...A, force: true })),
  ecr('delete a missing repository', (on) => on.deleteRepository(MISSING)),
];

/** The whole script. It expects an account without repositories, and cleans up only what the last steps delete. */
export const CONTRACT_SCRIPT: readonly Step[] = [
  ...repositories,
  ...settings,
  ...policies,
  ...lifecycles,
  ...tags,
  ...images,
  ...scans,
  ...registrySettings,
  ...end,
];
