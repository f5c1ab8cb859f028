import { wrongSelectors } from './selector.ts';
import { type KindCases, type Manifest, type WrongManifest, wrong } from './wrong-manifest.ts';

const registries = (...names: string[]) => ({ registries: names.map((name) => ({ name })) });

const spec: Manifest['spec'] = {
  registries: [{ name: 'default' }],
  secretName: 'ecr-pull',
  serviceAccounts: { mode: 'Default' },
  deletionPolicy: 'Delete',
  suspend: false,
};

const common: readonly WrongManifest[] = [
  wrong('spec.registries', 'minItems', registries(), 'at least 1 items'),
  wrong('spec.registries', 'maxItems', registries('one', 'two'), 'must have at most 1 item'),
  wrong('spec.registries', 'unique', registries('one', 'one'), 'Duplicate value'),
  wrong('spec.registries[]', 'required:name', { registries: [{}] }, 'Required value'),
  wrong('spec.registries[].name', 'maxLength', registries('x'.repeat(254)), 'may not be more than 253'),
  wrong('spec.registries[].name', 'rule', registries('My_Registry'), 'the metadata.name of a Registry'),
  wrong('spec.secretName', 'maxLength', { secretName: 'x'.repeat(254) }, 'may not be more than 253'),
  wrong('spec.secretName', 'rule', { secretName: '' }, 'such as ecr-pull'),
  wrong('spec.secretName', 'rule', { secretName: 'default/ecr-pull' }, 'write the name alone of a Secret'),
  wrong('spec.serviceAccounts', 'required:mode', { serviceAccounts: { mode: null } }, 'Required value'),
  wrong(
    'spec.serviceAccounts.mode',
    'enum',
    { serviceAccounts: { mode: 'Some' } },
    'supported values: "Default", "None"',
  ),
  wrong('spec.deletionPolicy', 'enum', { deletionPolicy: 'Orphan' }, 'supported values: "Delete", "Retain"'),
];

/** PullSecret: the complete manifest, and the ways to get it wrong. */
export const pullSecret: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'PullSecret',
    metadata: { name: 'complete', namespace: 'default' },
    spec,
  },
  wrong: common,
};

/** ClusterPullSecret: the complete manifest, and the ways to get it wrong. */
export const clusterPullSecret: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'ClusterPullSecret',
    metadata: { name: 'complete' },
    spec: {
      ...spec,
      namespaceSelector: {
        matchLabels: { team: 'a' },
        matchExpressions: [{ key: 'stage', operator: 'NotIn', values: ['dev'] }],
      },
    },
  },
  wrong: [
    ...common,
    ...wrongSelectors('spec.namespaceSelector', (namespaceSelector) => ({ namespaceSelector })),
  ],
};
