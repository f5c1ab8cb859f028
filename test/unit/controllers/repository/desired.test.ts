import { describe, expect, test } from '@jest/globals';
import type { RepositorySpec } from '../../../../src/api/repository.generated.ts';
import type { RepositoryClass } from '../../../../src/api/repository-class.generated.ts';
import {
  declaredHash,
  desiredRepository,
  repositoryName,
} from '../../../../src/controllers/repository/desired.ts';
import { repository, repositoryClass, thrownBy } from '../objects.ts';

const IN = { cluster: 'prod', partition: 'aws' };
const OWNER = 'ecr-operator.io/owner';

describe('the declaration of a Repository', () => {
  test('that says nothing is a name, an owner and the default adoption', () => {
    expect(desiredRepository(repository(), IN)).toEqual({
      name: 'web',
      owner: 'prod/team/web',
      tags: { [OWNER]: 'prod/team/web' },
      adoption: 'IfUnowned',
    });
  });

  test('that says everything is taken over whole', () => {
    const spec = {
      name: 'team/web',
      tags: { cost: '42' },
      tagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      tagMutabilityExclusionFilters: ['latest', 'dev-*'],
      scanOnPush: false,
      encryption: { type: 'KMS', kmsKey: 'alias/ecr' },
      lifecycle: { document: '{"rules":[]}' },
      policy: { document: '{"Statement":[]}' },
      adoption: 'Only',
    } as const;
    expect(desiredRepository(repository(spec), IN)).toEqual({
      name: 'team/web',
      owner: 'prod/team/web',
      tags: { cost: '42', [OWNER]: 'prod/team/web' },
      tagMutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['latest', 'dev-*'] },
      scanOnPush: false,
      encryption: { type: 'KMS', kmsKey: 'alias/ecr' },
      lifecycle: '{"rules":[]}',
      policy: { document: '{"Statement":[]}', force: false },
      adoption: 'Only',
    });
  });

  test('cannot name another owner by a tag', () => {
    expect(desiredRepository(repository({ tags: { [OWNER]: 'theirs' } }), IN).tags).toEqual({
      [OWNER]: 'prod/team/web',
    });
  });

  test.each([
    ['lifecycle', 'spec.lifecycle.document'],
    ['policy', 'spec.policy.document'],
  ] as const)('is refused when the document of %s is no JSON object', (member, field) => {
    expect(thrownBy(() => desiredRepository(repository({ [member]: { document: '[]' } }), IN))).toEqual([
      'TerminalError',
      'InvalidDocument',
      `${field} must be one JSON object, in braces`,
    ]);
  });

  test('has the name of the object unless it says another', () => {
    expect([repositoryName(repository()), repositoryName(repository({ name: 'a/b' }))]).toEqual([
      'web',
      'a/b',
    ]);
  });
});

describe('the hash of what is declared', () => {
  const FULL_SPEC = { tags: { a: '1', b: '2' }, scanOnPush: true, tagMutability: 'MUTABLE' } as const;
  const hash = (spec: Partial<RepositorySpec>, of?: RepositoryClass) =>
    declaredHash(desiredRepository(repository(spec), { ...IN, class: of }));

  test.each<[string, Partial<RepositorySpec>]>([
    ['the order of tags', { tags: { b: '2', a: '1' } }],
    ['the way of adoption', { adoption: 'Never' }],
    ['an encryption, which is never changed', { encryption: { type: 'KMS' } }],
    ['grants, of which there are none', { grants: [] }],
  ])('is the same whatever %s', (_what, more) => {
    expect(hash({ ...FULL_SPEC, ...more })).toBe(hash(FULL_SPEC));
  });

  test.each<[string, Partial<RepositorySpec>]>([
    ['a tag', { tags: { a: '1', b: '3' } }],
    ['the mutability', { tagMutability: 'IMMUTABLE' }],
    ['scanning', { scanOnPush: false }],
    ['the lifecycle', { lifecycle: { rules: [] } }],
    ['a grant', { grants: [{ name: 'a', access: 'Pull', to: { accounts: ['111122223333'] } }] }],
    ['the policy', { policy: { document: '{}' } }],
  ])('is another with %s', (_what, more) => {
    expect(hash({ ...FULL_SPEC, ...more })).not.toBe(hash(FULL_SPEC));
  });

  test('is another when the class says otherwise', () => {
    expect(hash({}, repositoryClass('standard', { scanOnPush: true }))).not.toBe(hash({}));
  });
});
