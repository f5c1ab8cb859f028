import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CrdApi, objectOf, startCrdApi } from './crd-api.ts';
import { completeManifests, KINDS } from './manifests.ts';
import { CA_BUNDLE } from './wrong-manifests/role-chain.ts';
import { type Manifest, many } from './wrong-manifests/wrong-manifest.ts';

const apiVersion = 'ecr-operator.io/v1alpha1';
const metadata = { name: 'small', namespace: 'default' };
const pullSecretDefaults = {
  registries: [{ name: 'default' }],
  secretName: 'ecr-pull',
  serviceAccounts: { mode: 'Default' },
  deletionPolicy: 'Delete',
  foreignEntries: 'Remove',
};

/** The least that a person must write, and the spec that comes of it. */
const DEFAULTED: readonly (readonly [kind: string, written: object, spec: object])[] = [
  [
    'Registry',
    { metadata: { name: 'small' }, spec: { accountId: '012345678901', region: 'us-gov-west-1' } },
    { accountId: '012345678901', region: 'us-gov-west-1', access: 'Manage' },
  ],
  ['Repository', { metadata }, { registryRef: { name: 'default' } }],
  ['PublicRepository', { metadata }, { registryRef: { name: 'default' } }],
  ['RepositoryClass', { metadata: { name: 'small' } }, {}],
  [
    'RepositoryClass',
    { metadata: { name: 'small' }, spec: { undeclared: { prefixes: ['cache'] } } },
    { undeclared: { registryRef: { name: 'default' }, prefixes: ['cache'] } },
  ],
  [
    'PullThroughCacheRule',
    { metadata: { name: 'small' }, spec: { upstreamRegistry: 'quay' } },
    { registryRef: { name: 'default' }, upstreamRegistry: 'quay' },
  ],
  [
    'PullThroughCacheRule',
    { metadata: { name: 'small' }, spec: { upstreamRegistry: 'k8s', validation: { schedule: '0 * * * *' } } },
    {
      registryRef: { name: 'default' },
      upstreamRegistry: 'k8s',
      validation: { schedule: '0 * * * *', timeZone: 'UTC' },
    },
  ],
  [
    'RepositoryCreationTemplate',
    { metadata: { name: 'small' }, spec: { appliedFor: ['CREATE_ON_PUSH'] } },
    { registryRef: { name: 'default' }, appliedFor: ['CREATE_ON_PUSH'] },
  ],
  ['PullSecret', { metadata }, pullSecretDefaults],
  ['ClusterPullSecret', { metadata: { name: 'small' } }, pullSecretDefaults],
];

function manyAccounts(count: number): string[] {
  return many(count).map((_, index) => `${100_000_000_000 + index}`);
}

let api: CrdApi;

beforeAll(async () => {
  api = await startCrdApi();
}, 600_000);

afterAll(async () => {
  await api?.stop();
});

test.each(DEFAULTED)('a %s gets its defaults', async (kind, written, spec) => {
  const answer = await api.create({ apiVersion, kind, ...written } as Manifest, { trial: true });
  expect(objectOf(answer).spec).toEqual(spec);
});

test.each(KINDS)('a complete $manifest.kind is stored as it was written', async (cases) => {
  for (const manifest of completeManifests(cases)) {
    expect(objectOf(await api.create(manifest, { trial: true })).spec).toEqual(manifest.spec);
  }
});

const registry = (spec: object) => ({
  apiVersion,
  kind: 'Registry',
  metadata: { name: 'small' },
  spec: { accountId: '123456789012', region: 'us-east-1', ...spec },
});
const region = (name: string) => registry({ region: name });
const pullRoleArn = 'arn:aws:iam::123456789012:role/ecr-pull';
const repository = (spec: object, name = 'small') => ({
  apiVersion,
  kind: 'Repository',
  metadata: { ...metadata, name },
  spec: { ...spec },
});

const any = {
  priority: 1,
  tagStatus: 'any',
  countType: 'imageCountMoreThan',
  countNumber: 1,
  action: 'expire',
};
const archived = { ...any, storageClass: 'archive', countType: 'sinceImageTransitioned', countNumber: 90 };
const rules = (...list: object[]) => repository({ lifecycle: { rules: list } });
const grant = (to: object) => repository({ grants: [{ name: 'one', access: 'Pull', to }] });
const serviceRole =
  'arn:aws:iam::123456789012:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS';
const functions = 'arn:aws:lambda:us-east-1:123456789012:function:*';
const bothSources = { service: 'lambda', sourceAccounts: ['123456789012'], sourceArns: [functions] };
/** The rules of the schema have to bear this in their cost, too. */
const full = repository({
  grants: many(40, 'grant').map((name) => ({
    name,
    access: 'Pull',
    to: { service: 'lambda', sourceArns: many(50, functions), sourceAccounts: manyAccounts(50) },
  })),
  lifecycle: {
    rules: many(50).map((_, index) => ({
      ...any,
      priority: index + 1,
      tagStatus: index < 49 ? 'tagged' : 'any',
      ...(index < 49 ? { tagPatterns: many(50, '*a*b*c*') } : {}),
    })),
  },
});

