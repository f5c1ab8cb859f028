import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Grant } from '../../../src/api/shared.generated.ts';
import type { Repository as HeldRepository } from '../../lab/aws/registry-state.ts';
import { lifecycleKeeping, policyFor } from './documents.ts';
import { type EcrLab, type RepositorySettings, startEcrLab } from './ecr-lab.ts';

const NAMESPACE = 'fields';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const ready = async (name: string, settings: RepositorySettings) =>
  lab.settled(await lab.repository(NAMESPACE, name, { registryRef: { name: 'open' }, ...settings }));

interface Field {
  readonly set: RepositorySettings;
  readonly change: RepositorySettings;
  /** What of the repository the field decides over. */
  readonly of: (live: HeldRepository) => unknown;
  readonly first: unknown;
  readonly second: unknown;
  /** Somebody else changes it. */
  readonly drift: (live: HeldRepository) => void;
  /** What is left when it is not declared any more; what was there last unless told. */
  readonly unset?: unknown;
}

const modes = ({ mutability, exclusionFilters }: HeldRepository) => [
  mutability,
  ...exclusionFilters.map(({ filter }) => filter),
];
const setMutable = (live: HeldRepository) =>
  Object.assign(live, { mutability: 'MUTABLE', exclusionFilters: [] });
const rulesOf = ({ lifecycle }: HeldRepository) => JSON.parse(lifecycle?.text ?? '{"rules":[]}').rules;
const statementsOf = ({ policyText }: HeldRepository): readonly Record<string, unknown>[] => {
  const { Statement = [] } = JSON.parse(policyText ?? '{}');
  return [Statement].flat();
};
const grant = (to: Grant['to'], access: Grant['access'] = 'Pull'): RepositorySettings => ({
  grants: [{ name: 'g', to, access }],
});
/** Whom the statement lets in, and to how many actions. */
const letIn = (live: HeldRepository) =>
  statementsOf(live).map(({ Principal, Condition, Action }) => [
    JSON.stringify([Principal, Condition]),
    [Action].flat().length,
  ]);
const dropPolicy = (live: HeldRepository) => Object.assign(live, { policyText: undefined });

function granted(to: Grant['to'], other: Grant['to'], words: string, otherWords: string): Field {
  return {
    set: grant(to),
    change: grant(other),
    of: (live) =>
      letIn(live).map(([who]) => [words, otherWords].filter((word) => String(who).includes(word))),
    first: [[words]],
    second: [[otherWords]],
    drift: dropPolicy,
    unset: [],
  };
}

const lambda = (account: string) => `arn:aws:lambda:us-east-1:${account}:function:*`;

