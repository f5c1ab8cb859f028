import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { type ConnectionOptions, type Connections, createConnections } from '../../../src/ecr/connection.ts';
import type { Keys } from '../../../src/ecr/credentials.ts';
import type { PullScope } from '../../../src/ecr/pull-scope.ts';
import type { PullToken } from '../../../src/ecr/pull-tokens.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { failureOf } from '../../../src/runtime/errors.ts';
import { type AwsSimulator, startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { ACCOUNT, STAND_INS, specAt } from './stand-in.ts';

const OTHER_ACCOUNT = '210987654321';
const REGION = 'us-east-1';
const USER = `arn:aws:iam::${ACCOUNT}:user/operator`;
const PULL_ROLE = `arn:aws:iam::${ACCOUNT}:role/pull`;
const WEB_ROLE = `arn:aws:iam::${ACCOUNT}:role/irsa`;
const WEB_TOKEN = 'header.payload.signature-of-the-cluster';
const ALL: PullScope = { kind: 'Registry' };
const TEAM: PullScope = { kind: 'Repositories', patterns: ['team-a/*'] };

let aws: AwsSimulator<{ now(): Date }>;
let folder: TemporaryFolder;
let keys: Keys;
let connections: Connections;

beforeAll(async () => {
  folder = await temporaryFolder('issued-tokens');
  aws = await startAwsSimulator({ clock: { now: () => new Date() } });
  keys = aws.addUser({ arn: USER });
  aws.addRole({ arn: PULL_ROLE, trusts: [USER], externalId: 'cluster-1' });
  aws.addRole({ arn: WEB_ROLE, webIdentityToken: WEB_TOKEN });
  connections = connectionsWith();
  for (const account of [ACCOUNT, OTHER_ACCOUNT]) {
    const registry = aws.as(account, REGION);
    for (const name of ['team-a/web', 'team-b/web']) {
      registry.addRepository(name);
      registry.addImage(name, { digest: digestOf(name), tags: new Set(['v1']), manifest: '{}' });
    }
  }
});

afterAll(async () => {
  connections?.close();
  await Promise.all([aws?.stop(), folder?.remove()]);
});

beforeEach(() => {
  aws.actions.clear();
});

function connectionsWith(options: Partial<ConnectionOptions> = {}): Connections {
  return createConnections(async () => keys, {
    now: systemClock.now,
    network: STAND_INS,
    ...options,
  });
}

function specOf(more: Partial<RegistrySpec> = {}): RegistrySpec {
  const credentials = { secretRef: { name: 'aws' }, externalId: 'cluster-1' };
  return specAt(aws, { credentials, pullRoleArn: PULL_ROLE, ...more });
}

const calls = (): string[] => aws.actions.all().map(({ action }) => action);

/** What the registry answers to a pull, or to a push, with this token. */
async function status(token: PullToken, name: string, { account = ACCOUNT, method = 'GET' } = {}) {
  const host = `${account}.dkr.ecr.${REGION}.amazonaws.com`;
  const authorization = `Basic ${Buffer.from(`AWS:${token.password}`).toString('base64')}`;
  const url = `${aws.registryUrl}/v2/${name}/manifests/v1?ns=${host}`;
  const body = method === 'PUT' ? { body: '{}' } : {};
  const response = await fetch(url, { method, headers: { authorization }, ...body });
  await response.body?.cancel();
  return response.status;
}

async function failure(promise: Promise<unknown>): Promise<ReturnType<typeof failureOf> | 'none'> {
  return promise.then(
    () => 'none' as const,
    (error: unknown) => failureOf(error),
  );
}

describe('a token of a role', () => {
  test('for some repositories pulls from these, and from no other', async () => {
    const token = await connections.to(specOf()).issueToken(TEAM);
    expect([await status(token, 'team-a/web'), await status(token, 'team-b/web')]).toEqual([200, 403]);
    expect(await status(token, 'team-a/web', { method: 'PUT' })).toBe(403);
  });

  test('for the registry pulls from all of it, pushes nothing, and opens no other registry', async () => {
    const token = await connections.to(specOf()).issueToken(ALL);
    expect([await status(token, 'team-a/web'), await status(token, 'team-b/web')]).toEqual([200, 200]);
    expect(await status(token, 'team-a/web', { method: 'PUT' })).toBe(403);
    expect(await status(token, 'team-a/web', { account: OTHER_ACCOUNT })).toBe(403);
  });

  test('is one AssumeRole and one GetAuthorizationToken, and ends with the session', async () => {
    const before = Date.now();
    const token = await connections.to(specOf()).issueToken(ALL);
    expect(calls()).toEqual(['sts:AssumeRole', 'ecr:GetAuthorizationToken']);
    expect([token.scope, token.hosts]).toEqual(['PullOnly', [`${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`]]);
    expect(token.expiresAt).toBeGreaterThan(before + 3_500_000);
    expect(token.expiresAt).toBeLessThan(Date.now() + 3_601_000);
  });

  test('is asked for anew each time: no session is kept', async () => {
    const connection = connections.to(specOf());
    await Promise.all([connection.issueToken(TEAM), connection.issueToken(TEAM)]);
    expect([aws.actions.count('sts:AssumeRole'), aws.actions.count('ecr:GetAuthorizationToken')]).toEqual([
      2, 2,
    ]);
  });

  test('does not come by way of roleArn: the pull role trusts whoever that starts from', async () => {
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/manage`;
    aws.addRole({ arn: roleArn, trusts: [USER], externalId: 'cluster-1' });
    const credentials = { secretRef: { name: 'aws' }, externalId: 'cluster-1', roleArn };
    await connections.to(specOf({ credentials })).issueToken(ALL);
    const assumed = aws.actions.all().filter(({ action }) => action === 'sts:AssumeRole');
    expect(assumed.map(({ principalArn, params }) => [principalArn, params['RoleArn']])).toEqual([
      [USER, PULL_ROLE],
    ]);
  });

  test('of another account’s registry opens it where its repository policy lets us in', async () => {
    const registry = aws.as(OTHER_ACCOUNT, REGION);
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: ACCOUNT },
      Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'],
    };
    const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    registry.call('SetRepositoryPolicy', { repositoryName: 'team-a/web', policyText });
    const spec = specOf({ accountId: OTHER_ACCOUNT, access: 'PullOnly' });
    const token = await connections.to(spec).issueToken(ALL);
    expect([
      await status(token, 'team-a/web', { account: OTHER_ACCOUNT }),
      await status(token, 'team-b/web', { account: OTHER_ACCOUNT }),
      await status(token, 'team-a/web'),
    ]).toEqual([200, 403, 403]);
  });
});

describe('a role that does not give a session', () => {
  test('is named, with the action and AWS’s words', async () => {
    const spec = specOf({ credentials: { secretRef: { name: 'aws' }, externalId: 'wrong' } });
    expect(await failure(connections.to(spec).issueToken(TEAM))).toEqual({
      reason: 'AccessDenied',
      message: `sts:AssumeRole on ${PULL_ROLE}: AccessDenied: User: ${USER} is not authorized to perform: sts:AssumeRole on resource: ${PULL_ROLE}`,
      occurrence: expect.stringMatching(/^request id /),
    });
  });

  test('since the packed policy is too large: the scope is, and it says what to write', async () => {
    // Names that are hard to pack; few enough for the plain text.
    const name = (index: number) =>
      [0, 1, 2, 3, 4]
        .map((part) =>
          BigInt(`0x${createHash('sha256').update(`${index}.${part}`).digest('hex')}`).toString(36),
        )
        .join('');
    const patterns = [1, 2, 3, 4, 5].map((index) => name(index).slice(0, 245));
    expect(await failure(connections.to(specOf()).issueToken({ kind: 'Repositories', patterns }))).toEqual({
      reason: 'ScopeTooLarge',
      message: expect.stringMatching(
        /^sts:AssumeRole on \S+: PackedPolicyTooLarge\w*: Packed policy consumes \d+% of allotted space, please use smaller policy.; name a prefix such as team-a\/\* instead of single repositories$/,
      ),
      occurrence: expect.stringMatching(/^request id /),
    });
  });

  test('since there are no keys to ask with: that is said', async () => {
    const none = createConnections(
      async () => {
        throw new Error('there is no Secret');
      },
      { now: systemClock.now, network: STAND_INS },
    );
    expect(await failure(none.to(specOf()).issueToken(TEAM))).toEqual({
      reason: 'AWSError',
      message: 'the search for credentials on this operator: Error: there is no Secret',
    });
    none.close();
  });
});

describe('a token of the web identity', () => {
  async function issue(content: string, scope: PullScope) {
    const tokenFile = join(folder.path, 'token');
    await writeFile(tokenFile, content);
    const some = connectionsWith({ webIdentity: { roleArn: WEB_ROLE, tokenFile } });
    const { pullRoleArn: _, credentials: __, ...spec } = specOf();
    try {
      return await some.to(spec).issueToken(scope);
    } finally {
      some.close();
    }
  }

  test('needs no second role to be narrow', async () => {
    const token = await issue(WEB_TOKEN, TEAM);
    expect([await status(token, 'team-a/web'), await status(token, 'team-b/web')]).toEqual([200, 403]);
    expect([token.scope, calls().slice(0, 2)]).toEqual([
      'Scoped',
      ['sts:AssumeRoleWithWebIdentity', 'ecr:GetAuthorizationToken'],
    ]);
  });

  test('that STS refuses says so', async () => {
    expect(await failure(issue('not.what.it-was', TEAM))).toMatchObject({
      message: expect.stringContaining(`sts:AssumeRoleWithWebIdentity on ${WEB_ROLE}: `),
    });
  });

  test('that STS quotes in its error is not shown', async () => {
    const message = `1 validation error detected: Value '${WEB_TOKEN}' at 'webIdentityToken'`;
    const fault = { kind: 'error', name: 'ValidationError', message } as const;
    aws.faults.add({ match: { action: 'sts:AssumeRoleWithWebIdentity' }, fault, times: 1 });
    expect(await failure(issue(WEB_TOKEN, TEAM))).toMatchObject({
      reason: 'InvalidParameter',
      message: `sts:AssumeRoleWithWebIdentity on ${WEB_ROLE}: ValidationError: 1 validation error detected: Value '(the token)' at 'webIdentityToken'`,
    });
  });
});

describe('a token of ECR Public', () => {
  /** The one way to another endpoint: a Registry’s own URL is for private ECR. */
  const VARIABLE = 'AWS_ENDPOINT_URL_ECR_PUBLIC';
  const PUBLIC: PullScope = { kind: 'Public' };

  beforeAll(() => {
    process.env[VARIABLE] = aws.endpoint;
  });

  afterAll(() => {
    delete process.env[VARIABLE];
  });

  test('comes from us-east-1 by its own call, and opens no private registry', async () => {
    const token = await connections.to(specOf({ region: 'eu-west-1' })).issueToken(PUBLIC);
    expect([token.scope, token.hosts]).toEqual(['PullOnly', ['public.ecr.aws']]);
    expect(aws.actions.all().map(({ action, region }) => [action, region])).toEqual([
      ['sts:AssumeRole', 'eu-west-1'],
      ['sts:GetServiceBearerToken', 'us-east-1'],
      ['ecr-public:GetAuthorizationToken', 'us-east-1'],
    ]);
    expect(await status(token, 'team-a/web')).not.toBe(200);
    const authorization = `Basic ${Buffer.from(`AWS:${token.password}`).toString('base64')}`;
    const login = await fetch(`${aws.registryUrl}/token/?ns=public.ecr.aws`, { headers: { authorization } });
    await login.body?.cancel();
    expect(login.status).toBe(200);
  });

  test('that the role may not have says which action', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/private-only`;
    const policy = { Statement: [{ Effect: 'Allow', Action: 'ecr:*', Resource: '*' }] };
    aws.addRole({ arn, trusts: [USER], policies: [JSON.stringify(policy)] });
    const issued = connections.to(specOf({ pullRoleArn: arn })).issueToken(PUBLIC);
    expect(await failure(issued)).toMatchObject({
      reason: 'AccessDenied',
      message: expect.stringMatching(/^ecr-public:GetAuthorizationToken on \*: AccessDeniedException: /),
    });
  });
});

test('a token of the identity itself is as wide as that', async () => {
  const { pullRoleArn: _, ...spec } = specOf();
  const token = await connections.to(spec).issueToken(ALL);
  expect([token.scope, calls()]).toEqual([
    'Identity',
    ['sts:GetCallerIdentity', 'ecr:GetAuthorizationToken'],
  ]);
  expect(await status(token, 'team-b/web')).toBe(200);
});
