import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  paginateDescribeRepositories,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, failureOf, REGION, simulate } from './simulated-clients.ts';

const NAME = 'team/app';

describe('creating a repository', () => {
  test('returns all that was asked for, with the key as an ARN', async () => {
    await using lab = await simulate();
    const { repository } = await lab.ecr.send(
      new CreateRepositoryCommand({
        repositoryName: NAME,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }],
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: { encryptionType: 'KMS_DSSE', kmsKey: 'alias/team' },
        tags: [{ Key: 'team', Value: 'a' }],
      }),
    );
    expect(repository).toEqual({
      repositoryArn: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${NAME}`,
      registryId: ACCOUNT,
      repositoryName: NAME,
      repositoryUri: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${NAME}`,
      createdAt: lab.aws.clock.now(),
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'dev-*' }],
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: {
        encryptionType: 'KMS_DSSE',
        kmsKey: expect.stringMatching(/^arn:aws:kms:us-east-1:123456789012:key\//),
      },
    });
  });

  test.each([
    ['a capital', { repositoryName: 'Team' }, 'InvalidParameterException'],
    ['one letter', { repositoryName: 'a' }, 'InvalidParameterException'],
    ['257 letters', { repositoryName: 'a'.repeat(257) }, 'InvalidParameterException'],
    [
      'filters without exclusion',
      { repositoryName: NAME, imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'a' }] },
      'InvalidParameterException',
    ],
    [
      'exclusion without filters',
      { repositoryName: NAME, imageTagMutability: 'MUTABLE_WITH_EXCLUSION' },
      'InvalidParameterException',
    ],
    [
      'a key with AES256',
      { repositoryName: NAME, encryptionConfiguration: { encryptionType: 'AES256', kmsKey: 'k' } },
      'InvalidParameterException',
    ],
    [
      'a reserved tag',
      { repositoryName: NAME, tags: [{ Key: 'aws:x', Value: '' }] },
      'InvalidTagParameterException',
    ],
    [
      '51 tags',
      { repositoryName: NAME, tags: Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: '' })) },
      'TooManyTagsException',
    ],
  ] as const)('refuses %s', async (_what, input, name) => {
    await using lab = await simulate();
    expect((await failureOf(lab.ecr.send(new CreateRepositoryCommand(input as never)))).name).toBe(name);
  });

  test.each(['a--b', 'a__b', 'a.b/c_d', '00'])(
    'takes the name %s, as the service model does',
    async (name) => {
      await using lab = await simulate();
      await lab.ecr.send(new CreateRepositoryCommand({ repositoryName: name }));
      expect(lab.aws.as(ACCOUNT, REGION).repository(name)).toBeDefined();
    },
  );

  test('refuses a name that is taken, and a repository beyond the quota', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).registry.repositoryQuota = 1;
    await lab.ecr.send(new CreateRepositoryCommand({ repositoryName: NAME }));
    const taken = await failureOf(lab.ecr.send(new CreateRepositoryCommand({ repositoryName: NAME })));
    expect(taken).toEqual({
      name: 'RepositoryAlreadyExistsException',
      message: `The repository with name '${NAME}' already exists in the registry with id '${ACCOUNT}'`,
    });
    const beyond = await failureOf(lab.ecr.send(new CreateRepositoryCommand({ repositoryName: 'other' })));
    expect(beyond.name).toBe('LimitExceededException');
  });

  test('quotes the pattern as ECR does', async () => {
    await using lab = await simulate();
    const { message } = await failureOf(lab.ecr.send(new CreateRepositoryCommand({ repositoryName: 'Ab' })));
    expect(message).toBe(
      "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''",
    );
  });
});

describe('describing repositories', () => {
  test('pages through 1,500, a hundred at a time unless told', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    for (let at = 0; at < 1500; at += 1) handle.addRepository(`repository-${at}`);
    const sizes: number[] = [];
    const names = new Set<string | undefined>();
    for await (const page of paginateDescribeRepositories({ client: lab.ecr, pageSize: 1000 }, {})) {
      sizes.push(page.repositories?.length ?? 0);
      for (const one of page.repositories ?? []) names.add(one.repositoryName);
    }
    expect(sizes).toEqual([1000, 500]);
    expect(names.size).toBe(1500);
    const first = await lab.ecr.send(new DescribeRepositoriesCommand({}));
    expect(first.repositories).toHaveLength(100);
    expect(first.nextToken).toEqual(expect.any(String));
  });

  test('loses none when a page already read shrinks', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    for (const name of ['one', 'two', 'three']) handle.addRepository(name);
    const first = await lab.ecr.send(new DescribeRepositoriesCommand({ maxResults: 2 }));
    handle.removeRepository('one');
    const second = await lab.ecr.send(
      new DescribeRepositoriesCommand({ maxResults: 2, nextToken: first.nextToken }),
    );
    expect(second.repositories?.map((one) => one.repositoryName)).toEqual(['three']);
    expect(second.nextToken).toBeUndefined();
  });

  test.each([
    ['one name missing among others', { repositoryNames: ['here', 'gone'] }, 'RepositoryNotFoundException'],
    [
      '101 names',
      { repositoryNames: Array.from({ length: 101 }, () => 'here') },
      'InvalidParameterException',
    ],
    ['names and a page size', { repositoryNames: ['here'], maxResults: 5 }, 'InvalidParameterException'],
    ['a page of 1,001', { maxResults: 1001 }, 'InvalidParameterException'],
    ['a page of none', { maxResults: 0 }, 'InvalidParameterException'],
    ['a foreign token', { nextToken: 'x' }, 'InvalidParameterException'],
  ])('refuses %s', async (_what, input, name) => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository('here');
    expect((await failureOf(lab.ecr.send(new DescribeRepositoriesCommand(input)))).name).toBe(name);
  });

  test('keeps accounts and regions apart', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(NAME);
    const elsewhere = new ECRClient({ ...lab.settings, region: 'eu-west-1' });
    expect((await elsewhere.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([]);
    const stranger = lab.aws.addUser({ arn: 'arn:aws:iam::210987654321:user/x' });
    const other = new ECRClient({ ...lab.settings, credentials: stranger });
    expect((await other.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([]);
  });
});