const FIELDS: Readonly<Record<string, Field>> = {
  'tagMutability: IMMUTABLE, MUTABLE': {
    set: { tagMutability: 'IMMUTABLE' },
    change: { tagMutability: 'MUTABLE' },
    of: modes,
    first: ['IMMUTABLE'],
    second: ['MUTABLE'],
    drift: (live) => Object.assign(live, { mutability: 'IMMUTABLE' }),
  },
  'tagMutability: the values with exclusions': {
    set: { tagMutability: 'IMMUTABLE_WITH_EXCLUSION', tagMutabilityExclusionFilters: ['latest'] },
    change: { tagMutability: 'MUTABLE_WITH_EXCLUSION', tagMutabilityExclusionFilters: ['latest'] },
    of: modes,
    first: ['IMMUTABLE_WITH_EXCLUSION', 'latest'],
    second: ['MUTABLE_WITH_EXCLUSION', 'latest'],
    drift: setMutable,
  },
  tagMutabilityExclusionFilters: {
    set: { tagMutability: 'IMMUTABLE_WITH_EXCLUSION', tagMutabilityExclusionFilters: ['latest'] },
    change: { tagMutability: 'IMMUTABLE_WITH_EXCLUSION', tagMutabilityExclusionFilters: ['dev-*', 'v*'] },
    of: modes,
    first: ['IMMUTABLE_WITH_EXCLUSION', 'latest'],
    second: ['IMMUTABLE_WITH_EXCLUSION', 'dev-*', 'v*'],
    drift: setMutable,
  },
  scanOnPush: {
    set: { scanOnPush: false },
    change: { scanOnPush: true },
    of: ({ scanOnPush }) => scanOnPush,
    first: false,
    second: true,
    drift: (live) => Object.assign(live, { scanOnPush: false }),
  },
  tags: {
    set: { tags: { team: 'a' } },
    change: { tags: { team: 'b' } },
    of: ({ tags }) => tags.get('team') ?? 'none',
    first: 'a',
    second: 'b',
    drift: ({ tags }) => tags.set('team', 'theirs'),
    unset: 'none',
  },
  'lifecycle.document': {
    set: { lifecycle: { document: lifecycleKeeping(5) } },
    change: { lifecycle: { document: lifecycleKeeping(7) } },
    of: (live) => rulesOf(live)[0].selection.countNumber,
    first: 5,
    second: 7,
    drift: (live) =>
      Object.assign(live, { lifecycle: { text: lifecycleKeeping(1), lastEvaluatedAt: new Date(0) } }),
  },
  'policy.document': {
    set: { policy: { document: policyFor('111111111111') } },
    change: { policy: { document: policyFor('222222222222') } },
    of: ({ policyText }) => /(1{12}|2{12})/.exec(policyText ?? '')?.[0],
    first: '1'.repeat(12),
    second: '2'.repeat(12),
    drift: dropPolicy,
  },
  'grants[].to.accounts': granted(
    { accounts: ['1'.repeat(12)] },
    { accounts: ['2'.repeat(12)] },
    '1'.repeat(12),
    '2'.repeat(12),
  ),
  'grants[].to.roles': granted(
    { roles: ['arn:aws:iam::111111111111:role/a'] },
    { roles: ['arn:aws:iam::111111111111:role/b'] },
    'role/a"',
    'role/b"',
  ),
  'grants[].to.users': granted(
    { users: ['arn:aws:iam::111111111111:user/a'] },
    { users: ['arn:aws:iam::111111111111:user/b'] },
    'user/a"',
    'user/b"',
  ),
  'grants[].to.organization': granted(
    { organization: 'o-aaaaaaaaaa' },
    { organization: 'o-bbbbbbbbbb' },
    'o-aaaaaaaaaa',
    'o-bbbbbbbbbb',
  ),
  'grants[].to.service, sourceAccounts': granted(
    { service: 'lambda', sourceAccounts: ['111111111111'] },
    { service: 'codebuild', sourceAccounts: ['111111111111'] },
    'lambda.amazonaws.com',
    'codebuild.amazonaws.com',
  ),
  'grants[].to.sourceArns': granted(
    { service: 'lambda', sourceArns: [lambda('111111111111')] },
    { service: 'lambda', sourceArns: [lambda('222222222222')] },
    '111111111111',
    '222222222222',
  ),
  'grants[].access': {
    set: grant({ accounts: ['111111111111'] }, 'Push'),
    change: grant({ accounts: ['111111111111'] }, 'Pull'),
    of: (live) => letIn(live).map(([, actions]) => actions),
    first: [7],
    second: [3],
    drift: dropPolicy,
    unset: [],
  },
};

describe('a field is set, changed, put right after somebody else changed it, and left out again', () => {
  test.each(Object.entries(FIELDS))(
    '%s',
    async (what, { set, change, of, first, second, drift, ...rest }) => {
      const name = `f-${Object.keys(FIELDS).indexOf(what)}`;
      const look = () => of(lab.held(name));
      await ready(name, set);
      expect(look()).toEqual(first);
      const object = await ready(name, change);
      expect(look()).toEqual(second);
      drift(lab.held(name));
      expect(look()).not.toEqual(second);
      await lab.pass(NAMESPACE, name);
      expect(look()).toEqual(second);
      await lab.event(object, 'DriftMended');
      await ready(name, {});
      expect(look()).toEqual('unset' in rest ? rest.unset : second);
    },
  );

  test.each(['AES256', 'KMS', 'KMS_DSSE'] as const)('encryption %s is decided at creation', async (type) => {
    const name = `sealed-${type.toLowerCase().replace('_', '-')}`;
    await ready(name, { encryption: { type } });
    expect(lab.held(name).encryption.encryptionType).toBe(type);
    await ready(name, {});
    expect(lab.held(name).encryption.encryptionType).toBe(type);
    const other = type === 'AES256' ? 'KMS' : 'AES256';
    await lab.settled(
      await lab.repository(NAMESPACE, name, { registryRef: { name: 'open' }, encryption: { type: other } }),
      'EncryptionImmutable',
    );
  });
});
