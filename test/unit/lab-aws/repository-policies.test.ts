import {
  DeleteRepositoryPolicyCommand,
  GetRepositoryPolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, failureOf, OPERATOR, OTHER_ACCOUNT, REGION, simulate } from './simulated-clients.ts';

const repositoryName = 'team/app';

function policy(statement: Record<string, unknown>): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statement });
}

const PULL = { Effect: 'Allow', Action: ['ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'] };

describe('repository policies', () => {
  test('come back in ECR’s own form: equal in meaning, other in text', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    const policyText = policy({ ...PULL, Principal: { AWS: ['210987654321'] }, Sid: 'pull' });
    await lab.ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
    const answer = await lab.ecr.send(new GetRepositoryPolicyCommand({ repositoryName }));
    expect(answer.policyText).toBe(`{
  "Version" : "2012-10-17",
  "Statement" : [ {
    "Sid" : "pull",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::210987654321:root"
    },
    "Action" : [ "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer" ]
  } ]
}`);
  });

  test.each([
    ['text that is not JSON', 'nonsense', 'Invalid repository policy provided'],
    ['a statement without principal', policy(PULL), 'Invalid repository policy provided'],
    [
      'an account’s wildcard ARN',
      policy({ ...PULL, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:*` } }),
      'Invalid repository policy provided',
    ],
    [
      'a principal that is gone',
      policy({ ...PULL, Principal: { AWS: 'arn:aws:iam::123456789012:role/gone' } }),
      'Principal not found',
    ],
  ])('refuses %s', async (_what, policyText, reason) => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    lab.aws.deletePrincipal('arn:aws:iam::123456789012:role/gone');
    const failure = await failureOf(
      lab.ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText })),
    );
    expect(failure).toEqual({
      name: 'InvalidParameterException',
      message: `Invalid parameter at 'PolicyText' failed to satisfy constraint: '${reason}'`,
    });
  });

  test('that lock the caller out need force', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    const policyText = policy({ Effect: 'Deny', Action: 'ecr:*', Principal: '*' });
    const set = (force: boolean) =>
      lab.ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText, force }));
    expect((await failureOf(set(false))).name).toBe('InvalidParameterException');
    await set(true);
    const locked = await failureOf(lab.ecr.send(new GetRepositoryPolicyCommand({ repositoryName })));
    expect(locked.message).toBe(
      `User: ${OPERATOR} is not authorized to perform: ecr:GetRepositoryPolicy on resource: arn:aws:ecr:us-east-1:123456789012:repository/team/app with an explicit deny in a resource-based policy`,
    );
  });

  test('may spare some with NotPrincipal, and lock out all others', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    const set = (...spared: string[]) => {
      const policyText = policy({ Effect: 'Deny', Action: 'ecr:*', NotPrincipal: { AWS: spared } });
      return lab.ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
    };
    const admin = 'arn:aws:iam::123456789012:role/admin';
    lab.aws.addRole({ arn: admin });
    expect((await failureOf(set(admin))).message).toContain('would prevent the caller');
    await set(admin, OPERATOR);
    const uniqueId = lab.aws.deletePrincipal(admin);
    const { policyText } = await lab.ecr.send(new GetRepositoryPolicyCommand({ repositoryName }));
    expect(policyText).toContain(uniqueId);
    expect((await failureOf(set(admin, OPERATOR))).message).toContain('Principal not found');
  });

  test('show a deleted principal by its unique id, and keep it when the principal is made anew', async () => {
    await using lab = await simulate();
    const role = 'arn:aws:iam::123456789012:role/puller';
    lab.aws.addRole({ arn: role });
    const { policyText } = lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    expect(policyText).toBeUndefined();
    await lab.ecr.send(
      new SetRepositoryPolicyCommand({
        repositoryName,
        policyText: policy({
          ...PULL,
          Principal: { AWS: [role, OTHER_ACCOUNT] },
          Condition: { ArnLike: { 'aws:PrincipalArn': role } },
        }),
      }),
    );
    const uniqueId = lab.aws.deletePrincipal(role);
    lab.aws.addRole({ arn: role });
    const stored = lab.aws.as(ACCOUNT, REGION).repository(repositoryName)?.policyText;
    expect(stored).toContain(uniqueId);
    expect(uniqueId).toMatch(/^AROA/);
    // Conditions compare names, and keep them.
    expect(stored?.split(role)).toHaveLength(2);
    expect(stored).toContain(`"aws:PrincipalArn" : "${role}"`);
  });

  test('are right again when they are set anew after a principal was made again', async () => {
    await using lab = await simulate();
    const role = 'arn:aws:iam::123456789012:role/puller';
    const policyText = policy({ ...PULL, Principal: { AWS: role } });
    const set = () => lab.ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
    lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    lab.aws.addRole({ arn: role });
    await set();
    const uniqueId = lab.aws.deletePrincipal(role);
    expect((await failureOf(set())).message).toContain('Principal not found');
    lab.aws.addRole({ arn: role });
    const get = new GetRepositoryPolicyCommand({ repositoryName });
    const { policyText: before } = await lab.ecr.send(get);
    expect(before).toContain(uniqueId);
    // A foreign statement that names who is gone keeps the whole document from being set.
    const again = new SetRepositoryPolicyCommand({ repositoryName, policyText: before });
    expect((await failureOf(lab.ecr.send(again))).message).toContain('Principal not found');
    await set();
    expect((await lab.ecr.send(get)).policyText).toContain(role);
  });

  test.each([
    ['a role', 'arn:aws:iam::210987654321:role/nobody'],
    ['a user', 'arn:aws:iam::210987654321:user/nobody'],
  ])('know %s of an added account only when it was added', async (_what, arn) => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    const set = (AWS: string) =>
      lab.ecr.send(
        new SetRepositoryPolicyCommand({
          repositoryName,
          policyText: policy({ ...PULL, Principal: { AWS } }),
        }),
      );
    await set(arn);
    lab.aws.addAccount('210987654321');
    expect((await failureOf(set(arn))).message).toContain('Principal not found');
    await set('210987654321');
    await set(arn.replace('210987654321', '333333333333'));
    if (arn.includes(':role/')) lab.aws.addRole({ arn });
    else lab.aws.addUser({ arn });
    await set(arn);
    lab.aws.deletePrincipal('arn:aws:iam::210987654321:root');
    expect((await failureOf(set('210987654321'))).message).toContain('Principal not found');
  });

  test('that do not exist are not found', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    for (const command of [GetRepositoryPolicyCommand, DeleteRepositoryPolicyCommand]) {
      const failure = await failureOf(lab.ecr.send(new command({ repositoryName })));
      expect(failure.name).toBe('RepositoryPolicyNotFoundException');
    }
  });
});
