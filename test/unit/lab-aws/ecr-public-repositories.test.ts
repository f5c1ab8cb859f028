import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRegistriesCommand,
  DescribeRepositoriesCommand,
  ECRPUBLICClient,
  GetRepositoryCatalogDataCommand,
  PutRepositoryCatalogDataCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecr-public';
import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ACCOUNT, failureOf, OTHER_ACCOUNT, simulate } from './simulated-clients.ts';

const repositoryName = 'team/app';
const ARN = `arn:aws:ecr-public::${ACCOUNT}:repository/${repositoryName}`;
const logo = (size: number) => Buffer.alloc(size, 'x');

describe('repositories of ECR Public', () => {
  test('are made with tags and catalogue data, and described, under an ARN without a region', async () => {
    await using lab = await simulate();
    const { repository, catalogData } = await lab.ecrPublic.send(
      new CreateRepositoryCommand({
        repositoryName,
        tags: [{ Key: 'team', Value: 'a' }],
        catalogData: { description: 'An app', logoImageBlob: logo(3) },
      }),
    );
    expect(repository).toMatchObject({ repositoryArn: ARN, registryId: ACCOUNT, repositoryName });
    expect(repository?.repositoryUri).toMatch(/^public\.ecr\.aws\/[a-z0-9]+\/team\/app$/);
    expect(catalogData).toEqual({ description: 'An app', logoUrl: expect.stringMatching(/^https:/) });
    const { repositories } = await lab.ecrPublic.send(
      new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
    );
    expect(repositories).toEqual([repository]);
    expect(lab.aws.asPublic(ACCOUNT).repository(repositoryName)).toMatchObject({
      catalog: { logo: logo(3).toString('base64') },
    });
    const recorded = lab.aws.actions.all().map(({ action, resource }) => `${action} ${resource}`);
    expect(recorded).toEqual([
      `ecr-public:CreateRepository ${ARN}`,
      `ecr-public:DescribeRepositories ${ARN}`,
    ]);
  });

  test('are others than the private ones of the account', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, 'us-east-1').addRepository(repositoryName);
    const answer = await lab.ecrPublic.send(new DescribeRepositoriesCommand({}));
    expect(answer.repositories).toEqual([]);
    expect(lab.aws.actions.all()[0]?.resource).toBe(`arn:aws:ecr-public::${ACCOUNT}:repository/*`);
  });

  test.each([
    ['a name that is too long', { repositoryName: 'x'.repeat(206) }, 'InvalidParameterException'],
    ['a name of private ECR alone', { repositoryName: 'a__b' }, 'InvalidParameterException'],
    ['a name that is taken', { repositoryName: 'taken' }, 'RepositoryAlreadyExistsException'],
    [
      'a logo of more than 512000 bytes',
      { repositoryName, catalogData: { logoImageBlob: logo(512_001) } },
      'InvalidParameterException',
    ],
    [
      'a description that is too long',
      { repositoryName, catalogData: { description: 'x'.repeat(1025) } },
      'InvalidParameterException',
    ],
    [
      'an architecture without a letter',
      { repositoryName, catalogData: { architectures: [''] } },
      'InvalidParameterException',
    ],
  ])('are refused: %s', async (_what, input, name) => {
    await using lab = await simulate();
    lab.aws.asPublic(ACCOUNT).addRepository('taken');
    expect((await failureOf(lab.ecrPublic.send(new CreateRepositoryCommand(input)))).name).toBe(name);
  });

  test('with images are deleted by force alone', async () => {
    await using lab = await simulate();
    const handle = lab.aws.asPublic(ACCOUNT);
    handle.addRepository(repositoryName);
    handle.addImage(repositoryName, { digest: digestOf('a'), tags: new Set(['v1']) });
    const { imageDetails } = await lab.ecrPublic.send(new DescribeImagesCommand({ repositoryName }));
    expect(imageDetails).toMatchObject([{ imageDigest: digestOf('a'), imageTags: ['v1'] }]);
    const remove = (force: boolean) =>
      lab.ecrPublic.send(new DeleteRepositoryCommand({ repositoryName, force }));
    expect((await failureOf(remove(false))).name).toBe('RepositoryNotEmptyException');
    await remove(true);
    expect(handle.repositories()).toEqual([]);
    expect((await failureOf(remove(true))).name).toBe('RepositoryNotFoundException');
  });

  test.each([
    ['us-west-2', 'UnsupportedCommandException'],
    ['eu-west-1', 'Error'],
  ])('are in us-east-1 alone: in %s it is %s', async (region, name) => {
    await using lab = await simulate();
    const client = new ECRPUBLICClient({ ...lab.settings, region });
    expect((await failureOf(client.send(new DescribeRepositoriesCommand({})))).name).toBe(name);
  });

  test('what the simulator does not know is refused', async () => {
    await using lab = await simulate();
    expect((await failureOf(lab.ecrPublic.send(new DescribeRegistriesCommand({})))).name).toBe(
      'UnknownOperationException',
    );
  });
});

