import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  BACKFILL_ANNOTATION,
  BACKFILL_STOP_ANNOTATION,
  IMAGES_ANNOTATION,
  VALIDATE_ANNOTATION,
} from '../../../src/api/names.ts';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import { allowedBy, shippedPolicy } from '../../lab/shipped-policies.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { actionsBehind } from '../../unit/docs/iam-page.ts';
import { arrivedIn } from '../pull-secret/pull-lab.ts';
import { authsOf } from '../pull-secret/pull-logins.ts';
import { lifecycleKeeping } from '../repository/documents.ts';
import { gotAs, type IamLab, startIamLab } from './iam-lab.ts';
import { changed, live, manifest } from './lives.ts';

const REGION = 'eu-central-1';
const DELETE = { deletionPolicy: 'Delete' };
const HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const NAMESPACE = 'whole';

/** Everything that can be switched on; `repositories-owned.json` stands in for `repositories.json` elsewhere. */
const IDENTITY = [
  'repositories',
  'registry-settings',
  'enhanced-scanning',
  'pull-through-cache',
  'creation-templates',
  'pass-roles',
  'public-repositories',
  'kms',
];
const PULL_ROLE = ['pull-only', 'pull-public', 'pull-through-cache-pulls'];

jest.setTimeout(120_000);

let lab: IamLab;
let settings: Partial<RegistrySpec>;

beforeAll(async () => {
  lab = await startIamLab();
  lab.role('whole', IDENTITY);
  settings = { pullRoleArn: lab.role('pull', PULL_ROLE) };
  await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  await lab.holds(await lab.registry('whole', REGION, settings));
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const registryRef = { name: 'whole' };
const within = { registry: 'whole', namespace: NAMESPACE };

async function annotated(object: KubeObject, name: string, action: string): Promise<void> {
  await lab.admin.patch(object, { metadata: { annotations: { [name]: String(Date.now()) } } });
  await waitFor(() => lab.askedAs('whole').some((one) => one.action === action && one.result === 'ok'), {
    what: `${name} to come to ${action}`,
    timeoutMs: 40_000,
  });
}

const policyOf = (sid: string, resource: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: sid,
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: ['ecr:BatchImportUpstreamImage'],
        ...resource,
      },
    ],
  });

