import {
  DeleteRepositoryCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, failureOf, REGION, simulate } from './simulated-clients.ts';

const NAME = 'team/app';

describe('changing a repository', () => {
  test('mutability is replaced as a whole, filters included', async () => {
    await using lab = await simulate();
    const live = lab.aws.as(ACCOUNT, REGION).addRepository(NAME);
    const filters = [{ filterType: 'WILDCARD', filter: 'v*' }] as const;
    await lab.ecr.send(
      new PutImageTagMutabilityCommand({
        repositoryName: NAME,
        imageTagMutability: 'MUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [...filters],
      }),
    );
    expect(live).toMatchObject({ mutability: 'MUTABLE_WITH_EXCLUSION', exclusionFilters: filters });
    await lab.ecr.send(
      new PutImageTagMutabilityCommand({ repositoryName: NAME, imageTagMutability: 'IMMUTABLE' }),
    );
    expect(live).toMatchObject({ mutability: 'IMMUTABLE', exclusionFilters: [] });
  });

  test('scan on push goes on and off', async () => {
    await using lab = await simulate();
    const live = lab.aws.as(ACCOUNT, REGION).addRepository(NAME);
    const put = (scanOnPush: boolean) =>
      lab.ecr.send(
        new PutImageScanningConfigurationCommand({
          repositoryName: NAME,
          imageScanningConfiguration: { scanOnPush },
        }),
      );
    expect((await put(true)).imageScanningConfiguration).toEqual({ scanOnPush: true });
    await put(false);
    expect(live.scanOnPush).toBe(false);
  });

  test('tags are added, replaced and removed by key', async () => {
    await using lab = await simulate();
    const { arn: resourceArn } = lab.aws.as(ACCOUNT, REGION).addRepository(NAME);
    const tag = (Key: string, Value: string) =>
      lab.ecr.send(new TagResourceCommand({ resourceArn, tags: [{ Key, Value }] }));
    await tag('a', '1');
    await tag('b', '2');
    await tag('a', '3');
    await lab.ecr.send(new UntagResourceCommand({ resourceArn, tagKeys: ['b', 'absent'] }));
    const { tags } = await lab.ecr.send(new ListTagsForResourceCommand({ resourceArn }));
    expect(tags).toEqual([{ Key: 'a', Value: '3' }]);
    const wrong = await failureOf(
      lab.ecr.send(new ListTagsForResourceCommand({ resourceArn: 'arn:aws:s3:::x' })),
    );
    expect(wrong.name).toBe('InvalidParameterException');
  });

  test('a repository with images is deleted only by force', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    handle.addRepository(NAME);
    handle.addImage(NAME, { digest: `sha256:${'a'.repeat(64)}` });
    const remove = (force: boolean) =>
      lab.ecr.send(new DeleteRepositoryCommand({ repositoryName: NAME, force }));
    expect(await failureOf(remove(false))).toEqual({
      name: 'RepositoryNotEmptyException',
      message: `The repository with name '${NAME}' in registry with id '${ACCOUNT}' cannot be deleted because it still contains images`,
    });
    expect((await remove(true)).repository?.repositoryName).toBe(NAME);
    expect(handle.repository(NAME)).toBeUndefined();
  });
});
