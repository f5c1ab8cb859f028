import { grants, wrongGrants } from './grants.ts';
import { lifecycle, lifecycleDocument, wrongLifecycles } from './lifecycle.ts';
import { wrongKept, wrongRegistryRefs } from './managed.ts';
import { encryption, settings, wrongSettings } from './settings.ts';
import { type KindCases, wrong, wrongChange } from './wrong-manifest.ts';

const policy = (fields: object) => ({ grants: null, policy: fields });
const DOCUMENT = '\n  {"Version": "2012-10-17", "Statement": []}';

/** Repository: the complete manifest, and the ways to get it wrong. */
export const repository: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'Repository',
    metadata: { name: 'complete', namespace: 'default' },
    spec: {
      registryRef: { name: 'default' },
      name: 'team-a/web__app-1.0/x',
      ...settings,
      lifecycle,
      grants,
      className: 'shared.v1',
      mode: 'Enforce',
      adoption: 'IfUnowned',
      deletionPolicy: 'Retain',
      suspend: false,
    },
  },
  alternatives: [
    { lifecycle: { rules: null, document: lifecycleDocument } },
    policy({ document: DOCUMENT, allowLockout: true }),
  ],
  wrong: [
    {
      at: '',
      breaks: 'rule',
      name: 'a',
      spec: { name: null },
      says: 'set spec.name, or choose a longer metadata.name',
    },
    ...wrongRegistryRefs,
    wrong('spec.name', 'minLength', { name: 'a' }, 'at least 2 chars'),
    wrong('spec.name', 'maxLength', { name: 'x'.repeat(257) }, 'may not be more than 256'),
    wrong('spec.name', 'rule', { name: 'team-a/Web:1.0' }, 'write a name such as team-a/web_app'),
    wrongChange('spec', {}, { name: 'other' }, 'name cannot be changed, added or removed'),
    wrongChange('spec', {}, { name: null }, 'name cannot be changed, added or removed'),
    wrongChange('spec', { name: null }, { name: 'complete' }, 'name cannot be changed, added or removed'),

    ...wrongSettings,
    wrongChange('spec.encryption.type', encryption('AES256'), encryption('KMS'), 'put the earlier type back'),
    wrongChange(
      'spec.encryption.kmsKey',
      {},
      encryption('KMS', 'alias/other'),
      'put the earlier kmsKey back',
    ),
    ...wrongLifecycles,
    ...wrongGrants,
    wrong('spec', 'rule', { policy: { document: DOCUMENT } }, 'leaves no room for grants'),
    wrong('spec.className', 'maxLength', { className: 'x'.repeat(254) }, 'may not be more than 253'),
    wrong('spec.className', 'rule', { className: 'Shared' }, 'the metadata.name of a RepositoryClass'),
    wrong('spec.className', 'rule', { className: '' }, 'the metadata.name of a RepositoryClass'),
    ...wrongKept,
  ],
};
