import { wrongSchedules } from './schedule.ts';
import { wrongSelectors } from './selector.ts';
import { type KindCases, type Manifest, many, type WrongManifest, wrong } from './wrong-manifest.ts';

const registries = (...names: string[]) => ({ registries: names.map((name) => ({ name })) });

const repositories = (...names: string[]) => ({ registries: [{ name: 'default', repositories: names }] });
const publicFrom = (name: string) => ({ public: { registryRef: { name } } });
const accounts = (...names: string[]) => ({ serviceAccounts: { mode: 'Named', names } });

const spec: Manifest['spec'] = {
  registries: [{ name: 'default', repositories: ['team-a/web', 'team-a/tools/*'] }],
  public: { registryRef: { name: 'default' } },
  secretName: 'ecr-pull',
  serviceAccounts: { mode: 'Named', names: ['default', 'build'] },
  foreignEntries: 'Keep',
  rotation: { schedule: '0 6 * * 1', timeZone: 'Europe/Berlin' },
  repairPods: true,
  deletionPolicy: 'Delete',
  suspend: false,
};

const REPOSITORIES = 'spec.registries[].repositories';
const PUBLIC = 'spec.public.registryRef';
const NAMES = 'spec.serviceAccounts.names';

const common: readonly WrongManifest[] = [
  wrong('spec', 'rule', { registries: [], public: null }, 'a Secret needs at least one login'),
  wrong('spec.registries', 'maxItems', registries(...many(17)), 'must have at most 16 items'),
  wrong('spec.registries', 'unique', registries('one', 'one'), 'Duplicate value'),
  wrong('spec.registries[]', 'required:name', { registries: [{}] }, 'Required value'),
  wrong('spec.registries[].name', 'maxLength', registries('x'.repeat(254)), 'may not be more than 253'),
  wrong('spec.registries[].name', 'rule', registries('My_Registry'), 'the metadata.name of a Registry'),
  wrong(REPOSITORIES, 'minItems', repositories(), 'at least 1 items'),
  wrong(REPOSITORIES, 'maxItems', repositories(...many(51)), 'must have at most 50 items'),
  wrong(REPOSITORIES, 'unique', repositories('web', 'web'), 'Duplicate value'),
  wrong(`${REPOSITORIES}[]`, 'maxLength', repositories('x'.repeat(257)), 'may not be more than 256'),
  wrong(`${REPOSITORIES}[]`, 'rule', repositories('team-a*'), 'or team-a/* for all beneath team-a'),
  wrong('spec.public', 'required:registryRef', { public: { registryRef: null } }, 'Required value'),
  wrong(PUBLIC, 'required:name', { public: { registryRef: { name: null } } }, 'Required value'),
  wrong(`${PUBLIC}.name`, 'maxLength', publicFrom('x'.repeat(254)), 'may not be more than 253'),
  wrong(`${PUBLIC}.name`, 'rule', publicFrom('public.ecr.aws/'), 'the metadata.name of a Registry'),
  wrong('spec.secretName', 'maxLength', { secretName: 'x'.repeat(254) }, 'may not be more than 253'),
  wrong('spec.secretName', 'rule', { secretName: '' }, 'such as ecr-pull'),
  wrong('spec.secretName', 'rule', { secretName: 'default/ecr-pull' }, 'write the name alone of a Secret'),
  wrong('spec.serviceAccounts', 'required:mode', { serviceAccounts: { mode: null } }, 'Required value'),
  wrong(
    'spec.serviceAccounts.mode',
    'enum',
    { serviceAccounts: { mode: 'Some' } },
    'supported values: "Default", "All", "Named", "None"',
  ),
  wrong('spec.serviceAccounts', 'rule', { serviceAccounts: { names: null } }, 'mode Named needs names'),
  wrong('spec.serviceAccounts', 'rule', { serviceAccounts: { mode: 'All' } }, 'names belongs to mode Named'),
  wrong(NAMES, 'minItems', accounts(), 'at least 1 items'),
  wrong(NAMES, 'maxItems', accounts(...many(65)), 'must have at most 64 items'),
  wrong(NAMES, 'unique', accounts('build', 'build'), 'Duplicate value'),
  wrong(`${NAMES}[]`, 'maxLength', accounts('x'.repeat(254)), 'may not be more than 253'),
  wrong(`${NAMES}[]`, 'rule', accounts('build-*'), 'mode All means every one'),
  wrong('spec.foreignEntries', 'enum', { foreignEntries: 'Merge' }, 'supported values: "Remove", "Keep"'),
  ...wrongSchedules('spec.rotation', (rotation) => ({ rotation })),
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

const EXCLUDED = 'spec.excludeNamespaces';

/** ClusterPullSecret: the complete manifest, and the ways to get it wrong. */
export const clusterPullSecret: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'ClusterPullSecret',
    metadata: { name: 'complete' },
    spec: {
      ...spec,
      excludeNamespaces: ['kube-system'],
      namespaceSelector: {
        matchLabels: { team: 'a' },
        matchExpressions: [{ key: 'stage', operator: 'NotIn', values: ['dev'] }],
      },
    },
  },
  wrong: [
    ...common,
    wrong(EXCLUDED, 'maxItems', { excludeNamespaces: many(257) }, 'must have at most 256 items'),
    wrong(EXCLUDED, 'unique', { excludeNamespaces: ['a', 'a'] }, 'Duplicate value'),
    wrong(`${EXCLUDED}[]`, 'maxLength', { excludeNamespaces: ['x'.repeat(64)] }, 'may not be more than 63'),
    wrong(`${EXCLUDED}[]`, 'rule', { excludeNamespaces: ['kube-*'] }, 'write the whole name of a namespace'),
    ...wrongSelectors('spec.namespaceSelector', (namespaceSelector) => ({ namespaceSelector })),
  ],
};
