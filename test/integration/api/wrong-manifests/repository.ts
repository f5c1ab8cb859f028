import { type KindCases, many, manyKeys, wrong, wrongChange } from './wrong-manifest.ts';

const lifecycleDocument = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'keep ten',
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10 },
      action: { type: 'expire' },
    },
  ],
});
const FILTERS = 'spec.tagMutabilityExclusionFilters';
const filters = (...tagMutabilityExclusionFilters: string[]) => ({ tagMutabilityExclusionFilters });
const tags = (fields: object) => ({ tags: fields });
const encryption = (type: string | null, kmsKey: string | null = null) => ({ encryption: { type, kmsKey } });

/** Repository: the complete manifest, and the ways to get it wrong. */
export const repository: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'Repository',
    metadata: { name: 'complete', namespace: 'default' },
    spec: {
      registryRef: { name: 'default' },
      name: 'team-a/web__app-1.0/x',
      tagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      tagMutabilityExclusionFilters: ['latest', 'dev-*'],
      encryption: { type: 'KMS', kmsKey: 'alias/images' },
      scanOnPush: true,
      tags: { team: 'Überzeugung + 1', 'cost:centre': '' },
      lifecycle: { document: lifecycleDocument },
      policy: { document: '\n  {"Version": "2012-10-17", "Statement": []}' },
      adoption: 'IfUnowned',
      deletionPolicy: 'Retain',
      suspend: false,
    },
  },
  wrong: [
    {
      at: '',
      breaks: 'rule',
      name: 'a',
      spec: { name: null },
      says: 'set spec.name, or choose a longer metadata.name',
    },
    wrong('spec.registryRef', 'required:name', { registryRef: { name: null } }, 'Required value'),
    wrongChange('spec.registryRef', {}, { registryRef: { name: 'other' } }, 'registryRef cannot be changed'),
    wrong(
      'spec.registryRef.name',
      'maxLength',
      { registryRef: { name: 'x'.repeat(254) } },
      'may not be more than 253',
    ),
    wrong(
      'spec.registryRef.name',
      'rule',
      { registryRef: { name: 'My_Registry' } },
      'the metadata.name of a Registry',
    ),
    wrong('spec.name', 'minLength', { name: 'a' }, 'at least 2 chars'),
    wrong('spec.name', 'maxLength', { name: 'x'.repeat(257) }, 'may not be more than 256'),
    wrong('spec.name', 'rule', { name: 'team-a/Web:1.0' }, 'write a name such as team-a/web_app'),
    wrongChange('spec', {}, { name: 'other' }, 'name cannot be changed, added or removed'),
    wrongChange('spec', {}, { name: null }, 'name cannot be changed, added or removed'),
    wrongChange('spec', { name: null }, { name: 'complete' }, 'name cannot be changed, added or removed'),

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
    wrongChange('spec.encryption.type', encryption('AES256'), encryption('KMS'), 'put the earlier type back'),
    wrong('spec.encryption.kmsKey', 'minLength', encryption('KMS', ''), 'at least 1 chars'),
    wrong(
      'spec.encryption.kmsKey',
      'maxLength',
      encryption('KMS', 'x'.repeat(2049)),
      'may not be more than 2048',
    ),
    wrongChange(
      'spec.encryption.kmsKey',
      {},
      encryption('KMS', 'alias/other'),
      'put the earlier kmsKey back',
    ),

    wrong('spec.tags', 'maxProperties', tags(manyKeys(50)), 'must have at most 49 items'),
    wrong('spec.tags', 'rule', tags({ '': 'x' }), 'has 1 to 128 characters'),
    wrong('spec.tags', 'rule', tags({ ['x'.repeat(129)]: 'x' }), 'has 1 to 128 characters'),
    wrong('spec.tags', 'rule', tags({ 'a;b': 'x' }), 'in the key of a tag'),
    wrong('spec.tags', 'rule', tags({ 'AWS:x': 'x' }), 'belong to AWS'),
    wrong('spec.tags', 'rule', tags({ 'ecr-operator.io/owner': 'x' }), 'belong to the operator'),
    wrong('spec.tags{}', 'maxLength', tags({ team: 'x'.repeat(257) }), 'may not be more than 256'),
    wrong('spec.tags{}', 'rule', tags({ team: 'a;b' }), 'in the value of a tag'),

    wrong('spec.lifecycle', 'required:document', { lifecycle: { document: null } }, 'Required value'),
    wrong('spec.lifecycle.document', 'minLength', { lifecycle: { document: '{}' } }, 'at least 100 chars'),
    wrong(
      'spec.lifecycle.document',
      'maxLength',
      { lifecycle: { document: `{${' '.repeat(30720)}}` } },
      'may not be more than 30720',
    ),
    wrong(
      'spec.lifecycle.document',
      'rule',
      { lifecycle: { document: `rules:\n- rulePriority: 1\n${' '.repeat(100)}` } },
      'write the policy as JSON text',
    ),
    wrong('spec.policy', 'required:document', { policy: { document: null } }, 'Required value'),
    wrong(
      'spec.policy.document',
      'maxLength',
      { policy: { document: `{${' '.repeat(10240)}}` } },
      'may not be more than 10240',
    ),
    wrong('spec.policy.document', 'rule', { policy: { document: '' } }, 'write the policy as JSON text'),
    wrong(
      'spec.adoption',
      'enum',
      { adoption: 'Always' },
      'supported values: "Never", "IfUnowned", "IfExists", "Only"',
    ),
    wrong(
      'spec.deletionPolicy',
      'enum',
      { deletionPolicy: 'Orphan' },
      'supported values: "Retain", "Delete", "DeleteWithImages"',
    ),
  ],
};