describe('catalogue data', () => {
  test('is empty at first, and whatever a put leaves out is gone, but for the logo', async () => {
    await using lab = await simulate();
    lab.aws.asPublic(ACCOUNT).addRepository(repositoryName);
    const get = async () =>
      (await lab.ecrPublic.send(new GetRepositoryCatalogDataCommand({ repositoryName }))).catalogData;
    const put = async (catalogData: object) =>
      (await lab.ecrPublic.send(new PutRepositoryCatalogDataCommand({ repositoryName, catalogData })))
        .catalogData;
    expect(await get()).toEqual({});
    const first = await put({ aboutText: 'a', architectures: ['ARM'], logoImageBlob: logo(1) });
    expect(await get()).toEqual(first);
    expect(await put({ usageText: 'u' })).toEqual({ usageText: 'u', logoUrl: first?.logoUrl });
    const again = await put({ logoImageBlob: logo(1) });
    expect(again?.logoUrl).not.toBe(first?.logoUrl);
  });
});

describe('permissions', () => {
  const policyText = (effect: string) =>
    JSON.stringify({
      Statement: [{ Effect: effect, Principal: '*', Action: 'ecr-public:SetRepositoryPolicy' }],
    });

  test('a policy that locks its caller out is taken by force alone', async () => {
    await using lab = await simulate();
    lab.aws.asPublic(ACCOUNT).addRepository(repositoryName);
    const set = (force: boolean) =>
      lab.ecrPublic.send(
        new SetRepositoryPolicyCommand({ repositoryName, policyText: policyText('Deny'), force }),
      );
    expect((await failureOf(set(false))).name).toBe('InvalidParameterException');
    await set(true);
    expect((await failureOf(set(true))).name).toBe('AccessDeniedException');
  });

  test('are judged on the repository’s ARN, tags and policy', async () => {
    await using lab = await simulate();
    const role = {
      arn: `arn:aws:iam::${ACCOUNT}:role/a`,
      policies: [
        JSON.stringify({
          Statement: [
            {
              Effect: 'Allow',
              Action: 'ecr-public:TagResource',
              Resource: `arn:aws:ecr-public::${ACCOUNT}:repository/team/*`,
              Condition: { StringEquals: { 'ecr-public:ResourceTag/team': 'a' } },
            },
          ],
        }),
      ],
    };
    lab.aws.addRole(role);
    const handle = lab.aws.asPublic(ACCOUNT);
    handle.addRepository(repositoryName, { tags: new Map([['team', 'a']]) });
    handle.addRepository('team/other', { tags: new Map([['team', 'b']]) });
    const credentials = lab.aws.issueSession(role.arn);
    const client = new ECRPUBLICClient({ ...lab.settings, credentials });
    const tags = [{ Key: 'a', Value: 'b' }];
    await client.send(new TagResourceCommand({ resourceArn: ARN, tags }));
    const other = `arn:aws:ecr-public::${ACCOUNT}:repository/team/other`;
    expect(await failureOf(client.send(new TagResourceCommand({ resourceArn: other, tags })))).toEqual({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/a/session is not authorized to perform: ecr-public:TagResource on resource: ${other} because no identity-based policy allows the ecr-public:TagResource action`,
    });
    const foreign = `arn:aws:ecr-public::${OTHER_ACCOUNT}:repository/team/app`;
    expect((await failureOf(client.send(new TagResourceCommand({ resourceArn: foreign, tags })))).name).toBe(
      'AccessDeniedException',
    );
  });
});
