import { many, type WrongManifest, wrong } from './wrong-manifest.ts';

const PROFILE = 'arn:aws:signer:eu-central-1:123456789012:/signing-profiles/release';

/** Every registry-wide setting, as the complete Registry has them. */
export const REGISTRY_SETTINGS = {
  mode: 'Enforce',
  replication: {
    rules: [
      { destinations: [{ region: 'eu-west-1', accountId: '123456789012' }], filters: ['prod', 'base/'] },
    ],
  },
  scanning: {
    scanType: 'ENHANCED',
    rules: [
      { scanFrequency: 'SCAN_ON_PUSH', filters: ['*'] },
      { scanFrequency: 'CONTINUOUS_SCAN', filters: ['prod/*'] },
    ],
  },
  policy: { document: '{"Version": "2012-10-17", "Statement": []}' },
  accountSettings: {
    registryPolicyScope: 'V2',
    basicScanTypeVersion: 'AWS_NATIVE',
    blobMounting: 'ENABLED',
  },
  signing: { rules: [{ signingProfileArn: PROFILE, filters: ['prod/*'] }] },
  pullTimeUpdateExclusions: ['arn:aws:iam::123456789012:role/security/scanner'],
};

const [TO] = REGISTRY_SETTINGS.replication.rules[0]?.destinations ?? [];
const replication = (rule: object) => ({ replication: { rules: [{ destinations: [TO], ...rule }] } });
const destination = (fields: object) => replication({ destinations: [{ ...TO, ...fields }] });
const scanning = (rule: object, more: object = {}) => ({
  scanning: { rules: [{ scanFrequency: 'SCAN_ON_PUSH', filters: ['*'], ...rule }], ...more },
});
const signing = (rule: object) => ({ signing: { rules: [{ signingProfileArn: PROFILE, ...rule }] } });
const exclusions = (...pullTimeUpdateExclusions: string[]) => ({ pullTimeUpdateExclusions });

const RULES = 'spec.replication.rules';
const TARGETS = `${RULES}[].destinations`;

const wrongReplication: readonly WrongManifest[] = [
  wrong(
    'spec',
    'rule',
    destination({ region: 'eu-central-1' }),
    'write another region or another accountId as destination',
  ),
  wrong('spec.replication', 'required:rules', { replication: { rules: null } }, 'Required value'),
  wrong(
    RULES,
    'maxItems',
    { replication: { rules: many(26).map(() => ({ destinations: [TO] })) } },
    'must have at most 25 items',
  ),
  wrong(`${RULES}[]`, 'required:destinations', replication({ destinations: undefined }), 'Required value'),
  wrong(TARGETS, 'minItems', replication({ destinations: [] }), 'at least 1 items'),
  wrong(
    TARGETS,
    'maxItems',
    replication({ destinations: many(101).map((_, index) => ({ ...TO, region: `eu-west-${index}` })) }),
    'must have at most 100 items',
  ),
  wrong(TARGETS, 'unique', replication({ destinations: [TO, TO] }), 'Duplicate value'),
  wrong(`${TARGETS}[]`, 'required:region', destination({ region: undefined }), 'Required value'),
  wrong(`${TARGETS}[]`, 'required:accountId', destination({ accountId: undefined }), 'Required value'),
  wrong(
    `${TARGETS}[].region`,
    'maxLength',
    destination({ region: 'x'.repeat(26) }),
    'may not be more than 25',
  ),
  wrong(`${TARGETS}[].region`, 'rule', destination({ region: 'Ireland' }), 'such as eu-west-1'),
  wrong(
    `${TARGETS}[].accountId`,
    'maxLength',
    destination({ accountId: '1234567890123' }),
    'may not be more than 12',
  ),
  wrong(`${TARGETS}[].accountId`, 'rule', destination({ accountId: '1234-5678' }), 'exactly 12 digits'),
  wrong(`${RULES}[].filters`, 'minItems', replication({ filters: [] }), 'at least 1 items'),
  wrong(`${RULES}[].filters`, 'maxItems', replication({ filters: many(101) }), 'must have at most 100'),
  wrong(`${RULES}[].filters`, 'unique', replication({ filters: ['aa', 'aa'] }), 'Duplicate value'),
  wrong(`${RULES}[].filters[]`, 'minLength', replication({ filters: ['a'] }), 'at least 2 chars'),
  wrong(
    `${RULES}[].filters[]`,
    'maxLength',
    replication({ filters: ['x'.repeat(257)] }),
    'may not be more than 256',
  ),
  wrong(`${RULES}[].filters[]`, 'rule', replication({ filters: ['prod/*'] }), 'without a wildcard'),
];

const SCANS = 'spec.scanning.rules';

