import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { type Connections, createConnections } from '../../../src/ecr/connection.ts';
import type { Keys } from '../../../src/ecr/credentials.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { failureOf, TerminalError } from '../../../src/runtime/errors.ts';
import { type AwsSimulator, startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { ACCOUNT, STAND_INS, specAt } from './stand-in.ts';

const USER = `arn:aws:iam::${ACCOUNT}:user/operator`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ecr`;

let aws: AwsSimulator<{ now(): Date }>;
let keys: Keys;
let connections: Connections;

beforeAll(async () => {
  aws = await startAwsSimulator({ clock: { now: () => new Date() } });
  keys = aws.addUser({ arn: USER });
  aws.addRole({ arn: ROLE, trusts: [USER] });
  connections = createConnections(async () => keys, { ...systemClock, network: STAND_INS });
});

afterAll(async () => {
  connections?.close();
  await aws?.stop();
});

/** Each name is a connection of its own. */
function spec(name: string, more: Partial<RegistrySpec> = {}, roleArn?: string): RegistrySpec {
  return specAt(aws, { credentials: { secretRef: { name }, ...(roleArn ? { roleArn } : {}) }, ...more });
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => [error instanceof TerminalError, failureOf(error)]);
}

describe('who we are at AWS', () => {
  test('is asked once, by however many at a time', async () => {
    aws.actions.clear();
    const connection = connections.to(spec('once'));
    const found = await Promise.all([1, 2, 3].map(() => connection.verify()));
    await connection.verify();
    expect(found).toEqual(found.map(() => ({ accountId: ACCOUNT, arn: USER })));
    expect(aws.actions.count('sts:GetCallerIdentity')).toBe(1);
  });

  test('is asked again after an hour: keys can be withdrawn', async () => {
    let now = 0;
    const hourly = createConnections(async () => keys, { now: () => now, network: STAND_INS });
    const connection = hourly.to(spec('hourly'));
    await connection.verify();
    aws.actions.clear();
    now = 3_000_000;
    await connection.verify();
    expect(aws.actions.count('sts:GetCallerIdentity')).toBe(0);
    now = 3_600_000;
    await connection.verify();
    expect(aws.actions.count('sts:GetCallerIdentity')).toBe(1);
    hourly.close();
  });

  test('of another account is refused, and nothing else is asked', async () => {
    aws.actions.clear();
    const connection = connections.to(spec('other', { accountId: '210987654321' }));
    expect(await failure(connection.verify())).toEqual([
      true,
      {
        reason: 'AccountMismatch',
        message: `the credentials belong to account ${ACCOUNT} (${USER}), but spec.accountId says 210987654321: nothing is done at AWS until they agree`,
      },
    ]);
    expect(aws.actions.all().map(({ action }) => action)).toEqual(['sts:GetCallerIdentity']);
  });

  test('may be of another account where the registry is only pulled from', async () => {
    const connection = connections.to(spec('pulled', { accountId: '210987654321', access: 'PullOnly' }));
    expect(await connection.verify()).toEqual({ accountId: ACCOUNT, arn: USER });
  });

  test('is asked again three seconds after a failure, which all have until then', async () => {
    let now = 0;
    const failing = createConnections(async () => keys, { now: () => now, network: STAND_INS });
    const connection = failing.to(spec('again'));
    aws.faults.add({ match: { action: 'sts:*' }, fault: { kind: 'access-denied' }, times: 1 });
    for (const at of [0, 2_999]) {
      now = at;
      expect(await failure(connection.verify())).toEqual([
        false,
        expect.objectContaining({ reason: 'AccessDenied' }),
      ]);
    }
    now = 3_000;
    expect(await connection.verify()).toEqual({ accountId: ACCOUNT, arn: USER });
    failing.close();
  });

  test('is asked by however many objects once in three seconds while AWS does not take the keys', async () => {
    let now = 0;
    const fault = { kind: 'error', name: 'InvalidClientTokenId', message: 'It is invalid' } as const;
    const hit = aws.faults.add({ match: { action: 'sts:*' }, fault });
    const refused = createConnections(async () => keys, { now: () => now, network: STAND_INS });
    const connection = refused.to(spec('unknown'));
    aws.actions.clear();
    for (now = 0; now < 30_000; now += 100) await connection.verify().catch(() => undefined);
    hit.remove();
    refused.close();
    expect(aws.actions.count('sts:GetCallerIdentity')).toBe(10);
  });

  test('is asked at once with the right secret of the same key', async () => {
    let held: Keys = { ...keys, secretAccessKey: 'wrong' };
    const mended = createConnections(async () => held, { now: () => 0, network: STAND_INS });
    const connection = mended.to(spec('mended'));
    expect(await failure(connection.verify())).toEqual([
      false,
      expect.objectContaining({ reason: 'CredentialsRefused' }),
    ]);
    held = keys;
    mended.secretChanged('mended');
    expect(await connection.verify()).toEqual({ accountId: ACCOUNT, arn: USER });
    mended.close();
  });

  test('is a session of the role where one is to be assumed, once for however many at a time', async () => {
    aws.actions.clear();
    const { ecr, verify } = connections.to(spec('role', {}, ROLE));
    const [identity] = await Promise.all([verify(), verify(), verify()]);
    await ecr.describeRepository('nothing');
    expect(identity).toEqual({
      accountId: ACCOUNT,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/ecr/ecr-operator`,
    });
    expect(aws.actions.all().map(({ action }) => action)).toEqual([
      'sts:AssumeRole',
      'sts:GetCallerIdentity',
      'ecr:DescribeRepositories',
    ]);
  });

  test('cannot be told without keys, and that is said', async () => {
    const none = createConnections(
      async () => {
        throw new Error('there is no Secret');
      },
      { ...systemClock, network: STAND_INS },
    );
    expect(await failure(none.to(spec('none')).verify())).toEqual([
      false,
      {
        reason: 'AWSError',
        message: 'the search for credentials on this operator: Error: there is no Secret',
      },
    ]);
    none.close();
  });
});

