import {
  DeleteRepositoryPolicyCommand,
  GetRepositoryPolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, failureOf, OPERATOR, REGION, simulate } from './simulated-clients.ts';

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

  test('show a deleted principal by its unique id, and keep it when the principal is made anew', async () => {
    await using lab = await simulate();
    const role = 'arn:aws:iam::123456789012:role/puller';
    lab.aws.addRole({ arn: role });
    const { policyText } = lab.aws.as(ACCOUNT, REGION).addRepository(repositoryName);
    expect(policyText).toBeUndefined();
    await lab.ecr.send(
      new SetRepositoryPolicyCommand({
        repositoryName,
        policyText: policy({ ...PULL, Principal: { AWS: role } }),
      }),
    );
    const uniqueId = lab.aws.deletePrincipal(role);
    lab.aws.addRole({ arn: role });
    const stored = lab.aws.as(ACCOUNT, REGION).repository(repositoryName)?.policyText;
    expect(stored).toContain(uniqueId);
    expect(uniqueId).toMatch(/^AROA/);
    expect(stored).not.toContain(role);
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
