import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  DescribeImagesCommand,
  ListImagesCommand,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ACCOUNT, failureOf, REGION, simulate } from './simulated-clients.ts';

const NAME = 'team/app';

describe('images', () => {
  test('are paged, filtered, and not sorted by age', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    handle.addRepository(NAME);
    for (let at = 0; at < 1200; at += 1)
      handle.addImage(NAME, { digest: digestOf(`${at}`), tags: new Set([`t${at}`]) });
    handle.addImage(NAME, { digest: digestOf('untagged') });
    const seen = new Set<string | undefined>();
    let pages = 0;
    for await (const page of paginateDescribeImages(
      { client: lab.ecr, pageSize: 1000 },
      { repositoryName: NAME },
    )) {
      pages += 1;
      for (const one of page.imageDetails ?? []) seen.add(one.imageDigest);
    }
    expect([pages, seen.size]).toEqual([2, 1201]);
    const untagged = await lab.ecr.send(
      new ListImagesCommand({ repositoryName: NAME, filter: { tagStatus: 'UNTAGGED' } }),
    );
    expect(untagged.imageIds).toEqual([{ imageDigest: digestOf('untagged') }]);
  });

  test('lose a tag, or go with their last one', async () => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    handle.addRepository(NAME);
    handle.addImage(NAME, { digest: digestOf('a'), tags: new Set(['v1', 'v2']) });
    const remove = (imageTag: string) =>
      lab.ecr.send(new BatchDeleteImageCommand({ repositoryName: NAME, imageIds: [{ imageTag }] }));
    await remove('v1');
    expect(handle.repository(NAME)?.images.size).toBe(1);
    await remove('v2');
    expect(handle.repository(NAME)?.images.size).toBe(0);
    expect((await remove('v2')).failures).toEqual([
      {
        imageId: { imageTag: 'v2' },
        failureCode: 'ImageNotFound',
        failureReason: 'Requested image not found',
      },
    ]);
  });

  test('that are missing fail DescribeImages and are listed by BatchGetImage', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(NAME);
    const imageIds = [{ imageTag: 'absent' }];
    expect(
      await failureOf(lab.ecr.send(new DescribeImagesCommand({ repositoryName: NAME, imageIds }))),
    ).toEqual({
      name: 'ImageNotFoundException',
      message: `The image with imageId {imageDigest:'null', imageTag:'absent'} does not exist within the repository with name '${NAME}' in the registry with id '${ACCOUNT}'`,
    });
    const got = await lab.ecr.send(new BatchGetImageCommand({ repositoryName: NAME, imageIds }));
    expect(got.failures?.[0]?.failureCode).toBe('ImageNotFound');
  });
});