describe('connections', () => {
  test('are shared by specs that agree in what makes them, and no others', () => {
    const one = connections.to(spec('shared'));
    expect([
      connections.to(spec('shared', { tenancy: { rules: [] } })) === one,
      connections.to(spec('shared', { region: 'eu-west-1' })) === one,
      connections.to(spec('shared', {}, ROLE)) === one,
      connections.to(spec('shared', { access: 'PullOnly' })) === one,
      connections.to(spec('shared', { pullRoleArn: ROLE })) === one,
      connections.to(spec('unshared')) === one,
    ]).toEqual([true, false, false, false, false, false]);
  });

  test('that nobody needs any more are made anew when they are needed again', () => {
    const some = createConnections(async () => keys, { ...systemClock, network: STAND_INS });
    const [kept, left] = [some.to(spec('kept')), some.to(spec('left'))];
    some.retain([spec('kept')]);
    expect([some.to(spec('kept')) === kept, some.to(spec('left')) === left]).toEqual([true, false]);
    some.close();
  });
});

describe('a connection that is closed', () => {
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

  test('lets calls that are under way come to their end, none made twice, and leaves nothing open', async () => {
    const before = sockets();
    const some = createConnections(async () => keys, { ...systemClock, network: STAND_INS });
    const { ecr, verify } = some.to(spec('closing'));
    await verify();
    aws.actions.clear();
    const answer = Promise.withResolvers<void>();
    const slow = { kind: 'slow', until: answer.promise, when: 'after' } as const;
    const hit = aws.faults.add({ match: { action: 'ecr:CreateRepository' }, fault: slow });
    const made = ecr.createRepository({ name: 'closing', tags: {} });
    await waitFor(() => hit.hits() === 1, { what: 'the call' });
    some.close();
    // Long enough for another attempt, which would come at once.
    await sleep(300);
    answer.resolve();
    expect(await made).toMatchObject({ name: 'closing' });
    hit.remove();
    expect(aws.actions.count('ecr:CreateRepository')).toBe(1);
    await waitFor(() => sockets() <= before, { what: 'the connections to be closed' });
  });
});

test('archived images count: a repository that holds some is not empty', async () => {
  const registry = aws.as(ACCOUNT, 'us-east-1');
  registry.addRepository('archive');
  registry.addImage('archive', { digest: digestOf('a') });
  registry.addImage('archive', { digest: digestOf('b'), status: 'ARCHIVED' });
  expect(await connections.to(spec('images')).ecr.countImages('archive')).toBe(2);
});
