import { join } from 'node:path';
import { ECR } from '@aws-sdk/client-ecr';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { crane, craneOk, writeDockerConfig } from '../../lab/crane.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT, type Lab, REGION, startLab } from '../../lab/lab.ts';
import { type LabRegistry, startRegistry } from '../../lab/registry.ts';
import type { CommandResult } from '../../lab/run-command.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { type TinyImage, writeTinyImage } from '../../lab/tiny-image.ts';
import { arrivedIn, servedIn, settledAs } from '../pull-secret/pull-lab.ts';
import { authsOf } from '../pull-secret/pull-logins.ts';
import { API_VERSION, core, type PullObject, pullSecret, registry } from '../pull-secret/pull-objects.ts';
import { DOCKER_HUB } from './prefix-lab.ts';

/** Plays Docker Hub: another registry of the simulator. */
const UPSTREAM = { accountId: '999999999999', region: 'eu-west-1' } as const;
const HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const UPSTREAM_HOST = `${UPSTREAM.accountId}.dkr.ecr.${UPSTREAM.region}.amazonaws.com`;

const PULLS = [
  'ecr:GetAuthorizationToken',
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchImportUpstreamImage',
];

jest.setTimeout(120_000);

let lab: Lab;
let behind: LabRegistry;
let folder: TemporaryFolder;
let image: TinyImage;

beforeAll(async () => {
  folder = await temporaryFolder('first-pull');
  behind = await startRegistry();
  lab = await startLab({ upstream: behind.url });
  await lab.startOperator();
  const { caches } = lab.aws.as(ACCOUNT, REGION).registry;
  caches.upstreams.set('registry-1.docker.io', UPSTREAM);
  image = await pushUpstream('library/nginx');
  await cacheOfDockerHub();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await behind?.stop();
  await folder?.remove();
});

/** Somebody at the upstream pushes an image. */
async function pushUpstream(repository: string): Promise<TinyImage> {
  lab.aws.as(UPSTREAM.accountId, UPSTREAM.region).addRepository(repository);
  const made = await writeTinyImage(join(folder.path, 'image'), { text: 'from upstream\n' });
  const login = { [UPSTREAM_HOST]: await pusherLogin(UPSTREAM) };
  const dockerConfig = await writeDockerConfig(join(folder.path, 'upstream-login'), login);
  await craneOk(['push', made.path, `${UPSTREAM_HOST}/${repository}:1`], {
    dockerConfig,
    proxy: lab.aws.registryUrl,
  });
  return made;
}

/** Of a user who may do everything. */
async function pusherLogin({ accountId, region }: { readonly accountId: string; readonly region: string }) {
  const credentials = lab.aws.addUser({ arn: `arn:aws:iam::${accountId}:user/pusher` });
  const ecr = new ECR({ endpoint: lab.aws.endpoint, region, credentials });
  const { authorizationData } = await ecr.getAuthorizationToken({}).finally(() => ecr.destroy());
  const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString();
  return { username: 'AWS', password: token.slice('AWS:'.length) };
}

/** The rule and the template, as a platform team declares them. */
async function cacheOfDockerHub(): Promise<void> {
  await lab.admin.apply(registry('default', { accountId: ACCOUNT, region: REGION }));
  const objects = [
    { kind: 'PullThroughCacheRule', name: 'docker-hub', spec: DOCKER_HUB },
    {
      kind: 'RepositoryCreationTemplate',
      name: 'docker-hub',
      spec: {
        appliedFor: ['PULL_THROUGH_CACHE'],
        tagMutability: 'IMMUTABLE',
        tags: { team: 'platform' },
        customRoleArn: `arn:aws:iam::${ACCOUNT}:role/templates`,
        lifecycle: {
          rules: [
            {
              priority: 1,
              tagStatus: 'any',
              countType: 'sinceImagePushed',
              countNumber: 30,
              action: 'expire',
            },
          ],
        },
        grants: [{ name: 'other', access: 'Pull', to: { accounts: ['210987654321'] } }],
      },
    },
    {
      kind: 'RepositoryCreationTemplate',
      name: 'pushed',
      spec: { appliedFor: ['CREATE_ON_PUSH'], tagMutability: 'IMMUTABLE' },
    },
  ];
  for (const { kind, name, spec } of objects) {
    const object = { apiVersion: API_VERSION, kind, metadata: { name }, spec } as unknown as KubeObject;
    await settledAs(lab, await lab.admin.apply<PullObject>(object), 'Ready');
  }
}

interface Allowance {
  readonly allowed: readonly string[];
  readonly repositories: readonly string[];
}

