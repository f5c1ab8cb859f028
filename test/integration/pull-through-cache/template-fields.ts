import type { CreationTemplate } from '../../lab/aws/cache-state.ts';
import { lifecycleKeeping, policyFor } from '../repository/documents.ts';
import type { TemplateSpec } from './prefix-lab.ts';

/** What a template that tags or has a key of its own is made with. */
export const ROLE = 'arn:aws:iam::123456789012:role/templates';
/** The ARN of a key. */
export const KEY = (name: string) => `arn:aws:kms:us-east-1:123456789012:key/${name}`;
const rule = (countNumber: number) => ({
  lifecycle: {
    rules: [
      {
        priority: 1,
        tagStatus: 'untagged',
        countType: 'imageCountMoreThan',
        countNumber,
        action: 'expire',
      } as const,
    ],
  },
});
const kept = ({ lifecyclePolicy }: CreationTemplate) =>
  lifecyclePolicy && JSON.parse(lifecyclePolicy).rules[0].selection.countNumber;
const accounts = ({ repositoryPolicy = '' }: CreationTemplate) => /(1{12}|2{12})/.exec(repositoryPolicy)?.[0];
const grant = (account: string): TemplateSpec => ({
  grants: [{ name: 'g', access: 'Pull', to: { accounts: [account] } }],
});

/** A field of a template, set once and changed once. */
export interface Field {
  readonly set: TemplateSpec;
  readonly change: TemplateSpec;
  readonly of: (live: CreationTemplate) => unknown;
  readonly first: unknown;
  readonly second: unknown;
  /** What a template has that does not declare it. */
  readonly cleared: unknown;
  /** Somebody else changes it. */
  readonly drift: Partial<CreationTemplate>;
}

/** Every field that is compared, by its name in the spec. */
export const FIELDS: Readonly<Record<string, Field>> = {
  description: {
    set: { description: 'one' },
    change: { description: 'two' },
    of: ({ description }) => description,
    first: 'one',
    second: 'two',
    cleared: undefined,
    drift: { description: 'theirs' },
  },
  appliedFor: {
    set: { appliedFor: ['CREATE_ON_PUSH'] },
    change: { appliedFor: ['REPLICATION', 'CREATE_ON_PUSH'] },
    of: ({ appliedFor }) => [...appliedFor].sort(),
    first: ['CREATE_ON_PUSH'],
    second: ['CREATE_ON_PUSH', 'REPLICATION'],
    cleared: ['PULL_THROUGH_CACHE'],
    drift: { appliedFor: ['PULL_THROUGH_CACHE'] },
  },
  tagMutability: {
    set: { tagMutability: 'IMMUTABLE' },
    change: { tagMutability: 'IMMUTABLE_WITH_EXCLUSION', tagMutabilityExclusionFilters: ['latest'] },
    of: ({ imageTagMutability, imageTagMutabilityExclusionFilters: filters }) =>
      [imageTagMutability, ...filters.map(({ filter }) => filter)].join(' '),
    first: 'IMMUTABLE',
    second: 'IMMUTABLE_WITH_EXCLUSION latest',
    cleared: 'MUTABLE',
    drift: { imageTagMutability: 'MUTABLE', imageTagMutabilityExclusionFilters: [] },
  },
  encryption: {
    set: { encryption: { type: 'KMS', kmsKey: KEY('a') }, customRoleArn: ROLE },
    change: { encryption: { type: 'KMS' }, customRoleArn: ROLE },
    of: ({ encryptionType, kmsKey }) => [encryptionType, kmsKey],
    first: ['KMS', KEY('a')],
    second: ['KMS', undefined],
    cleared: ['AES256', undefined],
    drift: { encryptionType: 'AES256' },
  },
  'encryption.kmsKey': {
    set: { encryption: { type: 'KMS_DSSE', kmsKey: KEY('a') }, customRoleArn: ROLE },
    change: { encryption: { type: 'KMS_DSSE', kmsKey: KEY('b') }, customRoleArn: ROLE },
    of: ({ encryptionType, kmsKey }) => [encryptionType, kmsKey],
    first: ['KMS_DSSE', KEY('a')],
    second: ['KMS_DSSE', KEY('b')],
    cleared: ['AES256', undefined],
    drift: { kmsKey: KEY('c') },
  },
  tags: {
    set: { tags: { team: 'a', stays: 'x' }, customRoleArn: ROLE },
    change: { tags: { team: 'b' }, customRoleArn: ROLE },
    of: ({ resourceTags }) => Object.fromEntries(resourceTags),
    first: { team: 'a', stays: 'x' },
    second: { team: 'b' },
    cleared: {},
    drift: { resourceTags: new Map([['team', 'theirs']]) },
  },
  'lifecycle.rules': {
    set: rule(5),
    change: rule(7),
    of: kept,
    first: 5,
    second: 7,
    cleared: undefined,
    drift: { lifecyclePolicy: undefined },
  },
  'lifecycle.document': {
    set: { lifecycle: { document: lifecycleKeeping(5) } },
    change: { lifecycle: { document: lifecycleKeeping(7) } },
    of: kept,
    first: 5,
    second: 7,
    cleared: undefined,
    drift: { lifecyclePolicy: lifecycleKeeping(1) },
  },
  'policy.document': {
    set: { policy: { document: policyFor('1'.repeat(12)) } },
    change: { policy: { document: policyFor('2'.repeat(12)) } },
    of: accounts,
    first: '1'.repeat(12),
    second: '2'.repeat(12),
    cleared: undefined,
    drift: { repositoryPolicy: undefined },
  },
  grants: {
    set: grant('1'.repeat(12)),
    change: grant('2'.repeat(12)),
    of: accounts,
    first: '1'.repeat(12),
    second: '2'.repeat(12),
    cleared: undefined,
    drift: { repositoryPolicy: policyFor('1'.repeat(12)) },
  },
  customRoleArn: {
    set: { customRoleArn: ROLE },
    change: { customRoleArn: `${ROLE}-2` },
    of: ({ customRoleArn }) => customRoleArn,
    first: ROLE,
    second: `${ROLE}-2`,
    cleared: undefined,
    drift: { customRoleArn: ROLE },
  },
};