const rule = (spec: object) => ({
  apiVersion,
  kind: 'PullThroughCacheRule',
  metadata: { name: 'small' },
  spec: { ...spec },
});
const chainguard = {
  upstreamRegistry: 'chainguard',
  credentialArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/chainguard',
};
const ecrHost = '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn';
const template = (spec: object) => ({
  apiVersion,
  kind: 'RepositoryCreationTemplate',
  metadata: { name: 'small' },
  spec: { appliedFor: ['CREATE_ON_PUSH'], ...spec },
});

test.each([
  ['a region of China', region('cn-northwest-1')],
  ['a region of the European Sovereign Cloud', region('eusc-de-east-1')],
  ['a region of an isolated partition', region('us-isob-east-1')],
  ['FIPS alone', registry({ endpoint: { fips: true } })],
  ['a bundle of certificates alone', registry({ endpoint: { caBundle: CA_BUNDLE } })],
  [
    'a chain that leads to pullRoleArn alone',
    registry({ pullRoleArn, credentials: { chain: [{ roleArn: pullRoleArn }] } }),
  ],
  [
    'session tags for pullRoleArn alone, as long as they may be',
    registry({
      pullRoleArn,
      credentials: { sessionTags: { ['k'.repeat(128)]: 'v'.repeat(256), empty: '' } },
    }),
  ],
  ['dual-stack beside a URL', registry({ endpoint: { dualStack: true, ecr: 'https://ecr.example.com' } })],
  ['an external ID for the pull role', registry({ pullRoleArn, credentials: { externalId: 'a1' } })],
  ['a session name for the pull role', registry({ pullRoleArn, credentials: { sessionName: 'a1' } })],
  ['a one-letter object with a name of its own', repository({ name: 'team/a' }, 'a')],
  ['an object name with dots', repository({}, 'web.v1.2')],
  ['double hyphens and underscores', repository({ name: 'a--b/c__d' })],
  ['KMS without a key', repository({ encryption: { type: 'KMS' } })],
  ['no lifecycle policy', repository({ lifecycle: { rules: [] } })],
  ['no grants', repository({ grants: [] })],
  ['a rule for any image below one for archived images', rules(any, { ...archived, priority: 2 })],
  ['a rule for any image above one for archived images', rules({ ...any, priority: 2 }, archived)],
  [
    'a rule for archived images that have a tag',
    rules({ ...archived, tagStatus: 'tagged', tagPrefixes: ['v'] }),
  ],
  ['four * in the pattern of a tag', rules({ ...any, tagStatus: 'tagged', tagPatterns: ['*a*b*c*'] })],
  ['untagged images that expire', rules({ ...any, tagStatus: 'untagged', countType: 'sinceImagePulled' })],
  ['a role with a path', grant({ roles: ['arn:aws-us-gov:iam::123456789012:role/a/b,c/Deploy=1+2.x@y_z-'] })],
  ['a service-linked role', grant({ roles: [serviceRole] })],
  ['an organization of 32 letters', grant({ organization: `o-${'a1'.repeat(16)}` })],
  ['a service with both kinds of sources', grant(bothSources)],
  ['as many grants and rules as there may be', full],
  ['ROOT as the prefix of a rule', rule({ prefix: 'ROOT', upstreamRegistry: 'quay' })],
  ['a rule for Chainguard elsewhere', rule({ ...chainguard, upstreamRegistryUrl: 'images.example.com' })],
  [
    'a rule for another region of the same account',
    rule({ upstreamRegistry: 'ecr', upstreamRegistryUrl: ecrHost }),
  ],
  ['ROOT as the prefix of a template', template({ prefix: 'ROOT' })],
  ['a template without tags', template({ tags: {}, encryption: { type: 'AES256' } })],
  ['no rules in a template', template({ lifecycle: { rules: [] } })],
  ['a template with as many grants and rules as there may be', template(full.spec)],
])('%s is accepted', async (_, manifest) => {
  objectOf(await api.create(manifest, { trial: true }));
});

describe('encryption', () => {
  const kms = { type: 'KMS', kmsKey: 'alias/images' };

  test.each([
    ['added', {}, { encryption: kms }],
    ['taken away', { encryption: kms }, {}],
  ])('may be %s later: what is live decides', async (_, before, then) => {
    objectOf(await api.create(repository(before, 'later')));
    try {
      objectOf(await api.tryUpdate(repository(then, 'later')));
    } finally {
      await api.remove(repository({}, 'later'));
    }
  });
});

test('kubectl explain has the descriptions', async () => {
  interface Document {
    readonly components: { readonly schemas: Readonly<Record<string, { readonly description?: string }>> };
  }
  const document = objectOf(await api.get<Document>('/openapi/v3/apis/ecr-operator.io/v1alpha1'));
  expect(document.components.schemas['io.ecr-operator.v1alpha1.Repository']?.description).toBe(
    'One private ECR repository and its settings.',
  );
});
