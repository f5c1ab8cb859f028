import { describe, expect, test } from '@jest/globals';
import type { PublicRepositoryApi } from '../../../src/ecr/public-repository-api.ts';
import { sdkPublicRepositoryApi } from '../../../src/ecr/sdk-public-repository-api.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import type { RegistryHandle } from '../../lab/aws/registry-handle.ts';
import { ACCOUNT, type Simulated, simulate } from '../lab-aws/simulated-clients.ts';

const NAME = 'team/app';
const ARN = `arn:aws:ecr-public::${ACCOUNT}:repository/${NAME}`;

interface Adapter extends AsyncDisposable {
  readonly api: PublicRepositoryApi;
  readonly aws: Simulated['aws'];
  readonly handle: RegistryHandle;
}

/** The adapter on a simulator that has one repository. */
async function adapter(): Promise<Adapter> {
  const lab = await simulate();
  const handle = lab.aws.asPublic(ACCOUNT);
  handle.addRepository(NAME);
  return {
    api: sdkPublicRepositoryApi(lab.ecrPublic, ACCOUNT),
    aws: lab.aws,
    handle,
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

describe('the adapter of ECR Public', () => {
  test('makes, describes and deletes repositories, and what is not there is undefined', async () => {
    await using on = await adapter();
    expect(await on.api.describeRepository('none')).toBeUndefined();
    const made = await on.api.createRepository({ name: 'new', tags: { team: 'a' } });
    expect(made).toEqual({
      name: 'new',
      arn: `arn:aws:ecr-public::${ACCOUNT}:repository/new`,
      uri: expect.stringMatching(/^public\.ecr\.aws\/.*\/new$/),
      registryId: ACCOUNT,
      createdAt: on.aws.clock.now().toISOString(),
    });
    expect(await on.api.describeRepository('new')).toEqual(made);
    expect(await on.api.listTags(made.arn)).toEqual({ team: 'a' });
    await on.api.deleteRepository('new', false);
    await on.api.deleteRepository('new', false);
    expect(on.handle.repository('new')).toBeUndefined();
  });

  test('deletes images along with a repository only by force', async () => {
    await using on = await adapter();
    on.handle.addImage(NAME, { digest: digestOf('image') });
    await expect(on.api.deleteRepository(NAME, false)).rejects.toMatchObject({
      reason: 'RepositoryNotEmpty',
    });
    await on.api.deleteRepository(NAME, true);
    expect(on.handle.repository(NAME)).toBeUndefined();
  });

  test('puts and takes away tags', async () => {
    await using on = await adapter();
    await on.api.tag(ARN, { a: '1', b: '2' });
    await on.api.untag(ARN, ['a']);
    expect(await on.api.listTags(ARN)).toEqual({ b: '2' });
  });

  test('counts images over several pages', async () => {
    await using on = await adapter();
    for (let image = 0; image < 1_001; image += 1) {
      on.handle.addImage(NAME, { digest: digestOf(String(image)) });
    }
    expect(await on.api.countImages(NAME)).toBe(1_001);
    expect(on.aws.actions.count('ecr-public:DescribeImages')).toBe(2);
  });

  test('puts catalogue data, the logo as its bytes, and gives what is there', async () => {
    await using on = await adapter();
    expect(await on.api.getCatalog(NAME)).toEqual({});
    const logoImage = Buffer.from([0, 255, 128]).toString('base64');
    const texts = { description: 'd', architectures: ['ARM'], operatingSystems: ['Linux'], usageText: 'u' };
    const put = await on.api.putCatalog(NAME, { ...texts, aboutText: '', logoImage });
    expect(put).toEqual({ ...texts, logoUrl: expect.stringMatching(/^https:/) });
    expect(await on.api.getCatalog(NAME)).toEqual(put);
    expect(on.handle.repository(NAME)?.catalog?.logo).toBe(logoImage);
  });

  test('takes the error that there is no catalogue data for none', async () => {
    await using on = await adapter();
    const fault = {
      kind: 'error',
      name: 'RepositoryCatalogDataNotFoundException',
      message: 'there is none',
    } as const;
    on.aws.faults.add({ match: { action: 'ecr-public:GetRepositoryCatalogData' }, fault });
    expect(await on.api.getCatalog(NAME)).toEqual({});
  });

  test('sets a policy, by force where it is told to', async () => {
    await using on = await adapter();
    expect(await on.api.getRepositoryPolicy(NAME)).toBeUndefined();
    const deny = { Effect: 'Deny', Action: 'ecr-public:SetRepositoryPolicy', Principal: '*' };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
    await expect(on.api.setRepositoryPolicy(NAME, document, false)).rejects.toMatchObject({
      reason: 'InvalidParameter',
    });
    await on.api.setRepositoryPolicy(NAME, document, true);
    expect(await on.api.getRepositoryPolicy(NAME)).toContain('ecr-public:SetRepositoryPolicy');
  });

  test('names the action, the ARN and AWS’s words in what it throws', async () => {
    await using on = await adapter();
    on.aws.faults.add({ match: { action: 'ecr-public:*' }, fault: { kind: 'access-denied' } });
    await expect(on.api.putCatalog(NAME, {})).rejects.toMatchObject({
      reason: 'AccessDenied',
      message: expect.stringContaining(
        `ecr-public:PutRepositoryCatalogData on ${ARN}: AccessDeniedException: User: `,
      ),
    });
  });
});