/** A pull with the pull Secret of a namespace whose tokens come from a role that may do this. */
async function pullIn(namespace: string, allowance: Allowance): Promise<CommandResult> {
  const dockerConfig = await loginIn(namespace, allowance);
  const to = join(folder.path, `${namespace}-pulled`);
  return crane(['pull', '--format=oci', `${HOST}/docker-hub/library/nginx:1`, to], {
    dockerConfig,
    proxy: lab.aws.registryUrl,
  });
}

async function loginIn(namespace: string, { allowed, repositories }: Allowance): Promise<string> {
  const role = `arn:aws:iam::${ACCOUNT}:role/${namespace}`;
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: allowed, Resource: '*' }],
  };
  const trusts = [`arn:aws:iam::${ACCOUNT}:user/ecr-operator`];
  lab.aws.addRole({ arn: role, trusts, policies: [JSON.stringify(document)] });
  await lab.admin.create(core('Namespace', namespace));
  await lab.admin.apply(registry(namespace, { accountId: ACCOUNT, region: REGION, pullRoleArn: role }));
  const spec = { registries: [{ name: namespace, repositories }] };
  await servedIn(lab, await lab.admin.apply<PullObject>(pullSecret(namespace, 'cache', spec)), 1);
  const { username = '', password = '' } = authsOf(await arrivedIn(lab, namespace))[HOST] ?? {};
  return writeDockerConfig(join(folder.path, namespace), { [HOST]: { username, password } });
}

const cached = () => lab.aws.as(ACCOUNT, REGION).repository('docker-hub/library/nginx');

test.each([
  ['may not import', 'no-import', PULLS.slice(0, 4), ['docker-hub/*']],
  ['may make no repository', 'no-create', PULLS, ['docker-hub/*']],
  ['may not tag one', 'no-tags', [...PULLS, 'ecr:CreateRepository'], ['docker-hub/*']],
  ['is for other names', 'elsewhere', [...PULLS, 'ecr:CreateRepository', 'ecr:TagResource'], ['team-a/*']],
])('a pull Secret that %s cannot make the first pull', async (_, namespace, allowed, repositories) => {
  const { code, stderr } = await pullIn(namespace, { allowed, repositories });
  expect(code).not.toBe(0);
  expect(stderr).toContain('DENIED');
  expect(cached()).toBeUndefined();
});

test('the first pull by a pull Secret makes the repository as the template says', async () => {
  const allowed = [...PULLS, 'ecr:CreateRepository', 'ecr:TagResource'];
  const { code, stderr } = await pullIn('first', { allowed, repositories: ['docker-hub/*'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const made = cached();
  expect(made?.mutability).toBe('IMMUTABLE');
  expect([...(made?.tags ?? [])]).toEqual([['team', 'platform']]);
  expect(made?.policyText).toContain('210987654321');
  expect(JSON.parse(made?.lifecycle?.text ?? '{}').rules[0].selection.countNumber).toBe(30);
  expect([...(made?.images.keys() ?? [])]).toEqual([image.digest]);
});

test('what is cached needs no further rights than a pull', async () => {
  const { code } = await pullIn('second', { allowed: PULLS.slice(0, 4), repositories: ['docker-hub/*'] });
  expect(code).toBe(0);
});

describe('a push to a name that is not there', () => {
  const push = (repository: string, dockerConfig: string) =>
    crane(['push', image.path, `${HOST}/${repository}:1`], { dockerConfig, proxy: lab.aws.registryUrl });
  const found = (repository: string) => lab.aws.as(ACCOUNT, REGION).repository(repository);

  test('makes the repository as the template for CREATE_ON_PUSH says, and none without one', async () => {
    const login = { [HOST]: await pusherLogin({ accountId: ACCOUNT, region: REGION }) };
    const dockerConfig = await writeDockerConfig(join(folder.path, 'pusher'), login);
    expect(await push('pushed/new', dockerConfig)).toMatchObject({ code: 0 });
    expect(found('pushed/new')?.mutability).toBe('IMMUTABLE');
    expect((await push('not/there', dockerConfig)).code).not.toBe(0);
    expect(found('not/there')).toBeUndefined();
  });

  test('makes none by a pull Secret, also when its role may make repositories', async () => {
    const allowed = [...PULLS, 'ecr:CreateRepository', 'ecr:InitiateLayerUpload', 'ecr:PutImage'];
    const dockerConfig = await loginIn('pushing', { allowed, repositories: ['pushed/*'] });
    const { code, stderr } = await push('pushed/by-secret', dockerConfig);
    expect(code).not.toBe(0);
    expect(stderr).toContain('DENIED');
    expect(found('pushed/by-secret')).toBeUndefined();
  });
});
