import {
  GetLifecyclePolicyPreviewCommand,
  type GetLifecyclePolicyPreviewRequest,
  PutLifecyclePolicyCommand,
  paginateGetLifecyclePolicyPreview,
  StartLifecyclePolicyPreviewCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ACCOUNT, failureOf, REGION, type Simulated, simulate } from './simulated-clients.ts';

const repositoryName = 'team/app';

const policy = (action: object, more = {}) =>
  JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: 'long enough for a text of at least a hundred characters',
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1, ...more },
        action,
      },
    ],
  });
const EXPIRING = policy({ type: 'expire' });

/** A repository with so many images, the first of them tagged and the youngest. */
async function withImages(count: number): Promise<Simulated> {
  const lab = await simulate();
  const handle = lab.aws.as(ACCOUNT, REGION);
  handle.addRepository(repositoryName);
  for (let at = 0; at < count; at += 1) {
    const pushedAt = new Date(lab.aws.clock.now().getTime() - at * 1000);
    const tags = new Set(at < 2 ? [`t${at}`] : []);
    handle.addImage(repositoryName, { digest: digestOf(`${at}`), tags, pushedAt });
  }
  return lab;
}

const start = (lab: Simulated, lifecyclePolicyText?: string) =>
  lab.ecr.send(
    new StartLifecyclePolicyPreviewCommand({
      repositoryName,
      ...(lifecyclePolicyText ? { lifecyclePolicyText } : {}),
    }),
  );
const get = (lab: Simulated, more: Partial<GetLifecyclePolicyPreviewRequest> = {}) =>
  lab.ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName, ...more }));

describe('a preview of a lifecycle policy', () => {
  test('is under way for a while, in which no other is started, and then tells what would go', async () => {
    await using lab = await withImages(3);
    expect((await failureOf(get(lab))).name).toBe('LifecyclePolicyPreviewNotFoundException');
    lab.aws.as(ACCOUNT, REGION).registry.previewLag = { milliseconds: 1000 };
    expect(await start(lab, EXPIRING)).toMatchObject({
      status: 'IN_PROGRESS',
      lifecyclePolicyText: EXPIRING,
    });
    expect(await get(lab)).toMatchObject({ status: 'IN_PROGRESS', previewResults: [] });
    expect((await failureOf(start(lab, EXPIRING))).name).toBe('LifecyclePolicyPreviewInProgressException');
    lab.aws.clock.advance(1000);
    const { $metadata: _metadata, ...answer } = await get(lab);
    const result = (name: string, tags: readonly string[] | undefined, secondsAgo: number) => ({
      imageDigest: digestOf(name),
      ...(tags ? { imageTags: tags } : {}),
      imagePushedAt: new Date(lab.aws.clock.now().getTime() - 1000 * (secondsAgo + 1)),
      action: { type: 'EXPIRE' },
      appliedRulePriority: 1,
      storageClass: 'STANDARD',
    });
    expect(answer).toEqual({
      registryId: ACCOUNT,
      repositoryName,
      lifecyclePolicyText: EXPIRING,
      status: 'COMPLETE',
      previewResults: expect.arrayContaining([result('1', ['t1'], 1), result('2', undefined, 2)]),
      summary: {
        expiringImageTotalCount: 2,
        transitioningImageTotalCounts: [{ targetStorageClass: 'ARCHIVE', imageTotalCount: 0 }],
      },
    });
    expect(answer.previewResults).toHaveLength(2);
    // What it tells is of its own time, and nothing has gone.
    expect(lab.aws.as(ACCOUNT, REGION).repository(repositoryName)?.images.size).toBe(3);
    lab.aws.as(ACCOUNT, REGION).repository(repositoryName)?.images.clear();
    expect((await get(lab)).previewResults).toHaveLength(2);
    await start(lab, EXPIRING);
    lab.aws.clock.advance(1000);
    expect((await get(lab)).previewResults).toEqual([]);
  });

  test('counts looks where time stands still, and may end without a result', async () => {
    await using lab = await withImages(1);
    const { registry } = lab.aws.as(ACCOUNT, REGION);
    registry.previewLag = { calls: 2 };
    registry.previewEnd = 'FAILED';
    await start(lab, EXPIRING);
    const seen = [await get(lab), await get(lab), await get(lab), await get(lab)];
    expect(seen.map((one) => one.status)).toEqual(['IN_PROGRESS', 'IN_PROGRESS', 'FAILED', 'FAILED']);
  });

  test('is paged a hundred at the most, in no order of age', async () => {
    await using lab = await withImages(251);
    await start(lab, EXPIRING);
    const seen: (string | undefined)[] = [];
    const pages = paginateGetLifecyclePolicyPreview({ client: lab.ecr, pageSize: 100 }, { repositoryName });
    let count = 0;
    for await (const page of pages) {
      count += 1;
      expect(page.summary?.expiringImageTotalCount).toBe(250);
      seen.push(...(page.previewResults ?? []).map((one) => one.imageDigest));
    }
    expect([count, new Set(seen).size, seen.length]).toEqual([3, 250, 250]);
    expect((await failureOf(get(lab, { maxResults: 101 }))).message).toContain('less than or equal to 100');
    expect((await get(lab, { filter: { tagStatus: 'TAGGED' } })).previewResults).toHaveLength(1);
    const one = await get(lab, { imageIds: [{ imageDigest: digestOf('7') }] });
    expect(one.previewResults?.map(({ imageDigest }) => imageDigest)).toEqual([digestOf('7')]);
  });

  test('tells what would be archived, and takes the repository’s own policy where none is given', async () => {
    await using lab = await withImages(3);
    expect((await failureOf(start(lab))).name).toBe('LifecyclePolicyNotFoundException');
    const lifecyclePolicyText = policy({ type: 'transition', targetStorageClass: 'archive' });
    await lab.ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
    await start(lab);
    const { summary, previewResults } = await get(lab);
    expect(summary).toEqual({
      expiringImageTotalCount: 0,
      transitioningImageTotalCounts: [{ targetStorageClass: 'ARCHIVE', imageTotalCount: 2 }],
    });
    expect(previewResults?.[0]?.action).toEqual({ type: 'TRANSITION', targetStorageClass: 'ARCHIVE' });
  });

  test('refuses a policy that could not be put', async () => {
    await using lab = await withImages(1);
    const wrong = policy({ type: 'expire' }, { countNumber: 0 });
    expect((await failureOf(start(lab, wrong))).message).toContain('Lifecycle policy validation failure');
    expect((await failureOf(start(lab, '{"rules":[]}'))).name).toBe('InvalidParameterException');
  });
});
