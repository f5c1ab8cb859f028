import { getCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { type Connections, createConnections } from '../../../src/ecr/connection.ts';
import { failureOf, TerminalError } from '../../../src/runtime/errors.ts';
import { type AwsSimulator, startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import type { AccessKey } from '../../lab/aws/identity.ts';
import { offsetClock, type SteppedClock } from '../../lab/aws/simulator-clock.ts';

const ACCOUNT = '123456789012';
const USER = `arn:aws:iam::${ACCOUNT}:user/operator`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

let aws: AwsSimulator<SteppedClock>;
let keys: AccessKey;
let connections: Connections;
/** How often the Secret was read. */
let reads = 0;

beforeAll(async () => {
  aws = await startAwsSimulator({ clock: offsetClock() });
});

beforeEach(() => {
  reads = 0;
  keys = aws.addUser({ arn: USER });
  const read = async () => {
    reads += 1;
    return keys;
  };
  connections?.close();
  connections = createConnections(read, { now: () => aws.clock.now().getTime() });
  aws.actions.clear();
});

afterAll(async () => {
  connections?.close();
  await aws?.stop();
});

function spec(credentials: RegistrySpec['credentials'] = {}, more: Partial<RegistrySpec> = {}): RegistrySpec {
  return {
    accountId: ACCOUNT,
    region: 'us-east-1',
    access: 'Manage',
    credentials: { secretRef: { name: 'keys' }, ...credentials },
    endpoint: { ecr: aws.ecrUrl, sts: aws.stsUrl },
    ...more,
  };
}

const look = (one: RegistrySpec) => connections.to(one).ecr.describeRepository('nothing');
const stsCalls = () =>
  aws.actions
    .all()
    .filter(({ action }) => action.startsWith('sts:'))
    .map(({ action, resource }) => `${action.slice(4)} ${resource.split('/').at(-1)}`);

describe('Registries that get their keys in the same way', () => {
  test('share one session and one question who that is, whatever account they are of', async () => {
    aws.addRole({ arn: role('shared'), trusts: [USER] });
    const accounts = Array.from({ length: 20 }, (_, index) => `2109876543${10 + index}`);
    const specs = accounts.map((accountId) =>
      spec({ roleArn: role('shared') }, { accountId, access: 'PullOnly' }),
    );
    await Promise.all(specs.map((one) => connections.to(one).verify()));
    await Promise.all(specs.map((one) => connections.to(one).verify()));
    expect([stsCalls(), reads]).toEqual([['AssumeRole shared', 'GetCallerIdentity *'], 1]);
  });

  test('share none with those that name another role, session or tag, or another STS', async () => {
    aws.addRole({ arn: role('one'), trusts: [USER] });
    aws.addRole({ arn: role('two'), trusts: [USER] });
    const roleArn = role('one');
    const [caBundle = ''] = getCACertificates('bundled');
    const specs = [
      spec({ roleArn }),
      spec({ roleArn: role('two') }),
      spec({ roleArn, sessionName: 'mine' }),
      spec({ roleArn, sessionTags: { team: 'a' } }),
      spec({ roleArn }, { region: 'eu-west-1' }),
      spec({ roleArn }, { endpoint: { ecr: aws.ecrUrl, sts: `${aws.stsUrl}/` } }),
      spec({ roleArn }, { endpoint: { ecr: aws.ecrUrl, sts: aws.stsUrl, caBundle } }),
    ];
    for (const one of specs) await connections.to(one).verify();
    expect(aws.actions.count('sts:AssumeRole')).toBe(specs.length);
  });

  test('share none with those whose keys are in another Secret', async () => {
    const [mine, theirs] = ['mine', 'theirs'].map((name) => `arn:aws:iam::${ACCOUNT}:user/${name}`);
    const held = new Map([mine, theirs].map((arn = '') => [arn.split('/')[1], aws.addUser({ arn })]));
    const two = createConnections(async (name) => held.get(name) ?? keys, { now: Date.now });
    const as = (name: string) => two.to(spec({ secretRef: { name } })).verify();
    const found = await Promise.all(['mine', 'theirs'].map(as));
    two.close();
    expect(found.map(({ arn }) => arn)).toEqual([mine, theirs]);
  });

  test('keep what they share as long as one of them is there, and no longer', async () => {
    aws.addRole({ arn: role('kept'), trusts: [USER] });
    const [one, other] = [
      spec({ roleArn: role('kept') }),
      spec({ roleArn: role('kept') }, { access: 'PullOnly' }),
    ];
    await connections.to(one).verify();
    await connections.to(other).verify();
    connections.retain([other]);
    const joining = spec({ roleArn: role('kept') }, { accountId: '210987654321', access: 'PullOnly' });
    await connections.to(joining).verify();
    expect(stsCalls()).toEqual(['AssumeRole kept', 'GetCallerIdentity *']);
    connections.retain([]);
    await connections.to(one).verify();
    expect(aws.actions.count('sts:AssumeRole')).toBe(2);
  });
});

describe('a chain of roles', () => {
  beforeEach(() => {
    aws.addRole({ arn: role('first'), trusts: [USER], externalId: 'door-1' });
    aws.addRole({ arn: role('second'), trusts: [role('first')] });
    aws.addRole({ arn: role('last'), trusts: [role('second')], externalId: 'door-3' });
    aws.addRole({ arn: role('puller'), trusts: [role('second')], externalId: 'door-3' });
  });
  const chain = [
    { roleArn: role('first'), externalId: 'door-1' },
    { roleArn: role('second'), sessionName: 'midway' },
  ];
  const credentials = { chain, roleArn: role('last'), externalId: 'door-3' };

  test('is gone through in its order, each from the session of the one before', async () => {
    const { arn } = await connections.to(spec(credentials)).verify();
    expect(arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/last/ecr-operator`);
    const session = (name: string, sessionName: string) =>
      `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${sessionName}`;
    expect(
      aws.actions.all().map(({ action, resource, principalArn }) => [action, resource, principalArn]),
    ).toEqual([
      ['sts:AssumeRole', role('first'), USER],
      ['sts:AssumeRole', role('second'), session('first', 'ecr-operator')],
      ['sts:AssumeRole', role('last'), session('second', 'midway')],
      ['sts:GetCallerIdentity', '*', session('last', 'ecr-operator')],
    ]);
  });

  test('comes before the role behind pull tokens as well, and both share it', async () => {
    const connection = connections.to(spec(credentials, { pullRoleArn: role('puller') }));
    await connection.verify();
    const token = await connection.issueToken({ kind: 'Registry' });
    expect(token.scope).toBe('PullOnly');
    const assumed = aws.actions.all().filter(({ action }) => action === 'sts:AssumeRole');
    expect(assumed.map(({ resource }) => resource)).toEqual(['first', 'second', 'last', 'puller'].map(role));
    expect(assumed.at(-1)?.principalArn).toMatch(/assumed-role\/second\/midway$/);
  });

  test('says at which role it is broken', async () => {
    aws.changeRole(role('second'), { trusts: [] });
    const failure = await connections.to(spec(credentials)).verify().catch(failureOf);
    expect(failure).toMatchObject({
      reason: 'AccessDenied',
      message: expect.stringContaining(`sts:AssumeRole on ${role('second')}: AccessDenied`),
    });
  });

  test('asks for no longer sessions than AWS gives to those that come out of others: an hour', async () => {
    aws.changeRole(role('last'), { maxSessionSeconds: 43_200 });
    await connections.to(spec(credentials)).verify();
    const asked = aws.actions.all().flatMap(({ params }) => params['DurationSeconds'] ?? []);
    expect(asked.filter((seconds) => Number(seconds) > 3_600)).toEqual([]);
  });
});

describe('session tags', () => {
  test('go to roleArn and pullRoleArn, and to no role on the way', async () => {
    aws.addRole({ arn: role('way'), trusts: [USER] });
    aws.addRole({ arn: role('tagged'), trusts: [role('way')] });
    const credentials = {
      chain: [{ roleArn: role('way') }],
      roleArn: role('tagged'),
      sessionTags: { team: 'a', 'cost center': '12' },
      transitiveTagKeys: ['team'],
    };
    const connection = connections.to(spec(credentials, { pullRoleArn: role('tagged') }));
    await connection.verify();
    await connection.issueToken({ kind: 'Registry' });
    const sent = aws.actions
      .all()
      .filter(({ action }) => action === 'sts:AssumeRole')
      .map(({ params }) => Object.entries(params).filter(([name]) => /Tag/.test(name)));
    const whole = [
      ['Tags.member.1.Key', 'team'],
      ['Tags.member.1.Value', 'a'],
      ['Tags.member.2.Key', 'cost center'],
      ['Tags.member.2.Value', '12'],
      ['TransitiveTagKeys.member.1', 'team'],
    ];
    expect(sent).toEqual([[], whole, whole]);
  });

  test('that STS cannot pack are a condition that says so, with the session policy of a token too', async () => {
    aws.addRole({ arn: role('packed'), trusts: [USER] });
    const fault = {
      kind: 'error',
      name: 'PackedPolicyTooLarge',
      message: 'Packed policy consumes 120%',
    } as const;
    const one = connections.to(spec({ roleArn: role('packed'), sessionTags: { team: 'a' } }));
    const hit = aws.faults.add({ match: { action: 'sts:AssumeRole' }, fault });
    const failed = await one.verify().catch((error: unknown) => error);
    expect([failed instanceof TerminalError, failureOf(failed)]).toEqual([
      true,
      {
        reason: 'SessionTagsTooLarge',
        message: `sts:AssumeRole on ${role('packed')}: PackedPolicyTooLargeException: Packed policy consumes 120%; use fewer or shorter credentials.sessionTags`,
      },
    ]);
    expect(
      failureOf(await one.issueToken({ kind: 'Registry' }).catch((error: unknown) => error)),
    ).toMatchObject({
      reason: 'ScopeTooLarge',
      message: expect.stringContaining('the session tags of the Registry take part of that space'),
    });
    hit.remove();
  });
});

describe('keys that AWS refuses', () => {
  const withRole = () => {
    aws.addRole({ arn: role('again'), trusts: [USER] });
    return spec({ roleArn: role('again') });
  };

  test('of a session are forgotten, and the next call has others', async () => {
    const one = withRole();
    await look(one);
    aws.deletePrincipal(role('again'));
    aws.addRole({ arn: role('again'), trusts: [USER] });
    aws.clock.advance(11_000);
    expect(failureOf(await look(one).catch((error: unknown) => error)).reason).toBe('CredentialsRefused');
    expect(await look(one)).toBeUndefined();
  });

  test.each([
    ['ExpiredTokenException', 2],
    ['AccessDeniedException', 1],
  ])('are asked about again where AWS does not take them: %s', async (name, questions) => {
    const connection = connections.to(spec());
    await connection.verify();
    const fault = { kind: 'error', name, message: 'No' } as const;
    const hit = aws.faults.add({ match: { action: 'ecr:*' }, fault });
    await look(spec()).catch(() => undefined);
    hit.remove();
    await connection.verify();
    expect(stsCalls().length).toBe(questions);
  });

  test('which stay refused are renewed once in ten seconds at most', async () => {
    const one = withRole();
    await look(one);
    const fault = {
      kind: 'error',
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    } as const;
    const hit = aws.faults.add({ match: { action: 'ecr:*' }, fault });
    aws.actions.clear();
    for (let second = 0; second < 60; second += 1) {
      aws.clock.advance(1_000);
      await look(one).catch(() => undefined);
    }
    hit.remove();
    expect(aws.actions.count('sts:AssumeRole')).toBe(5);
    expect(await look(one)).toBeUndefined();
  });

  test('of everything but who we are are renewed once in five minutes: a right may be missing for good', async () => {
    const one = withRole();
    await look(one);
    const hit = aws.faults.add({ match: { action: 'ecr:*' }, fault: { kind: 'access-denied' } });
    aws.actions.clear();
    for (let minute = 0; minute < 13; minute += 1) {
      aws.clock.advance(60_000);
      await look(one).catch(() => undefined);
    }
    hit.remove();
    expect(aws.actions.count('sts:AssumeRole')).toBe(2);
  });

  test('for a token of the identity itself are forgotten, too', async () => {
    const one = connections.to(spec());
    await one.issueToken({ kind: 'Registry' });
    aws.deletePrincipal(USER);
    keys = aws.addUser({ arn: USER });
    aws.clock.advance(11_000);
    const issued = () => one.issueToken({ kind: 'Registry' }).then(({ scope }) => scope);
    expect(failureOf(await issued().catch((error: unknown) => error)).reason).toBe('CredentialsRefused');
    expect([await issued(), reads]).toEqual(['Identity', 2]);
  });

  test('on the way to a role are forgotten, too', async () => {
    const make = () => {
      aws.addRole({ arn: role('way'), trusts: [USER] });
      aws.addRole({ arn: role('end'), trusts: [role('way')] });
    };
    make();
    const one = spec({ chain: [{ roleArn: role('way') }], roleArn: role('end') });
    await look(one);
    for (const name of ['way', 'end']) aws.deletePrincipal(role(name));
    make();
    aws.clock.advance(11_000);
    const answers: unknown[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      answers.push(await look(one).catch((error: unknown) => failureOf(error).message.split(' on ')[0]));
      aws.clock.advance(3_000);
    }
    expect(answers).toEqual(['ecr:DescribeRepositories', 'sts:AssumeRole', undefined]);
  });
});

test('a Secret that changes has its keys read anew, and all sessions out of them asked for anew', async () => {
  aws.addRole({ arn: role('of-secret'), trusts: [USER] });
  const [plain, assumed] = [spec(), spec({ roleArn: role('of-secret') })];
  for (const one of [plain, assumed]) await connections.to(one).verify();
  aws.actions.clear();
  connections.secretChanged('keys');
  for (const one of [plain, assumed]) await connections.to(one).verify();
  // The user's keys are the same as before, and who they are is known.
  expect([reads, stsCalls()]).toEqual([2, ['AssumeRole of-secret', 'GetCallerIdentity *']]);
  connections.secretChanged('another');
  for (const one of [plain, assumed]) await connections.to(one).verify();
  expect([reads, stsCalls().length]).toEqual([2, 2]);
});

describe('keys that become another account’s after they were verified', () => {
  const OTHER = '210987654321';
  const change = () => {
    keys = aws.addUser({ arn: `arn:aws:iam::${OTHER}:user/operator` });
    connections.secretChanged('keys');
  };
  const mismatch = { reason: 'AccountMismatch', message: expect.stringContaining(`to account ${OTHER}`) };
  const failing = (promise: Promise<unknown>) => promise.then(() => 'done', failureOf);

  test('write nothing to that account, and give no token of it', async () => {
    const connection = connections.to(spec());
    await connection.verify();
    change();
    aws.actions.clear();
    expect(await failing(connection.settings.putPolicy('{}'))).toEqual(mismatch);
    expect(await failing(connection.publicRepositories.describeRepository('any'))).toEqual(mismatch);
    expect(await failing(connection.issueToken({ kind: 'Registry' }))).toEqual(mismatch);
    expect(stsCalls()).toEqual(['GetCallerIdentity *']);
    expect(aws.actions.all().length).toBe(1);
  });

  test('may still pull, where the Registry is only pulled from', async () => {
    const connection = connections.to(spec({}, { access: 'PullOnly' }));
    await connection.verify();
    change();
    aws.actions.clear();
    expect((await connection.issueToken({ kind: 'Registry' })).scope).toBe('Identity');
    expect(stsCalls()).toEqual([]);
  });

  test('are known for whose they are, though AWS was asked with the ones before', async () => {
    const connection = connections.to(spec());
    const off = aws.actions.onAction(({ action }) => {
      if (action !== 'sts:GetCallerIdentity') return;
      off();
      change();
    });
    expect(await failing(connection.verify())).toEqual(mismatch);
    expect(aws.actions.count('sts:GetCallerIdentity')).toBe(2);
  });

  test('cost no more questions than one for each set of keys, by however many calls', async () => {
    const one = spec();
    await Promise.all(Array.from({ length: 20 }, () => look(one)));
    await Promise.all(Array.from({ length: 20 }, () => look(one)));
    aws.clock.advance(7_200_000);
    await look(one);
    expect([stsCalls(), reads]).toEqual([['GetCallerIdentity *'], 2]);
  });
});

test('certificates that cannot be read are said before anything is called', () => {
  const endpoint = { caBundle: '-----BEGIN CERTIFICATE-----\nhello\n-----END CERTIFICATE-----' };
  let thrown: unknown;
  try {
    connections.to(spec({}, { endpoint }));
  } catch (error) {
    thrown = error;
  }
  expect([failureOf(thrown).reason, aws.actions.all()]).toEqual(['CaBundleInvalid', []]);
});
