import { describe, expect, test } from '@jest/globals';
import type { RepositorySpec } from '../../../../src/api/repository.generated.ts';
import type { RepositoryClassSpec } from '../../../../src/api/repository-class.generated.ts';
import type { Grant } from '../../../../src/api/shared.generated.ts';
import { effectiveSpec } from '../../../../src/controllers/repository/effective.ts';
import { repository, repositoryClass } from '../objects.ts';

const grant = (name: string, account = '111122223333'): Grant => ({
  name,
  access: 'Pull',
  to: { accounts: [account] },
});
const effective = (spec: Partial<RepositorySpec>, of?: RepositoryClassSpec) =>
  effectiveSpec(repository(spec), of && repositoryClass('standard', of));
const DOCUMENT = { document: '{}' };

describe('what is in effect of a Repository and its class', () => {
  test.each<[string, Partial<RepositorySpec>, RepositoryClassSpec | undefined, object]>([
    ['nothing of either', {}, {}, {}],
    ['without a class the Repository’s own', { scanOnPush: true }, undefined, { scanOnPush: true }],
    ['what the class says where the Repository says nothing', {}, { scanOnPush: true }, { scanOnPush: true }],
    [
      'the Repository’s own where both say it',
      { scanOnPush: false },
      { scanOnPush: true },
      { scanOnPush: false },
    ],
    [
      'the Repository’s mutability, without the exceptions that the class has',
      { tagMutability: 'IMMUTABLE' },
      { tagMutability: 'MUTABLE_WITH_EXCLUSION', tagMutabilityExclusionFilters: ['a'] },
      { tagMutability: 'IMMUTABLE' },
    ],
    [
      'the class’s mutability with its exceptions',
      {},
      { tagMutability: 'MUTABLE_WITH_EXCLUSION', tagMutabilityExclusionFilters: ['a'] },
      { tagMutability: 'MUTABLE_WITH_EXCLUSION', tagMutabilityExclusionFilters: ['a'] },
    ],
    [
      'tags of both, by key',
      { tags: { a: 'own', b: 'own' } },
      { tags: { b: 'class', c: 'class' } },
      { tags: { a: 'own', b: 'own', c: 'class' } },
    ],
    [
      'the lifecycle of one of them, whole',
      { lifecycle: { rules: [] } },
      { lifecycle: DOCUMENT },
      { lifecycle: { rules: [] } },
    ],
    [
      'grants of both, by name',
      { grants: [grant('a', '999999999999')] },
      { grants: [grant('a'), grant('b')] },
      { grants: [grant('b'), grant('a', '999999999999')] },
    ],
    [
      'the grants of the class beside an empty list',
      { grants: [] },
      { grants: [grant('a')] },
      { grants: [grant('a')] },
    ],
    [
      'no grants beside a policy document',
      { policy: DOCUMENT },
      { grants: [grant('a')] },
      { policy: DOCUMENT },
    ],
    ['an empty list of grants', { grants: [] }, {}, { grants: [] }],
  ])('%s', (_what, spec, of, expected) => {
    expect(effective(spec, of)).toEqual({ encryptionAtCreation: false, ...expected });
  });

  test('the encryption of a class is for what is made from now on, that of a Repository for good', () => {
    const encryption = { type: 'KMS' } as const;
    expect(effective({}, { encryption })).toEqual({ encryption, encryptionAtCreation: true });
    expect(effective({ encryption }, { encryption: { type: 'AES256' } })).toEqual({
      encryption,
      encryptionAtCreation: false,
    });
  });
});
