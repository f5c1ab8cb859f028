import { many, manyKeys, type WrongManifest, wrong } from './wrong-manifest.ts';

const AT = 'spec.credentials';
const ROLE = 'arn:aws:iam::123456789012:role/first';
const credentials = (fields: object) => ({ credentials: fields });
const tags = (sessionTags: object) => credentials({ sessionTags, transitiveTagKeys: null });
const link = (fields: object) => credentials({ chain: [{ roleArn: ROLE, ...fields }] });
const alone = (fields: object) => ({
  pullRoleArn: null,
  ...credentials({ roleArn: null, externalId: null, sessionName: null, ...fields }),
});

/** Of a Registry's credentials: session tags and chains of roles. */
export const roleChainFields = {
  sessionTags: { team: 'payments', 'cost center/größe': '12' },
  transitiveTagKeys: ['team'],
  chain: [{ roleArn: ROLE, externalId: 'door-1', sessionName: 'on-the-way' }, { roleArn: `${ROLE}-2` }],
};

/** The ways to get them wrong. */
export const wrongRoleChains: readonly WrongManifest[] = [
  wrong(
    'spec',
    'rule',
    alone({ transitiveTagKeys: null, chain: null }),
    'sessionTags are sent when a role is assumed',
  ),
  wrong(
    'spec',
    'rule',
    alone({ transitiveTagKeys: null, sessionTags: null }),
    'credentials.chain leads to a role',
  ),
  wrong(`${AT}.sessionTags`, 'maxProperties', tags(manyKeys(51)), 'must have at most 50 items'),
  wrong(`${AT}.sessionTags`, 'rule', tags({ 'a*b': 'x' }), 'write the key of a session tag with 1 to 128'),
  wrong(`${AT}.sessionTags`, 'rule', tags({ 'AWS:team': 'x' }), "are AWS's own; choose another key"),
  wrong(`${AT}.sessionTags{}`, 'maxLength', tags({ team: 'x'.repeat(257) }), 'may not be more than 256'),
  wrong(
    `${AT}.sessionTags{}`,
    'rule',
    tags({ team: 'a,b' }),
    'write the value of a session tag with letters',
  ),
  wrong(
    AT,
    'rule',
    credentials({ transitiveTagKeys: ['other'] }),
    'list in transitiveTagKeys keys of sessionTags only',
  ),
  wrong(`${AT}.transitiveTagKeys`, 'minItems', credentials({ transitiveTagKeys: [] }), 'at least 1 items'),
  wrong(
    `${AT}.transitiveTagKeys`,
    'maxItems',
    credentials({ transitiveTagKeys: many(51) }),
    'at most 50 items',
  ),
  wrong(
    `${AT}.transitiveTagKeys`,
    'unique',
    credentials({ transitiveTagKeys: ['team', 'team'] }),
    'Duplicate value',
  ),
  wrong(
    `${AT}.transitiveTagKeys[]`,
    'maxLength',
    credentials({ transitiveTagKeys: ['x'.repeat(129)] }),
    'may not be more than 128',
  ),
  wrong(`${AT}.chain`, 'minItems', credentials({ chain: [] }), 'at least 1 items'),
  wrong(
    `${AT}.chain`,
    'maxItems',
    credentials({ chain: many(5).map((name) => ({ roleArn: `${ROLE}-${name}` })) }),
    'must have at most 4 items',
  ),
  wrong(
    `${AT}.chain[]`,
    'required:roleArn',
    credentials({ chain: [{ sessionName: 'ab' }] }),
    'Required value',
  ),
  wrong(
    `${AT}.chain[].roleArn`,
    'maxLength',
    link({ roleArn: `${ROLE}${'x'.repeat(2048)}` }),
    'may not be more than 2048',
  ),
  wrong(`${AT}.chain[].roleArn`, 'rule', link({ roleArn: 'first' }), 'write the ARN of an IAM role'),
  wrong(`${AT}.chain[].externalId`, 'minLength', link({ externalId: 'x' }), 'at least 2 chars'),
  wrong(
    `${AT}.chain[].externalId`,
    'maxLength',
    link({ externalId: 'x'.repeat(1225) }),
    'may not be more than 1224',
  ),
  wrong(`${AT}.chain[].externalId`, 'rule', link({ externalId: 'a b' }), 'as it stands in the trust policy'),
  wrong(`${AT}.chain[].sessionName`, 'minLength', link({ sessionName: 'x' }), 'at least 2 chars'),
  wrong(
    `${AT}.chain[].sessionName`,
    'maxLength',
    link({ sessionName: 'x'.repeat(65) }),
    'may not be more than 64',
  ),
  wrong(`${AT}.chain[].sessionName`, 'rule', link({ sessionName: 'a/b' }), 'write one such as ecr-operator'),
];

/** A certificate of nobody, as far as the schema looks. */
export const CA_BUNDLE = '-----BEGIN CERTIFICATE-----\nTUlJQ\n-----END CERTIFICATE-----\n';

/** The ways to get `endpoint.caBundle` wrong. */
export const wrongBundles: readonly WrongManifest[] = [
  wrong(
    'spec.endpoint.caBundle',
    'maxLength',
    { endpoint: { caBundle: `${CA_BUNDLE}${'x'.repeat(65_536)}` } },
    'may not be more than 65536',
  ),
  wrong('spec.endpoint.caBundle', 'rule', { endpoint: { caBundle: 'TUlJQ' } }, 'write certificates in PEM'),
  wrong(
    'spec.endpoint.caBundle',
    'rule',
    { endpoint: { caBundle: `${CA_BUNDLE}-----BEGIN EC PRIVATE KEY-----` } },
    'a private key does not belong here',
  ),
];
