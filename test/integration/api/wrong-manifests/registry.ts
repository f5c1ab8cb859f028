import { REGISTRY_SETTINGS, wrongRegistrySettings } from './registry-settings.ts';
import { CA_BUNDLE, roleChainFields, wrongBundles, wrongRoleChains } from './role-chain.ts';
import { wrongSchedules } from './schedule.ts';
import { wrongSelectors } from './selector.ts';
import { type KindCases, many, wrong, wrongChange } from './wrong-manifest.ts';

const rule = (fields: object) => ({ tenancy: { rules: [{ allow: ['Pull'], ...fields }] } });
const credentials = (fields: object) => ({ credentials: fields });
const endpoint = (fields: object) => ({ endpoint: fields });
const RULES = 'spec.tenancy.rules';

/** Registry: the complete manifest, and the ways to get it wrong. */
export const registry: KindCases = {
  manifest: {
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'Registry',
    metadata: { name: 'complete' },
    spec: {
      accountId: '123456789012',
      region: 'eu-central-1',
      access: 'Manage',
      credentials: {
        roleArn: 'arn:aws:iam::123456789012:role/platform/ecr-operator',
        externalId: 'a1:b2',
        sessionName: 'ecr-operator',
        ...roleChainFields,
        secretRef: { name: 'aws-keys' },
      },
      pullRoleArn: 'arn:aws:iam::123456789012:role/platform/ecr-pull',
      endpoint: {
        ecr: 'https://vpce-0a1b2c.api.ecr.eu-central-1.vpce.amazonaws.com',
        sts: 'http://127.0.0.1:4566/sts',
        fips: true,
        dualStack: false,
        caBundle: CA_BUNDLE,
      },
      tenancy: {
        rules: [
          {
            namespaceSelector: {
              matchLabels: { team: 'a' },
              matchExpressions: [{ key: 'example.com/stage', operator: 'In', values: ['dev', 'test'] }],
            },
            repositoryPrefixes: ['team-a', 'shared/base/'],
            allow: ['Pull', 'Create', 'Adopt', 'DeleteImages', 'Share', 'Public'],
          },
        ],
      },
      ...REGISTRY_SETTINGS,
      driftCheck: { schedule: '*/30 * * * *', timeZone: 'Europe/Berlin' },
      suspend: false,
    },
  },
  wrong: [
    wrong('', 'required:spec', null, 'Required value'),
    {
      at: '',
      breaks: 'rule',
      name: 'public.ecr.aws',
      spec: {},
      says: 'choose another name for the Registry',
    },
    wrong('spec', 'required:accountId', { accountId: null }, 'Required value'),
    wrong('spec', 'required:region', { region: null }, 'Required value'),
    wrong('spec.accountId', 'maxLength', { accountId: '1234567890123' }, 'may not be more than 12'),
    wrong('spec.accountId', 'rule', { accountId: '1234-5678-90' }, 'exactly 12 digits'),
    wrongChange('spec.accountId', {}, { accountId: '999999999999' }, 'make a new Registry'),
    wrong('spec.region', 'maxLength', { region: 'x'.repeat(33) }, 'may not be more than 32'),
    wrong('spec.region', 'rule', { region: 'eu-central-1a' }, 'such as eu-central-1'),
    wrongChange('spec.region', {}, { region: 'eu-west-1' }, 'make a new Registry'),

    wrong('spec.access', 'enum', { access: 'Push' }, 'supported values: "Manage", "PullOnly"'),
    wrong(
      'spec',
      'rule',
      { pullRoleArn: null, ...credentials({ roleArn: null, sessionName: null }) },
      'externalId is sent when a role is assumed; set credentials.roleArn or pullRoleArn',
    ),
    wrong(
      'spec',
      'rule',
      { pullRoleArn: null, ...credentials({ roleArn: null, externalId: null }) },
      'sessionName names the session of an assumed role; set credentials.roleArn or pullRoleArn',
    ),
    wrong(
      'spec.pullRoleArn',
      'maxLength',
      { pullRoleArn: `arn:aws:iam::123456789012:role/${'x'.repeat(2048)}` },
      'may not be more than 2048',
    ),
    wrong(
      'spec.pullRoleArn',
      'rule',
      { pullRoleArn: 'arn:aws:sts::123456789012:assumed-role/pull/session' },
      'such as arn:aws:iam::123456789012:role/ecr-operator',
    ),
    wrong(
      'spec.credentials.roleArn',
      'maxLength',
      credentials({ roleArn: `arn:aws:iam::123456789012:role/${'x'.repeat(2048)}` }),
      'may not be more than 2048',
    ),
    wrong(
      'spec.credentials.roleArn',
      'rule',
      credentials({ roleArn: 'arn:aws:iam::123456789012:user/me' }),
      'such as arn:aws:iam::123456789012:role/ecr-operator',
    ),
    wrong('spec.credentials.externalId', 'minLength', credentials({ externalId: 'x' }), 'at least 2 chars'),
    wrong(
      'spec.credentials.externalId',
      'maxLength',
      credentials({ externalId: 'x'.repeat(1225) }),
      'may not be more than 1224',
    ),
    wrong(
      'spec.credentials.externalId',
      'rule',
      credentials({ externalId: 'a b' }),
      'as it stands in the trust policy',
    ),
    wrong('spec.credentials.sessionName', 'minLength', credentials({ sessionName: 'x' }), 'at least 2 chars'),
    wrong(
      'spec.credentials.sessionName',
      'maxLength',
      credentials({ sessionName: 'x'.repeat(65) }),
      'may not be more than 64',
    ),
    wrong(
      'spec.credentials.sessionName',
      'rule',
      credentials({ sessionName: 'a/b' }),
      'write one such as ecr-operator',
    ),
    ...wrongRoleChains,
    wrong(
      'spec.credentials.secretRef',
      'required:name',
      credentials({ secretRef: { name: null } }),
      'Required value',
    ),
    wrong(
      'spec.credentials.secretRef.name',
      'maxLength',
      credentials({ secretRef: { name: 'x'.repeat(254) } }),
      'may not be more than 253',
    ),
    wrong(
      'spec.credentials.secretRef.name',
      'rule',
      credentials({ secretRef: { name: 'ecr-operator/aws-keys' } }),
      "write the name alone of a Secret in the operator's namespace",
    ),

    wrong(
      'spec.endpoint',
      'rule',
      endpoint({ ecr: null, sts: null, fips: null, dualStack: null, caBundle: null }),
      'set one of ecr, sts, fips, dualStack and caBundle',
    ),
    wrong(
      'spec.endpoint.ecr',
      'maxLength',
      endpoint({ ecr: `https://${'x'.repeat(1024)}` }),
      'may not be more than 1024',
    ),
    wrong(
      'spec.endpoint.ecr',
      'rule',
      endpoint({ ecr: 'api.ecr.eu-central-1.amazonaws.com' }),
      'write a whole URL',
    ),
    wrong(
      'spec.endpoint.sts',
      'maxLength',
      endpoint({ sts: `https://${'x'.repeat(1024)}` }),
      'may not be more than 1024',
    ),
    wrong(
      'spec.endpoint.sts',
      'rule',
      endpoint({ sts: 'https://user:word@sts.example.com' }),
      'without user',
    ),

    ...wrongBundles,

    wrong('spec.tenancy', 'required:rules', { tenancy: { rules: null } }, 'Required value'),
    wrong(RULES, 'minItems', { tenancy: { rules: [] } }, 'at least 1 items'),
    wrong(
      RULES,
      'maxItems',
      { tenancy: { rules: many(65).map(() => ({ allow: ['Pull'] })) } },
      'must have at most 64 items',
    ),
    wrong(`${RULES}[]`, 'required:allow', rule({ allow: undefined }), 'Required value'),
    ...wrongSelectors(`${RULES}[].namespaceSelector`, (namespaceSelector) => rule({ namespaceSelector })),
    wrong(`${RULES}[].repositoryPrefixes`, 'minItems', rule({ repositoryPrefixes: [] }), 'at least 1 items'),
    wrong(
      `${RULES}[].repositoryPrefixes`,
      'maxItems',
      rule({ repositoryPrefixes: many(51) }),
      'at most 50 items',
    ),
    wrong(
      `${RULES}[].repositoryPrefixes`,
      'unique',
      rule({ repositoryPrefixes: ['a', 'a'] }),
      'Duplicate value',
    ),
    wrong(
      `${RULES}[].repositoryPrefixes[]`,
      'maxLength',
      rule({ repositoryPrefixes: ['x'.repeat(257)] }),
      'may not be more than 256',
    ),
    wrong(
      `${RULES}[].repositoryPrefixes[]`,
      'rule',
      rule({ repositoryPrefixes: ['team-*'] }),
      'without a wildcard',
    ),
    wrong(`${RULES}[].allow`, 'minItems', rule({ allow: [] }), 'at least 1 items'),
    wrong(
      `${RULES}[].allow`,
      'maxItems',
      rule({ allow: many(7).map(() => 'Pull') }),
      'must have at most 6 items',
    ),
    wrong(`${RULES}[].allow`, 'unique', rule({ allow: ['Pull', 'Pull'] }), 'Duplicate value'),
    wrong(
      `${RULES}[].allow[]`,
      'enum',
      rule({ allow: ['Push'] }),
      'supported values: "Pull", "Create", "Adopt", "DeleteImages", "Share", "Public"',
    ),
    ...wrongSchedules('spec.driftCheck', (driftCheck) => ({ driftCheck })),
    ...wrongRegistrySettings,
  ],
};
