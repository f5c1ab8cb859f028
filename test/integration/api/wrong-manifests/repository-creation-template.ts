import { grants, wrongGrants } from './grants.ts';
import { lifecycle, lifecycleDocument, wrongLifecycles } from './lifecycle.ts';
import { wrongRegistryRefs } from './managed.ts';
import { encryption, settings, wrongSettings } from './settings.ts';
import { type KindCases, wrong, wrongChange } from './wrong-manifest.ts';

const ROLE = 'arn:aws:iam::123456789012:role/templates/ecr';
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const DOCUMENT = '\n  {"Version": "2012-10-17", "Statement": []}';

const policy = (fields: object) => ({ grants: null, policy: fields });
const plain = { tags: null, encryption: null, customRoleArn: null };
const { scanOnPush: _, ...shared } = settings;
const { rules } = lifecycle;

/** RepositoryCreationTemplate: the complete manifest, and the ways to get it wrong. */
export const repositoryCreationTemplate: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'RepositoryCreationTemplate',
    metadata: { name: 'complete' },
    spec: {
      registryRef: { name: 'default' },
      prefix: 'team-a/docker__hub',
      description: 'what Docker Hub gives us',
      appliedFor: ['PULL_THROUGH_CACHE', 'REPLICATION', 'CREATE_ON_PUSH'],
      ...shared,
      encryption: { type: 'KMS', kmsKey: KEY },
      lifecycle: { rules },
      grants,
      customRoleArn: ROLE,
      mode: 'Enforce',
      adoption: 'IfExists',
      deletionPolicy: 'Retain',
      suspend: false,
    },
  },
  alternatives: [{ lifecycle: { rules: null, document: lifecycleDocument } }, policy({ document: DOCUMENT })],
  wrong: [
    wrong('', 'required:spec', null, 'Required value'),
    wrong('spec', 'required:appliedFor', { appliedFor: null }, 'Required value'),
    ...wrongRegistryRefs,

    wrong('spec.prefix', 'minLength', { prefix: '' }, 'at least 1 chars'),
    wrong('spec.prefix', 'maxLength', { prefix: 'x'.repeat(257) }, 'may not be more than 256'),
    wrong('spec.prefix', 'rule', { prefix: 'team-a/*' }, 'without a / at its end, or ROOT'),
    wrongChange('spec', {}, { prefix: 'other' }, 'prefix cannot be changed, added or removed'),
    wrongChange('spec', {}, { prefix: null }, 'prefix cannot be changed, added or removed'),
    wrong('spec.description', 'maxLength', { description: 'x'.repeat(257) }, 'may not be more than 256'),
    wrong('spec.appliedFor', 'minItems', { appliedFor: [] }, 'at least 1 items'),
    wrong(
      'spec.appliedFor',
      'maxItems',
      { appliedFor: ['REPLICATION', 'REPLICATION', 'REPLICATION', 'REPLICATION'] },
      'must have at most 3 items',
    ),
    wrong('spec.appliedFor', 'unique', { appliedFor: ['REPLICATION', 'REPLICATION'] }, 'Duplicate value'),
    wrong(
      'spec.appliedFor[]',
      'enum',
      { appliedFor: ['PUSH'] },
      'supported values: "PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH"',
    ),

    ...wrongSettings.filter(({ at }) => !at.startsWith('spec.encryption')),
    wrong('spec.encryption', 'required:type', encryption(null), 'Required value'),
    wrong('spec.encryption', 'rule', encryption('AES256', KEY), 'AES256 takes no key'),
    wrong('spec.encryption.type', 'enum', encryption('SSE'), 'supported values: "AES256", "KMS", "KMS_DSSE"'),
    wrong(
      'spec.encryption.kmsKey',
      'maxLength',
      encryption('KMS', KEY + 'a'.repeat(2048)),
      'may not be more than 2048',
    ),
    wrong(
      'spec.encryption.kmsKey',
      'rule',
      encryption('KMS', 'alias/images'),
      'a template takes no alias and no key ID',
    ),
    ...wrongLifecycles.filter(({ at }) => at !== 'spec.lifecycle.preview'),
    ...wrongGrants,

    wrong('spec', 'rule', { policy: { document: DOCUMENT } }, 'leaves no room for grants'),
    wrong('spec.policy', 'required:document', policy({ document: null }), 'Required value'),
    wrong(
      'spec.policy.document',
      'maxLength',
      policy({ document: `{${' '.repeat(10_240)}` }),
      'may not be more than 10240',
    ),
    wrong('spec.policy.document', 'rule', policy({ document: 'Version: 1' }), 'JSON text that begins with {'),
    wrong(
      'spec.customRoleArn',
      'maxLength',
      { customRoleArn: ROLE + 'x'.repeat(2048) },
      'may not be more than 2048',
    ),
    wrong('spec.customRoleArn', 'rule', { customRoleArn: 'templates' }, 'write the ARN of a role'),
    wrong('spec', 'rule', { ...plain, tags: { team: 'a' } }, 'neither tag repositories nor use KMS keys'),
    wrong('spec', 'rule', { ...plain, ...encryption('KMS') }, 'neither tag repositories nor use KMS keys'),
    wrong('spec.mode', 'enum', { mode: 'Dry' }, 'supported values: "Enforce", "Observe"'),
    wrong('spec.adoption', 'enum', { adoption: 'Only' }, 'supported values: "Never", "IfExists"'),
    wrong('spec.deletionPolicy', 'enum', { deletionPolicy: 'Keep' }, 'supported values: "Retain", "Delete"'),
  ],
};
