import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { failureOf, TerminalError } from '../../../src/runtime/errors.ts';
import { role, startIdentityLab, USER } from './identity-lab.ts';
import { ACCOUNT } from './stand-in.ts';

const lab = await startIdentityLab();

beforeEach(() => lab.renew());
afterAll(() => lab.stop());

describe('a chain of roles', () => {
  beforeEach(() => {
    lab.aws.addRole({ arn: role('first'), trusts: [USER], externalId: 'door-1' });
    lab.aws.addRole({ arn: role('second'), trusts: [role('first')] });
    lab.aws.addRole({ arn: role('last'), trusts: [role('second')], externalId: 'door-3' });
    lab.aws.addRole({ arn: role('puller'), trusts: [role('second')], externalId: 'door-3' });
  });
  const chain = [
    { roleArn: role('first'), externalId: 'door-1' },
    { roleArn: role('second'), sessionName: 'midway' },
  ];
  const credentials = { chain, roleArn: role('last'), externalId: 'door-3' };

  test('is gone through in its order, each from the session of the one before', async () => {
    const { arn } = await lab.connections.to(lab.spec(credentials)).verify();
    expect(arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/last/ecr-operator`);
    const session = (name: string, sessionName: string) =>
      `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${sessionName}`;
    expect(
      lab.aws.actions.all().map(({ action, resource, principalArn }) => [action, resource, principalArn]),
    ).toEqual([
      ['sts:AssumeRole', role('first'), USER],
      ['sts:AssumeRole', role('second'), session('first', 'ecr-operator')],
      ['sts:AssumeRole', role('last'), session('second', 'midway')],
      ['sts:GetCallerIdentity', '*', session('last', 'ecr-operator')],
    ]);
  });

  test('comes before the role behind pull tokens as well, and both share it', async () => {
    const connection = lab.connections.to(lab.spec(credentials, { pullRoleArn: role('puller') }));
    await connection.verify();
    const token = await connection.issueToken({ kind: 'Registry' });
    expect(token.scope).toBe('PullOnly');
    const assumed = lab.aws.actions.all().filter(({ action }) => action === 'sts:AssumeRole');
    expect(assumed.map(({ resource }) => resource)).toEqual(['first', 'second', 'last', 'puller'].map(role));
    expect(assumed.at(-1)?.principalArn).toMatch(/assumed-role\/second\/midway$/);
  });

  test('says at which role it is broken', async () => {
    lab.aws.changeRole(role('second'), { trusts: [] });
    const failure = await lab.connections.to(lab.spec(credentials)).verify().catch(failureOf);
    expect(failure).toMatchObject({
      reason: 'AccessDenied',
      message: expect.stringContaining(`sts:AssumeRole on ${role('second')}: AccessDenied`),
    });
  });

  test('asks for no longer sessions than AWS gives to those that come out of others: an hour', async () => {
    lab.aws.changeRole(role('last'), { maxSessionSeconds: 43_200 });
    await lab.connections.to(lab.spec(credentials)).verify();
    const asked = lab.aws.actions.all().flatMap(({ params }) => params['DurationSeconds'] ?? []);
    expect(asked.filter((seconds) => Number(seconds) > 3_600)).toEqual([]);
  });
});

describe('session tags', () => {
  test('go to roleArn and pullRoleArn, and to no role on the way', async () => {
    lab.aws.addRole({ arn: role('way'), trusts: [USER] });
    lab.aws.addRole({ arn: role('tagged'), trusts: [role('way')] });
    const credentials = {
      chain: [{ roleArn: role('way') }],
      roleArn: role('tagged'),
      sessionTags: { team: 'a', 'cost center': '12' },
      transitiveTagKeys: ['team'],
    };
    const connection = lab.connections.to(lab.spec(credentials, { pullRoleArn: role('tagged') }));
    await connection.verify();
    await connection.issueToken({ kind: 'Registry' });
    const sent = lab.aws.actions
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
    lab.aws.addRole({ arn: role('packed'), trusts: [USER] });
    const fault = {
      kind: 'error',
      name: 'PackedPolicyTooLarge',
      message: 'Packed policy consumes 120%',
    } as const;
    const one = lab.connections.to(lab.spec({ roleArn: role('packed'), sessionTags: { team: 'a' } }));
    const hit = lab.aws.faults.add({ match: { action: 'sts:AssumeRole' }, fault });
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
