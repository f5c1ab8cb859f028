import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CrdApi, objectOf, startCrdApi } from './crd-api.ts';
import { KINDS } from './manifests.ts';
import type { Manifest } from './wrong-manifests/wrong-manifest.ts';

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
  ['PullSecret', { metadata }, pullSecretDefaults],
  ['ClusterPullSecret', { metadata: { name: 'small' } }, pullSecretDefaults],
];

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

test.each(KINDS)('a complete $manifest.kind is stored as it was written', async ({ manifest }) => {
  expect(objectOf(await api.create(manifest, { trial: true })).spec).toEqual(manifest.spec);
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

test.each([
  ['a region of China', region('cn-northwest-1')],
  ['a region of the European Sovereign Cloud', region('eusc-de-east-1')],
  ['a region of an isolated partition', region('us-isob-east-1')],
  ['FIPS alone', registry({ endpoint: { fips: true } })],
  ['dual-stack beside a URL', registry({ endpoint: { dualStack: true, ecr: 'https://ecr.example.com' } })],
  ['an external ID for the pull role', registry({ pullRoleArn, credentials: { externalId: 'a1' } })],
  ['a session name for the pull role', registry({ pullRoleArn, credentials: { sessionName: 'a1' } })],
  ['a one-letter object with a name of its own', repository({ name: 'team/a' }, 'a')],
  ['an object name with dots', repository({}, 'web.v1.2')],
  ['double hyphens and underscores', repository({ name: 'a--b/c__d' })],
  ['KMS without a key', repository({ encryption: { type: 'KMS' } })],
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
