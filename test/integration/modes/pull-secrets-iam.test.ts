import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { resourceForm } from '../../lab/aws/operator-record.ts';
import { ACCOUNT, type Lab } from '../../lab/lab.ts';
import { allowedBy, shippedPolicy } from '../../lab/shipped-policies.ts';
import { arrivedIn, type Scene, scenes, servedIn } from '../pull-secret/pull-lab.ts';
import { authsOf } from '../pull-secret/pull-logins.ts';
import { PULL_SECRETS_ONLY, startModeLab } from './mode-lab.ts';

/** The role of the operator, which has this file and nothing else. */
const FILE = 'pull-only';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ecr-operator`;
/** As an account that is pulled from for one team alone. */
const REPOSITORY = 'team-a/web';
const PREFIX = 'team-a/';
const WEB_IDENTITY = 'the-web-identity-of-the-operator';

jest.setTimeout(90_000);

let lab: Lab;
let scene: ReturnType<typeof scenes>;

beforeAll(async () => {
  lab = await startModeLab(PULL_SECRETS_ONLY);
  scene = scenes(lab);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** Gives the role its policy, for one region. */
function grant(region: string): void {
  lab.aws.addRole({
    arn: ROLE,
    policies: [shippedPolicy(FILE, { REGION: region, PREFIX }).text],
    webIdentityToken: WEB_IDENTITY,
  });
}

/** The ways in which the operator gets to be that role. */
const WAYS = {
  async keys(): Promise<Record<string, string>> {
    const session = lab.aws.issueSession(ROLE, { seconds: 3_600 });
    return {
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
    };
  },
  async 'web identity'(): Promise<Record<string, string>> {
    const file = join(lab.controlPlane.folder, 'web-identity-token');
    await writeFile(file, WEB_IDENTITY);
    return {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_ROLE_ARN: ROLE,
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      ECR_OPERATOR_IDENTITY_TOKENS: 'refuse',
    };
  },
} as const;

/** What a container runtime asks for, and a push. */
async function pullAndPush({ host }: Scene, namespace: string) {
  const { auth } = authsOf(await arrivedIn(lab, namespace))[host] ?? {};
  const ask = async (path: string, method = 'GET') => {
    const headers = { authorization: `Basic ${auth}` };
    const response = await fetch(`${lab.aws.registryUrl}/v2/${REPOSITORY}/${path}?ns=${host}`, {
      method,
      headers,
    });
    await response.arrayBuffer();
    return response.status;
  };
  const layer = `blobs/sha256:${'3'.repeat(64)}`;
  return {
    manifest: await ask('manifests/v1'),
    // No registry lies behind the front here, so there are no blobs: that they may be asked for is what counts.
    isLayerOpen: (await ask(layer, 'HEAD')) !== 403 && (await ask(layer)) !== 403,
    push: await ask('blobs/uploads/', 'POST'),
  };
}

test.each([
  ['keys', 'Identity'],
  ['web identity', 'PullOnly'],
] as const)(
  'with deploy/iam/pull-only.json alone, by %s, it serves pull Secrets, and needs all of the file and nothing else',
  async (way, scope) => {
    const own = scene(way.replace(' ', '-'));
    grant(own.region);
    const there = lab.aws.as(ACCOUNT, own.region);
    there.addRepository(REPOSITORY);
    there.addImage(REPOSITORY, { digest: `sha256:${'2'.repeat(64)}`, tags: new Set(['v1']), manifest: '{}' });
    const operator = await lab.startOperator({
      env: { ECR_OPERATOR_CONTROLLERS: 'pull-secrets', ...(await WAYS[way]()) },
    });
    await own.registry();
    const namespace = await own.namespace('a');
    const object = await servedIn(lab, await own.pullSecret(namespace), 1);
    expect(object.status?.tokenScope).toBe(scope);
    expect(await pullAndPush(own, namespace)).toEqual({ manifest: 200, isLayerOpen: true, push: 403 });
    expect(await operator.stop()).toBe(true);

    const asked = lab.aws.actions.all().filter(({ region }) => region === own.region);
    const inWords = (isOk: boolean) =>
      asked
        .filter(({ result, action }) => (result === 'ok') === isOk && action.startsWith('ecr:'))
        .flatMap(({ action, resources }) => resources.map((arn) => `${action} ${resourceForm(arn)}`));
    expect([...new Set(inWords(true))].sort()).toEqual(
      [...allowedBy(shippedPolicy(FILE, { PREFIX }))].sort(),
    );
    expect(inWords(false).map((words) => words.split(' ')[0])).toEqual(['ecr:InitiateLayerUpload']);
    // Who one is, and to become the role of one's own web identity, takes no permission.
    const others = asked.map(({ action }) => action).filter((action) => !action.startsWith('ecr:'));
    expect(['sts:GetCallerIdentity', 'sts:AssumeRoleWithWebIdentity']).toEqual(
      expect.arrayContaining([...new Set(others)]),
    );
  },
);
