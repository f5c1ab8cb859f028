import { type WrongManifest, wrong, wrongChange } from './wrong-manifest.ts';

/** The ways to get `spec.registryRef` wrong of what stands for something at AWS. */
export const wrongRegistryRefs: readonly WrongManifest[] = [
  wrong('spec.registryRef', 'required:name', registryRef(null), 'Required value'),
  wrongChange('spec.registryRef', {}, registryRef('other'), 'registryRef cannot be changed'),
  wrong('spec.registryRef.name', 'maxLength', registryRef('x'.repeat(254)), 'may not be more than 253'),
  wrong('spec.registryRef.name', 'rule', registryRef('My_Registry'), 'the metadata.name of a Registry'),
];

/** Those of the policy of a repository, and of how a repository is kept: private or public. */
export const wrongKept: readonly WrongManifest[] = [
  wrong('spec.policy', 'required:document', policy({ allowLockout: false }), 'Required value'),
  wrong(
    'spec.policy.document',
    'maxLength',
    policy({ document: `{${' '.repeat(10240)}}` }),
    'may not be more than 10240',
  ),
  wrong('spec.policy.document', 'rule', policy({ document: '' }), 'write the policy as JSON text'),
  wrong('spec.mode', 'enum', { mode: 'Watch' }, 'supported values: "Enforce", "Observe"'),
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
];

function registryRef(name: string | null): object {
  return { registryRef: { name } };
}

/** In place of the whole policy and of the grants that it leaves no room for. */
function policy(fields: object): object {
  return { grants: null, policy: { document: null, allowLockout: null, ...fields } };
}
