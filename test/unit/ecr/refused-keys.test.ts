import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { failureOf } from '../../../src/runtime/errors.ts';
import { role, startIdentityLab, USER } from './identity-lab.ts';

const lab = await startIdentityLab();

beforeEach(() => lab.renew());
afterAll(() => lab.stop());

describe('keys that AWS refuses', () => {
  const withRole = () => {
    lab.aws.addRole({ arn: role('again'), trusts: [USER] });
    return lab.spec({ roleArn: role('again') });
  };

  test('of a session are forgotten, and the next call has others', async () => {
    const one = withRole();
    await lab.look(one);
    lab.aws.deletePrincipal(role('again'));
    lab.aws.addRole({ arn: role('again'), trusts: [USER] });
    lab.aws.clock.advance(11_000);
    expect(failureOf(await lab.look(one).catch((error: unknown) => error)).reason).toBe('CredentialsRefused');
    expect(await lab.look(one)).toBeUndefined();
  });

  test.each([
    ['ExpiredTokenException', 2],
    ['AccessDeniedException', 1],
  ])('are asked about again where AWS does not take them: %s', async (name, questions) => {
    const connection = lab.connections.to(lab.spec());
    await connection.verify();
    const fault = { kind: 'error', name, message: 'No' } as const;
    const hit = lab.aws.faults.add({ match: { action: 'ecr:*' }, fault });
    await lab.look(lab.spec()).catch(() => undefined);
    hit.remove();
    await connection.verify();
    expect(lab.stsCalls().length).toBe(questions);
  });

  test('which stay refused are renewed once in ten seconds at most', async () => {
    const one = withRole();
    await lab.look(one);
    const fault = {
      kind: 'error',
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    } as const;
    const hit = lab.aws.faults.add({ match: { action: 'ecr:*' }, fault });
    lab.aws.actions.clear();
    for (let second = 0; second < 60; second += 1) {
      lab.aws.clock.advance(1_000);
      await lab.look(one).catch(() => undefined);
    }
    hit.remove();
    expect(lab.aws.actions.count('sts:AssumeRole')).toBe(5);
    expect(await lab.look(one)).toBeUndefined();
  });

  test('of everything but who we are are renewed once in five minutes: a right may be missing for good', async () => {
    const one = withRole();
    await lab.look(one);
    const hit = lab.aws.faults.add({ match: { action: 'ecr:*' }, fault: { kind: 'access-denied' } });
    lab.aws.actions.clear();
    for (let minute = 0; minute < 13; minute += 1) {
      lab.aws.clock.advance(60_000);
      await lab.look(one).catch(() => undefined);
    }
    hit.remove();
    expect(lab.aws.actions.count('sts:AssumeRole')).toBe(2);
  });

  test('for a token of the identity itself are forgotten, too', async () => {
    const one = lab.connections.to(lab.spec());
    await one.issueToken({ kind: 'Registry' });
    lab.aws.deletePrincipal(USER);
    lab.keys = lab.aws.addUser({ arn: USER });
    lab.aws.clock.advance(11_000);
    const issued = () => one.issueToken({ kind: 'Registry' }).then(({ scope }) => scope);
    expect(failureOf(await issued().catch((error: unknown) => error)).reason).toBe('CredentialsRefused');
    expect([await issued(), lab.reads]).toEqual(['Identity', 2]);
  });

  test('on the way to a role are forgotten, too', async () => {
    const make = () => {
      lab.aws.addRole({ arn: role('way'), trusts: [USER] });
      lab.aws.addRole({ arn: role('end'), trusts: [role('way')] });
    };
    make();
    const one = lab.spec({ chain: [{ roleArn: role('way') }], roleArn: role('end') });
    await lab.look(one);
    for (const name of ['way', 'end']) lab.aws.deletePrincipal(role(name));
    make();
    lab.aws.clock.advance(11_000);
    const answers: unknown[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      answers.push(await lab.look(one).catch((error: unknown) => failureOf(error).message.split(' on ')[0]));
      lab.aws.clock.advance(3_000);
    }
    expect(answers).toEqual(['ecr:DescribeRepositories', 'sts:AssumeRole', undefined]);
  });
});
