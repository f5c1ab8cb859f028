import { ECR } from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ACCOUNT, failureOf, REGION, type Simulated, simulate } from './simulated-clients.ts';

const arn = (name: string) => `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;
const lifecyclePolicyText = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5 },
      action: { type: 'expire' },
    },
  ],
}).padEnd(100);
const policyText = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }],
});
const imageId = { imageDigest: digestOf('a') };

/** Calls on one repository, by the IAM action that each takes, in an order in which they all succeed. */
const CALLS: Readonly<Record<string, (ecr: ECR, repositoryName: string) => Promise<unknown>>> = {
  DescribeRepositories: (ecr, name) => ecr.describeRepositories({ repositoryNames: [name] }),
  DescribeImages: (ecr, repositoryName) => ecr.describeImages({ repositoryName }),
  DescribeImageScanFindings: (ecr, repositoryName) =>
    ecr.describeImageScanFindings({ repositoryName, imageId }),
  BatchGetRepositoryScanningConfiguration: (ecr, name) =>
    ecr.batchGetRepositoryScanningConfiguration({ repositoryNames: ['team/other', name] }),
  StartLifecyclePolicyPreview: (ecr, repositoryName) =>
    ecr.startLifecyclePolicyPreview({ repositoryName, lifecyclePolicyText }),
  GetLifecyclePolicyPreview: (ecr, repositoryName) => ecr.getLifecyclePolicyPreview({ repositoryName }),
  PutLifecyclePolicy: (ecr, repositoryName) =>
    ecr.putLifecyclePolicy({ repositoryName, lifecyclePolicyText }),
  GetLifecyclePolicy: (ecr, repositoryName) => ecr.getLifecyclePolicy({ repositoryName }),
  DeleteLifecyclePolicy: (ecr, repositoryName) => ecr.deleteLifecyclePolicy({ repositoryName }),
  SetRepositoryPolicy: (ecr, repositoryName) => ecr.setRepositoryPolicy({ repositoryName, policyText }),
  DeleteRepositoryPolicy: (ecr, repositoryName) => ecr.deleteRepositoryPolicy({ repositoryName }),
};

function clientWith(lab: Simulated, name: string, statement: object): ECR {
  const policies = [JSON.stringify({ Version: '2012-10-17', Statement: [statement] })];
  const credentials = lab.aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/${name}`, policies });
  return new ECR({ ...lab.settings, credentials });
}

async function prepared(): Promise<Simulated> {
  const lab = await simulate();
  const handle = lab.aws.as(ACCOUNT, REGION);
  for (const name of ['team/app', 'team/other', 'foreign/app']) {
    handle.addRepository(name);
    handle.addImage(name, {
      digest: imageId.imageDigest,
      scan: { kind: 'basic', status: 'COMPLETE', completedAt: lab.aws.clock.now(), counts: {} },
    });
  }
  return lab;
}

describe('permissions on repositories', () => {
  test('every call is judged by its own action, on the ARN of its repository', async () => {
    await using lab = await prepared();
    for (const [action, call] of Object.entries(CALLS)) {
      const Action = `ecr:${action}`;
      const ecr = clientWith(lab, action, { Effect: 'Allow', Action, Resource: arn('team/*') });
      try {
        await call(ecr, 'team/app');
        const refused = await failureOf(call(ecr, 'foreign/app'));
        expect([refused.name, refused.message]).toEqual([
          'AccessDeniedException',
          expect.stringContaining(
            `is not authorized to perform: ${Action} on resource: ${arn('foreign/app')}`,
          ),
        ]);
        const other = CALLS[action === 'DescribeImages' ? 'GetLifecyclePolicy' : 'DescribeImages'];
        expect((await failureOf(other?.(ecr, 'team/app') ?? Promise.resolve())).name).toBe(
          'AccessDeniedException',
        );
      } finally {
        ecr.destroy();
      }
    }
  });

  test.each([
    ['some repositories are not enough', arn('team/*'), 'AccessDeniedException'],
    ['all repositories are', arn('*'), undefined],
    ['everything is', '*', undefined],
  ])('for a list of all, %s', async (_what, Resource, refusal) => {
    await using lab = await prepared();
    const ecr = clientWith(lab, 'lister', { Effect: 'Allow', Action: 'ecr:DescribeRepositories', Resource });
    const error = await ecr
      .describeRepositories({ maxResults: 1000 })
      .then(() => undefined)
      .catch((one: Error) => one.name);
    ecr.destroy();
    expect(error).toBe(refusal);
  });
});