describe('under exactly the shipped policies the operator does everything', () => {
  test('a Repository from its making to its deletion, with images and a preview', async () => {
    const name = 'repository';
    const scan = { kind: 'basic', status: 'COMPLETE', counts: { HIGH: 1 } } as const;
    lab.aws.as(ACCOUNT, REGION).registry.scansInDescribeImages = false;
    const first = {
      tagMutability: 'IMMUTABLE',
      scanOnPush: true,
      tags: { team: 'a', gone: 'soon' },
      grants: [{ name: 'other', to: { accounts: ['999999999999'] }, access: 'Pull' }],
      lifecycle: { document: lifecycleKeeping(10), preview: 'Report' },
    };
    const object = await lab.apply(manifest(within, 'Repository', name, first));
    await lab.holds(object);
    lab.aws
      .as(ACCOUNT, REGION)
      .addImage(name, { digest: `sha256:${'1'.repeat(64)}`, tags: new Set(['v1']), scan });
    await annotated(object, IMAGES_ANNOTATION, 'ecr:DescribeImageScanFindings');
    lab.aws.as(ACCOUNT, REGION).registry.repositories.get(name)?.images.clear();
    await live(lab, manifest(within, 'Repository', name, { ...first, ...DELETE }), [
      { tagMutability: 'MUTABLE', scanOnPush: false, tags: { team: 'b', gone: null } },
      { lifecycle: { document: lifecycleKeeping(5) } },
      { grants: [], lifecycle: { document: null, preview: null, rules: [] } },
    ]);
  });

  test('registry-wide settings, set and taken back', async () => {
    const all: Partial<RegistrySpec> = {
      ...settings,
      replication: { rules: [{ destinations: [{ region: 'eu-west-1', accountId: ACCOUNT }] }] },
      scanning: { scanType: 'ENHANCED', rules: [{ scanFrequency: 'CONTINUOUS_SCAN', filters: ['*'] }] },
      policy: { document: policyOf('one', { Resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/*` }) },
      accountSettings: { blobMounting: 'ENABLED' },
      signing: {
        rules: [{ signingProfileArn: `arn:aws:signer:${REGION}:${ACCOUNT}:/signing-profiles/release` }],
      },
      pullTimeUpdateExclusions: [`arn:aws:iam::${ACCOUNT}:role/scanner`],
    };
    const registry = await lab.registry('whole', REGION, all);
    await lab.holds(registry, 'SettingsSynced');
    await annotated(registry, BACKFILL_ANNOTATION, 'ecr:DescribeReplicationBackfillResults');
    await annotated(registry, BACKFILL_STOP_ANNOTATION, 'ecr:StopReplicationBackfill');
    const none = { policy: { document: '' }, signing: { rules: [] }, pullTimeUpdateExclusions: [] };
    await changed(lab, registry, { ...none, replication: { rules: [] } }, 'SettingsSynced');
  });

  test('a cache rule, validated and changed, and a pull through it', async () => {
    const secret = (name: string) =>
      `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ecr-pullthroughcache/${name}-AbCdEf`;
    const spec = { prefix: 'hub', upstreamRegistry: 'docker-hub', credentialArn: secret('one') };
    const rule = await lab.apply(manifest({ registry: 'whole' }, 'PullThroughCacheRule', 'hub', spec));
    await lab.holds(rule);
    await annotated(rule, VALIDATE_ANNOTATION, 'ecr:ValidatePullThroughCacheRule');
    await live(lab, manifest({ registry: 'whole' }, 'PullThroughCacheRule', 'hub', { ...spec, ...DELETE }), [
      { credentialArn: secret('two') },
    ]);
  });

  test('a creation template', async () => {
    const spec = { prefix: 'made', appliedFor: ['CREATE_ON_PUSH'], description: 'one' };
    await live(
      lab,
      manifest({ registry: 'whole' }, 'RepositoryCreationTemplate', 'made', { ...spec, ...DELETE }),
      [{ description: 'two' }],
    );
  });

  test('a PublicRepository', async () => {
    const first = {
      catalogData: { description: 'one' },
      tags: { team: 'a', gone: 'soon' },
      policy: { document: policyOf('one') },
    };
    await live(lab, manifest(within, 'PublicRepository', 'shown', { ...first, ...DELETE }), [
      { catalogData: { description: 'two' }, tags: { team: 'b', gone: null } },
    ]);
  });

  test('pull Secrets, with ECR Public, and pulls with them', async () => {
    const upstream = 'eu-west-2';
    const there = lab.aws.as(ACCOUNT, upstream);
    there.addRepository('web');
    there.addImage('web', { digest: `sha256:${'2'.repeat(64)}`, tags: new Set(['v1']), manifest: '{}' });
    const rule = manifest({ registry: 'whole' }, 'PullThroughCacheRule', 'cache', {
      prefix: 'cache',
      upstreamRegistry: 'ecr',
      upstreamRegistryUrl: `${ACCOUNT}.dkr.ecr.${upstream}.amazonaws.com`,
    });
    await lab.holds(await lab.apply(rule));
    const made = {
      appliedFor: ['PULL_THROUGH_CACHE'],
      tags: { team: 'a' },
      customRoleArn: `arn:aws:iam::${ACCOUNT}:role/ecr-custom`,
    };
    await lab.holds(
      await lab.apply(manifest({ registry: 'whole' }, 'RepositoryCreationTemplate', 'cache', made)),
    );
    const spec = { registries: [registryRef], public: { registryRef } };
    await lab.holds(await lab.apply({ ...manifest(within, 'PullSecret', 'pulls', {}), spec }));
    const { auth } = authsOf(await arrivedIn(lab, NAMESPACE))[HOST] ?? {};
    const ask = async (path: string, method = 'GET') => {
      const headers = { authorization: `Basic ${auth}` };
      const response = await fetch(`${lab.aws.registryUrl}/v2/cache/web/${path}?ns=${HOST}`, {
        method,
        headers,
      });
      await response.arrayBuffer();
      return response.status;
    };
    expect(await ask('manifests/v1')).toBe(200);
    // No registry lies behind the front here, so there are no blobs: that they may be asked for is what counts.
    const blob = `blobs/sha256:${'3'.repeat(64)}`;
    expect(await ask(blob, 'HEAD')).not.toBe(403);
    expect(await ask(blob)).not.toBe(403);
    expect(await ask('blobs/uploads/', 'POST')).toBe(403);
  });
});

describe('and nothing in the policies was in vain', () => {
  test.each([
    ['whole', IDENTITY],
    ['pull', PULL_ROLE],
  ])(
    'AWS gave the role %s each action on each resource that its files have, and no others',
    async (role, files) => {
      const behind = (await actionsBehind()).map(({ action }) => action);
      const allowed = files
        .flatMap((file) => allowedBy(shippedPolicy(file, { PREFIX: 'team-a/' })))
        .filter((words) => !behind.some((action) => words.startsWith(`${action} `)));
      expect(gotAs(lab, role)).toEqual([...new Set(allowed)].sort());
    },
  );

  test.each(['whole', 'pull', 'operator'])('AWS refused the role %s nothing but a push', (role) => {
    const refused = lab.askedAs(role).filter(({ result }) => /^AccessDenied/.test(result));
    expect(refused.map(({ action }) => action)).toEqual(role === 'pull' ? ['ecr:InitiateLayerUpload'] : []);
  });
});