const wrongScanning: readonly WrongManifest[] = [
  wrong('spec.scanning', 'required:scanType', { scanning: { scanType: null } }, 'Required value'),
  wrong('spec.scanning', 'rule', { scanning: { scanType: 'BASIC' } }, 'set scanType to ENHANCED'),
  wrong(
    'spec.scanning.scanType',
    'enum',
    { scanning: { scanType: 'FULL' } },
    'supported values: "BASIC", "ENHANCED"',
  ),
  wrong(
    SCANS,
    'maxItems',
    {
      scanning: {
        rules: ['SCAN_ON_PUSH', 'CONTINUOUS_SCAN', 'MANUAL'].map((scanFrequency) => ({
          scanFrequency,
          filters: ['*'],
        })),
      },
    },
    'must have at most 2 items',
  ),
  wrong(
    SCANS,
    'unique',
    { scanning: { rules: [1, 2].map(() => ({ scanFrequency: 'MANUAL', filters: ['*'] })) } },
    'Duplicate value',
  ),
  wrong(`${SCANS}[]`, 'required:scanFrequency', scanning({ scanFrequency: undefined }), 'Required value'),
  wrong(`${SCANS}[]`, 'required:filters', scanning({ filters: undefined }), 'Required value'),
  wrong(`${SCANS}[].scanFrequency`, 'enum', scanning({ scanFrequency: 'DAILY' }), 'supported values'),
  wrong(`${SCANS}[].filters`, 'minItems', scanning({ filters: [] }), 'at least 1 items'),
  wrong(`${SCANS}[].filters`, 'maxItems', scanning({ filters: many(101) }), 'must have at most 100'),
  wrong(`${SCANS}[].filters`, 'unique', scanning({ filters: ['a', 'a'] }), 'Duplicate value'),
  wrong(`${SCANS}[].filters[]`, 'minLength', scanning({ filters: [''] }), 'at least 1 chars'),
  wrong(
    `${SCANS}[].filters[]`,
    'maxLength',
    scanning({ filters: ['x'.repeat(256)] }),
    'may not be more than 255',
  ),
  wrong(`${SCANS}[].filters[]`, 'rule', scanning({ filters: ['Prod/*'] }), 'in lower case'),
];

const SIGNS = 'spec.signing.rules';

const wrongSigning: readonly WrongManifest[] = [
  wrong('spec.signing', 'required:rules', { signing: { rules: null } }, 'Required value'),
  wrong(
    SIGNS,
    'maxItems',
    { signing: { rules: many(11).map(() => ({ signingProfileArn: PROFILE })) } },
    'must have at most 10 items',
  ),
  wrong(
    `${SIGNS}[]`,
    'required:signingProfileArn',
    signing({ signingProfileArn: undefined }),
    'Required value',
  ),
  wrong(
    `${SIGNS}[].signingProfileArn`,
    'maxLength',
    signing({ signingProfileArn: `${PROFILE}${'x'.repeat(200)}` }),
    'may not be more than 200',
  ),
  wrong(
    `${SIGNS}[].signingProfileArn`,
    'rule',
    signing({ signingProfileArn: 'release' }),
    'write the ARN of a signing profile',
  ),
  wrong(`${SIGNS}[].filters`, 'minItems', signing({ filters: [] }), 'at least 1 items'),
  wrong(`${SIGNS}[].filters`, 'maxItems', signing({ filters: many(101) }), 'must have at most 100'),
  wrong(`${SIGNS}[].filters`, 'unique', signing({ filters: ['a', 'a'] }), 'Duplicate value'),
  wrong(`${SIGNS}[].filters[]`, 'minLength', signing({ filters: [''] }), 'at least 1 chars'),
  wrong(
    `${SIGNS}[].filters[]`,
    'maxLength',
    signing({ filters: ['x'.repeat(257)] }),
    'may not be more than 256',
  ),
  wrong(`${SIGNS}[].filters[]`, 'rule', signing({ filters: ['/prod'] }), 'in lower case'),
];

/** The ways to get registry-wide settings wrong; the Registry is of eu-central-1 in account 123456789012. */
export const wrongRegistrySettings: readonly WrongManifest[] = [
  wrong('spec', 'rule', { access: 'PullOnly' }, 'or set access to Manage'),
  wrong('spec.mode', 'enum', { mode: 'Watch' }, 'supported values: "Enforce", "Observe"'),
  ...wrongReplication,
  ...wrongScanning,
  wrong('spec.policy', 'required:document', { policy: { document: null } }, 'Required value'),
  wrong(
    'spec.policy.document',
    'maxLength',
    { policy: { document: `{${'x'.repeat(10_240)}}` } },
    'may not be more than 10240',
  ),
  wrong('spec.policy.document', 'rule', { policy: { document: 'none' } }, 'or "" to have none'),
  wrong(
    'spec.accountSettings',
    'rule',
    { accountSettings: { registryPolicyScope: null, basicScanTypeVersion: null, blobMounting: null } },
    'or leave accountSettings out',
  ),
  wrong(
    'spec.accountSettings.registryPolicyScope',
    'enum',
    { accountSettings: { registryPolicyScope: 'V1' } },
    'supported values: "V2"',
  ),
  wrong(
    'spec.accountSettings.basicScanTypeVersion',
    'enum',
    { accountSettings: { basicScanTypeVersion: 'CLAIR' } },
    'supported values: "AWS_NATIVE"',
  ),
  wrong(
    'spec.accountSettings.blobMounting',
    'enum',
    { accountSettings: { blobMounting: 'ON' } },
    'supported values: "ENABLED", "DISABLED"',
  ),
  ...wrongSigning,
  wrong(
    'spec.pullTimeUpdateExclusions',
    'maxItems',
    exclusions(...many(101, 'arn:aws:iam::123456789012:role/r')),
    'must have at most 100 items',
  ),
  wrong(
    'spec.pullTimeUpdateExclusions[]',
    'maxLength',
    exclusions(`arn:aws:iam::123456789012:role/${'x'.repeat(200)}`),
    'may not be more than 200',
  ),
  wrong(
    'spec.pullTimeUpdateExclusions[]',
    'rule',
    exclusions('arn:aws:iam::123456789012:root'),
    'not of a session or an account',
  ),
];
