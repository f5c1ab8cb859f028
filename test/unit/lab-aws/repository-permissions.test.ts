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

function clientWith(lab: Simulated, name: string, statement: object, region = REGION): ECR {
  const policies = [JSON.stringify({ Version: '2012-10-17', Statement: [statement] })];
  const credentials = lab.aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/${name}`, policies });
  return new ECR({ ...lab.settings, region, credentials });
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

test('a repository made with tags takes the right to tag it, one made without does not', async () => {
  await using lab = await prepared();
  const create = { Effect: 'Allow', Action: 'ecr:CreateRepository', Resource: '*' };
  const tags = [{ Key: 'team', Value: 'a' }];
  const without = clientWith(lab, 'without', create);
  const both = clientWith(lab, 'both', { ...create, Action: ['ecr:CreateRepository', 'ecr:TagResource'] });
  await without.createRepository({ repositoryName: 'team/plain' });
  const failure = await failureOf(without.createRepository({ repositoryName: 'team/tagged', tags }));
  expect(failure).toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(`ecr:TagResource on resource: ${arn('team/tagged')}`),
  });
  await both.createRepository({ repositoryName: 'team/tagged', tags });
  for (const client of [without, both]) client.destroy();
});

test.each([
  ['on everything, in its region', '*', REGION, undefined],
  ['on everything, in another region', '*', 'eu-west-1', 'AccessDeniedException'],
  ['on all repositories', arn('*'), REGION, 'AccessDeniedException'],
])('the right to look at the registry, %s', async (_what, Resource, region, refusal) => {
  await using lab = await prepared();
  const Condition = { StringEquals: { 'aws:RequestedRegion': REGION } };
  const allowed = { Effect: 'Allow', Action: 'ecr:DescribeRegistry', Resource, Condition };
  const ecr = clientWith(lab, 'registry', allowed, region);
  const error = await ecr
    .describeRegistry({})
    .then(() => undefined)
    .catch((one: Error) => one.name);
  ecr.destroy();
  expect(error).toBe(refusal);
});
