import { getCACertificates } from 'node:tls';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createConnections } from '../../../src/ecr/connection.ts';
import { failureOf } from '../../../src/runtime/errors.ts';
import { role, startIdentityLab, USER } from './identity-lab.ts';
import { ACCOUNT, STAND_INS } from './stand-in.ts';

const lab = await startIdentityLab();

beforeEach(() => lab.renew());
afterAll(() => lab.stop());

describe('Registries that get their keys in the same way', () => {
  test('share one session and one question who that is, whatever account they are of', async () => {
    lab.aws.addRole({ arn: role('shared'), trusts: [USER] });
    const accounts = Array.from({ length: 20 }, (_, index) => `2109876543${10 + index}`);
    const specs = accounts.map((accountId) =>
      lab.spec({ roleArn: role('shared') }, { accountId, access: 'PullOnly' }),
    );
    await Promise.all(specs.map((one) => lab.connections.to(one).verify()));
    await Promise.all(specs.map((one) => lab.connections.to(one).verify()));
    expect([lab.stsCalls(), lab.reads]).toEqual([['AssumeRole shared', 'GetCallerIdentity *'], 1]);
  });

  test('share none with those that name another role, session or tag, or another STS', async () => {
    lab.aws.addRole({ arn: role('one'), trusts: [USER] });
    lab.aws.addRole({ arn: role('two'), trusts: [USER] });
    const roleArn = role('one');
    const [caBundle = ''] = getCACertificates('bundled');
    const specs = [
      lab.spec({ roleArn }),
      lab.spec({ roleArn: role('two') }),
      lab.spec({ roleArn, sessionName: 'mine' }),
      lab.spec({ roleArn, sessionTags: { team: 'a' } }),
      lab.spec({ roleArn }, { region: 'eu-west-1' }),
      lab.spec({ roleArn }, { endpoint: { ecr: lab.aws.ecrUrl, sts: `${lab.aws.stsUrl}/` } }),
      lab.spec({ roleArn }, { endpoint: { ecr: lab.aws.ecrUrl, sts: lab.aws.stsUrl, caBundle } }),
    ];
    for (const one of specs) await lab.connections.to(one).verify();
    expect(lab.aws.actions.count('sts:AssumeRole')).toBe(specs.length);
  });

  test('share none with those whose keys are in another Secret', async () => {
    const [mine, theirs] = ['mine', 'theirs'].map((name) => `arn:aws:iam::${ACCOUNT}:user/${name}`);
    const held = new Map([mine, theirs].map((arn = '') => [arn.split('/')[1], lab.aws.addUser({ arn })]));
    const two = createConnections(async (name) => held.get(name) ?? lab.keys, {
      now: Date.now,
      network: STAND_INS,
    });
    const as = (name: string) => two.to(lab.spec({ secretRef: { name } })).verify();
    const found = await Promise.all(['mine', 'theirs'].map(as));
    two.close();
    expect(found.map(({ arn }) => arn)).toEqual([mine, theirs]);
  });

  test('keep what they share as long as one of them is there, and no longer', async () => {
    lab.aws.addRole({ arn: role('kept'), trusts: [USER] });
    const [one, other] = [
      lab.spec({ roleArn: role('kept') }),
      lab.spec({ roleArn: role('kept') }, { access: 'PullOnly' }),
    ];
    await lab.connections.to(one).verify();
    await lab.connections.to(other).verify();
    lab.connections.retain([other]);
    const joining = lab.spec({ roleArn: role('kept') }, { accountId: '210987654321', access: 'PullOnly' });
    await lab.connections.to(joining).verify();
    expect(lab.stsCalls()).toEqual(['AssumeRole kept', 'GetCallerIdentity *']);
    lab.connections.retain([]);
    await lab.connections.to(one).verify();
    expect(lab.aws.actions.count('sts:AssumeRole')).toBe(2);
  });
});

test('a Secret that changes has its keys read anew, and all sessions out of them asked for anew', async () => {
  lab.aws.addRole({ arn: role('of-secret'), trusts: [USER] });
  const [plain, assumed] = [lab.spec(), lab.spec({ roleArn: role('of-secret') })];
  for (const one of [plain, assumed]) await lab.connections.to(one).verify();
  lab.aws.actions.clear();
  lab.connections.secretChanged('keys');
  for (const one of [plain, assumed]) await lab.connections.to(one).verify();
  // The user's keys are the same as before, and who they are is known.
  expect([lab.reads, lab.stsCalls()]).toEqual([2, ['AssumeRole of-secret', 'GetCallerIdentity *']]);
  lab.connections.secretChanged('another');
  for (const one of [plain, assumed]) await lab.connections.to(one).verify();
  expect([lab.reads, lab.stsCalls().length]).toEqual([2, 2]);
});

describe('keys that become another account’s after they were verified', () => {
  const OTHER = '210987654321';
  const change = () => {
    lab.keys = lab.aws.addUser({ arn: `arn:aws:iam::${OTHER}:user/operator` });
    lab.connections.secretChanged('keys');
  };
  const mismatch = { reason: 'AccountMismatch', message: expect.stringContaining(`to account ${OTHER}`) };
  const failing = (promise: Promise<unknown>) => promise.then(() => 'done', failureOf);

  test('write nothing to that account, and give no token of it', async () => {
    const connection = lab.connections.to(lab.spec());
    await connection.verify();
    change();
    lab.aws.actions.clear();
    expect(await failing(connection.settings.putPolicy('{}'))).toEqual(mismatch);
    expect(await failing(connection.publicRepositories.describeRepository('any'))).toEqual(mismatch);
    expect(await failing(connection.issueToken({ kind: 'Registry' }))).toEqual(mismatch);
    expect(lab.stsCalls()).toEqual(['GetCallerIdentity *']);
    expect(lab.aws.actions.all().length).toBe(1);
  });

  test('may still pull, where the Registry is only pulled from', async () => {
    const connection = lab.connections.to(lab.spec({}, { access: 'PullOnly' }));
    await connection.verify();
    change();
    lab.aws.actions.clear();
    expect((await connection.issueToken({ kind: 'Registry' })).scope).toBe('Identity');
    expect(lab.stsCalls()).toEqual([]);
  });

  test('are known for whose they are, though AWS was asked with the ones before', async () => {
    const connection = lab.connections.to(lab.spec());
    const off = lab.aws.actions.onAction(({ action }) => {
      if (action !== 'sts:GetCallerIdentity') return;
      off();
      change();
    });
    expect(await failing(connection.verify())).toEqual(mismatch);
    expect(lab.aws.actions.count('sts:GetCallerIdentity')).toBe(2);
  });

  test('cost no more questions than one for each set of keys, by however many calls', async () => {
    const one = lab.spec();
    await Promise.all(Array.from({ length: 20 }, () => lab.look(one)));
    await Promise.all(Array.from({ length: 20 }, () => lab.look(one)));
    lab.aws.clock.advance(7_200_000);
    await lab.look(one);
    expect([lab.stsCalls(), lab.reads]).toEqual([['GetCallerIdentity *'], 2]);
  });
});

test('certificates that cannot be read are said before anything is called', () => {
  const endpoint = { caBundle: '-----BEGIN CERTIFICATE-----\nhello\n-----END CERTIFICATE-----' };
  let thrown: unknown;
  try {
    lab.connections.to(lab.spec({}, { endpoint }));
  } catch (error) {
    thrown = error;
  }
  expect([failureOf(thrown).reason, lab.aws.actions.all()]).toEqual(['CaBundleInvalid', []]);
});
