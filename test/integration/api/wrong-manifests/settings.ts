import { many, manyKeys, type WrongManifest, wrong } from './wrong-manifest.ts';

const FILTERS = 'spec.tagMutabilityExclusionFilters';
const filters = (...tagMutabilityExclusionFilters: string[]) => ({ tagMutabilityExclusionFilters });
const tags = (fields: object) => ({ tags: fields });

/** An encryption as a patch. */
export const encryption = (type: string | null, kmsKey: string | null = null) => ({
  encryption: { type, kmsKey },
});

/** Settings that a Repository and a RepositoryClass have in common. */
export const settings = {
  tagMutability: 'IMMUTABLE_WITH_EXCLUSION',
  tagMutabilityExclusionFilters: ['latest', 'dev-*'],
  encryption: { type: 'KMS', kmsKey: 'alias/images' },
  scanOnPush: true,
  tags: { team: 'Überzeugung + 1', 'cost:centre': '' },
};

/** The ways to get them wrong. */
export const wrongSettings: readonly WrongManifest[] = [
  wrong(
    'spec.tagMutability',
    'enum',
    { tagMutability: 'Immutable' },
    'supported values: "MUTABLE", "IMMUTABLE"',
  ),
  wrong(
    'spec',
    'rule',
    { tagMutabilityExclusionFilters: null },
    'list them in tagMutabilityExclusionFilters',
  ),
  wrong('spec', 'rule', { tagMutability: 'IMMUTABLE' }, 'or leave the filters out'),
  wrong('spec', 'rule', { tagMutability: null }, 'or leave the filters out'),
  wrong(FILTERS, 'minItems', filters(), 'at least 1 items'),
  wrong(FILTERS, 'maxItems', filters(...many(6)), 'must have at most 5 items'),
  wrong(FILTERS, 'unique', filters('latest', 'latest'), 'Duplicate value'),
  wrong(`${FILTERS}[]`, 'maxLength', filters('x'.repeat(129)), 'may not be more than 128'),
  wrong(`${FILTERS}[]`, 'rule', filters('^dev-.+$'), 'it is no regular expression'),
  wrong(`${FILTERS}[]`, 'rule', filters(''), 'it is no regular expression'),
  wrong(`${FILTERS}[]`, 'rule', filters('*-*-*'), 'two * at most'),

  wrong('spec.encryption', 'required:type', encryption(null), 'Required value'),
  wrong('spec.encryption', 'rule', encryption('AES256', 'alias/images'), 'AES256 takes no key'),
  wrong('spec.encryption.type', 'enum', encryption('SSE'), 'supported values: "AES256", "KMS", "KMS_DSSE"'),
  wrong('spec.encryption.kmsKey', 'minLength', encryption('KMS', ''), 'at least 1 chars'),
  wrong(
    'spec.encryption.kmsKey',
    'maxLength',
    encryption('KMS', 'x'.repeat(2049)),
    'may not be more than 2048',
  ),

  wrong('spec.tags', 'maxProperties', tags(manyKeys(50)), 'must have at most 49 items'),
  wrong('spec.tags', 'rule', tags({ '': 'x' }), 'has 1 to 128 characters'),
  wrong('spec.tags', 'rule', tags({ ['x'.repeat(129)]: 'x' }), 'has 1 to 128 characters'),
  wrong('spec.tags', 'rule', tags({ 'a;b': 'x' }), 'in the key of a tag'),
  wrong('spec.tags', 'rule', tags({ 'AWS:x': 'x' }), 'belong to AWS'),
  wrong('spec.tags', 'rule', tags({ 'ecr-operator.io/owner': 'x' }), 'belong to the operator'),
  wrong('spec.tags{}', 'maxLength', tags({ team: 'x'.repeat(257) }), 'may not be more than 256'),
  wrong('spec.tags{}', 'rule', tags({ team: 'a;b' }), 'in the value of a tag'),
];
