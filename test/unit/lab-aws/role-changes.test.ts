import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { ask, errorOf, login } from './front-requests.ts';
import { ACCOUNT, failureOf, OPERATOR, type Simulated, simulate } from './simulated-clients.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/puller`;
const REFUSED = {
  name: 'AccessDenied',
  message: `User: ${OPERATOR} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
};

function assume(lab: Simulated, input: Partial<AssumeRoleCommandInput> = {}, client = lab.sts) {
  return client.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'operator', ...input }));
}

function clientsOf(lab: Simulated) {
  const settings = { ...lab.settings, credentials: lab.aws.issueSession(ROLE) };
  return { ecr: new ECRClient(settings), sts: new STSClient(settings) };
}

describe('a role that was deleted', () => {
  test('is refused like one that does not trust', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, trusts: [OPERATOR] });
    await assume(lab);
    lab.aws.deletePrincipal(ROLE);
    expect(await failureOf(assume(lab))).toEqual(REFUSED);
  });

  test('takes the API from its sessions, and a new role of that name does not give it back', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE });
    const { ecr, sts } = clientsOf(lab);
    await ecr.send(new DescribeRepositoriesCommand({}));
    lab.aws.deletePrincipal(ROLE);
    for (const again of [false, true]) {
      if (again) lab.aws.addRole({ arn: ROLE });
      const message = 'The security token included in the request is invalid.';
      expect(await failureOf(ecr.send(new DescribeRepositoriesCommand({})))).toEqual({
        name: 'UnrecognizedClientException',
        message,
      });
      expect(await failureOf(sts.send(new GetCallerIdentityCommand({})))).toEqual({
        name: 'InvalidClientTokenId',
        message,
      });
    }
    await clientsOf(lab).ecr.send(new DescribeRepositoriesCommand({}));
  });

  test.each([
    [true, 403],
    [false, 200],
  ])('takes the registry from its sessions’ tokens, as told: %s', async (tokensEndWithPrincipal, status) => {
    await using lab = await simulate({ tokensEndWithPrincipal });
    lab.aws.addRole({ arn: ROLE });
    const token = await login(lab, clientsOf(lab).ecr);
    const others = await login(lab);
    lab.aws.deletePrincipal(ROLE);
    lab.aws.addRole({ arn: ROLE });
    expect((await ask(lab, '/v2/', token)).status).toBe(status);
    expect((await ask(lab, '/v2/', others)).status).toBe(200);
  });

  test('does so by default', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE });
    const token = await login(lab, clientsOf(lab).ecr);
    lab.aws.deletePrincipal(ROLE);
    expect((await errorOf(await ask(lab, '/v2/', token))).slice(0, 2)).toEqual([403, 'DENIED']);
  });
});

describe('a role that was changed', () => {
  test.each([
    ['by a part of it', (lab: Simulated) => lab.aws.changeRole(ROLE, { trusts: [] })],
    ['as a whole', (lab: Simulated) => lab.aws.addRole({ arn: ROLE, trusts: [] })],
  ])('%s, may no longer trust; its sessions go on', async (_how, withdraw) => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, trusts: [OPERATOR] });
    const { ecr } = clientsOf(lab);
    withdraw(lab);
    expect(await failureOf(assume(lab))).toEqual(REFUSED);
    await ecr.send(new DescribeRepositoriesCommand({}));
    lab.aws.changeRole(ROLE, { trusts: [`arn:aws:iam::${ACCOUNT}:root`] });
    await assume(lab);
  });

  test('judges the sessions under way by its new policies', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, externalId: 'id' });
    const { ecr } = clientsOf(lab);
    await ecr.send(new DescribeRepositoriesCommand({}));
    lab.aws.changeRole(ROLE, { policies: [] });
    expect((await failureOf(ecr.send(new DescribeRepositoriesCommand({})))).message).toContain(
      'because no identity-based policy allows the ecr:DescribeRepositories action',
    );
  });

  test('has to be there', async () => {
    await using lab = await simulate();
    expect(() => lab.aws.changeRole(ROLE, {})).toThrow(`no role ${ROLE}`);
  });
});

describe('the length of a session', () => {
  test.each([
    ['an hour, where the role says nothing', {}, 3601, 'MaxSessionDuration set for this role'],
    ['what the role says', { maxSessionSeconds: 7200 }, 7201, 'MaxSessionDuration set for this role'],
    ['twelve hours, whatever it says', { maxSessionSeconds: 99_999 }, 43_201, 'less than or equal to 43200'],
  ])('is at most %s', async (_what, settings, seconds, words) => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, trusts: [OPERATOR], ...settings });
    const { Credentials } = await assume(lab, { DurationSeconds: seconds - 1 });
    const ends = lab.aws.clock.now().getTime() + (seconds - 1) * 1000;
    expect(Credentials?.Expiration?.getTime()).toBe(ends);
    const failure = await failureOf(assume(lab, { DurationSeconds: seconds }));
    expect(failure).toEqual({ name: 'ValidationError', message: expect.stringContaining(words) });
  });

  test('is an hour at most where a role assumes a role', async () => {
    await using lab = await simulate();
    lab.aws.addRole({ arn: ROLE, trusts: [ROLE], maxSessionSeconds: 43_200 });
    const { sts } = clientsOf(lab);
    await assume(lab, { DurationSeconds: 3600 }, sts);
    expect(await failureOf(assume(lab, { DurationSeconds: 3601 }, sts))).toEqual({
      name: 'ValidationError',
      message:
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
  });
});
