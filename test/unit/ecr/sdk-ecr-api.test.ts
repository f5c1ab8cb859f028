import { describe, expect, test } from '@jest/globals';
import type { EcrApi, LiveImage } from '../../../src/ecr/ecr-api.ts';
import { sdkEcrApi } from '../../../src/ecr/sdk-ecr-api.ts';
import type { ImageScan } from '../../lab/aws/image-scan.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import type { RegistryHandle } from '../../lab/aws/registry-handle.ts';
import { ACCOUNT, REGION, type Simulated, simulate } from '../lab-aws/simulated-clients.ts';

const NAME = 'team/app';
const ARN = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${NAME}`;

interface Adapter extends AsyncDisposable {
  readonly api: EcrApi;
  readonly aws: Simulated['aws'];
  readonly handle: RegistryHandle;
  calls(action: string): number;
}

/** The adapter on a simulator that has one repository. */
async function adapter(): Promise<Adapter> {
  const lab = await simulate();
  const handle = lab.aws.as(ACCOUNT, REGION);
  handle.addRepository(NAME);
  return {
    api: sdkEcrApi(lab.ecr, { accountId: ACCOUNT, region: REGION }),
    aws: lab.aws,
    handle,
    calls: (action) => lab.aws.actions.count(`ecr:${action}`),
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

const rejection = (call: Promise<unknown>) =>
  call.then(
    () => {
      throw new Error('the call did not fail');
    },
    (error: Error & { reason: string }) => ({ reason: error.reason, message: error.message }),
  );

const rules = (countNumber: number, action: object = { type: 'expire' }) =>
  JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: 'long enough for a text of at least a hundred characters',
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber },
        action,
      },
    ],
  });

describe('repositories', () => {
  test('are listed a thousand a call, as they are described one by one', async () => {
    await using on = await adapter();
    for (let at = 0; at < 1500; at += 1) on.handle.addRepository(`many/app-${at}`);
    const listed = await all(on.api.listRepositories());
    expect([listed.length, on.calls('DescribeRepositories')]).toEqual([1501, 2]);
    expect(listed[0]).toEqual(await on.api.describeRepository(NAME));
    expect(listed[0]).toMatchObject({ name: NAME, arn: ARN });
  });

  test('are listed until a page fails, and the failure is told as any other', async () => {
    await using on = await adapter();
    for (let at = 0; at < 1500; at += 1) on.handle.addRepository(`many/app-${at}`);
    on.aws.faults.add({ match: {}, fault: { kind: 'throttle' }, after: 1 });
    const seen: number[] = [];
    const list = async () => {
      for await (const page of on.api.listRepositories()) seen.push(page.length);
    };
    const { reason, message } = await rejection(list());
    expect([seen, reason]).toEqual([[1000], 'Throttled']);
    expect(message).toContain(`ecr:DescribeRepositories on arn:aws:ecr:${REGION}:${ACCOUNT}:repository/*`);
  });
});

describe('policies', () => {
  test('a lifecycle policy is put, read with the time of its last run, and deleted also when it is gone', async () => {
    await using on = await adapter();
    expect(await on.api.getLifecyclePolicy(NAME)).toBeUndefined();
    await on.api.putLifecyclePolicy(NAME, rules(5));
    expect(await on.api.getLifecyclePolicy(NAME)).toEqual({ document: rules(5) });
    on.handle.runLifecycle(NAME);
    expect(await on.api.getLifecyclePolicy(NAME)).toEqual({
      document: rules(5),
      lastEvaluatedAt: '2026-01-01T00:00:00.000Z',
    });
    await on.api.deleteLifecyclePolicy(NAME);
    await on.api.deleteLifecyclePolicy(NAME);
    await on.api.deleteLifecyclePolicy('missing');
    expect(await on.api.getLifecyclePolicy(NAME)).toBeUndefined();
  });

  test('a repository policy is forced only when told, and deleted also when it is gone', async () => {
    await using on = await adapter();
    const deny = { Effect: 'Deny', Action: 'ecr:SetRepositoryPolicy', Principal: '*' };
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
    expect((await rejection(on.api.setRepositoryPolicy(NAME, document, false))).reason).toBe(
      'InvalidParameter',
    );
    expect(await on.api.getRepositoryPolicy(NAME)).toBeUndefined();
    await on.api.setRepositoryPolicy(NAME, document, true);
    expect(await on.api.getRepositoryPolicy(NAME)).toContain('ecr:SetRepositoryPolicy');
    await on.api.deleteRepositoryPolicy(NAME);
    await on.api.deleteRepositoryPolicy(NAME);
    await on.api.deleteRepositoryPolicy('missing');
    expect(await on.api.getRepositoryPolicy(NAME)).toBeUndefined();
    const sets = on.aws.actions.all().filter((one) => one.action === 'ecr:SetRepositoryPolicy');
    expect(sets.map(({ params }) => params['force'])).toEqual([undefined, true]);
  });
});

describe('lifecycle previews', () => {
  test('are absent, then under way, then there: a hundred images with each call', async () => {
    await using on = await adapter();
    for (let at = 0; at < 201; at += 1) {
      const pushedAt = new Date(on.aws.clock.now().getTime() - at * 1000);
      const tags = new Set(at === 7 ? ['b', 'a'] : []);
      on.handle.addImage(NAME, { digest: digestOf(`${at}`), pushedAt, tags });
    }
    expect(await on.api.getLifecyclePreview(NAME)).toBeUndefined();
    on.handle.registry.previewLag = { milliseconds: 1000 };
    await on.api.startLifecyclePreview(NAME, rules(1));
    expect(await on.api.getLifecyclePreview(NAME)).toEqual({
      status: 'IN_PROGRESS',
      document: rules(1),
      expiring: 0,
      transitioning: 0,
      images: [],
    });
    expect((await rejection(on.api.startLifecyclePreview(NAME, rules(1)))).reason).toBe('PreviewInProgress');
    on.aws.clock.advance(1000);
    on.aws.actions.clear();
    const first = await on.api.getLifecyclePreview(NAME);
    const whole = { status: 'COMPLETE', document: rules(1), expiring: 200, transitioning: 0 };
    expect(first).toEqual({ ...whole, images: expect.anything(), nextToken: expect.any(String) });
    expect([first?.images.length, on.calls('GetLifecyclePolicyPreview')]).toEqual([100, 1]);
    const last = await on.api.getLifecyclePreview(NAME, first?.nextToken);
    expect(last).toEqual({ ...whole, images: expect.anything() });
    const images = [...(first?.images ?? []), ...(last?.images ?? [])];
    expect([new Set(images.map((one) => one.digest)).size, on.calls('GetLifecyclePolicyPreview')]).toEqual([
      200, 2,
    ]);
    expect(images.find((one) => one.digest === digestOf('7'))).toEqual({
      digest: digestOf('7'),
      tags: ['b', 'a'],
      action: 'expire',
    });
  });

  test('are under way again where somebody starts another between two pages', async () => {
    await using on = await adapter();
    for (let at = 0; at < 201; at += 1) on.handle.addImage(NAME, { digest: digestOf(`${at}`) });
    await on.api.startLifecyclePreview(NAME, rules(1));
    on.handle.registry.previewLag = { milliseconds: 1000 };
    const first = await on.api.getLifecyclePreview(NAME);
    on.handle.call('StartLifecyclePolicyPreview', { repositoryName: NAME, lifecyclePolicyText: rules(2) });
    expect(await on.api.getLifecyclePreview(NAME, first?.nextToken)).toMatchObject({
      status: 'IN_PROGRESS',
      document: rules(2),
      images: [],
    });
  });

  test('tell archiving from expiring, and what failed', async () => {
    await using on = await adapter();
    on.handle.addImage(NAME, { digest: digestOf('a') });
    on.handle.addImage(NAME, { digest: digestOf('b') });
    await on.api.startLifecyclePreview(NAME, rules(1, { type: 'transition', targetStorageClass: 'archive' }));
    expect(await on.api.getLifecyclePreview(NAME)).toMatchObject({
      expiring: 0,
      transitioning: 1,
      images: [{ action: 'transition' }],
    });
    on.handle.registry.previewEnd = 'EXPIRED';
    await on.api.startLifecyclePreview(NAME, rules(1));
    expect((await on.api.getLifecyclePreview(NAME))?.status).toBe('EXPIRED');
  });
});

describe('images', () => {
  const completedAt = new Date('2026-01-01T00:00:00.000Z');
  const BASIC: ImageScan = { kind: 'basic', status: 'COMPLETE', completedAt, counts: { HIGH: 2 } };
  const WHOLE: LiveImage = {
    digest: digestOf('a'),
    tags: ['v1'],
    sizeBytes: 77,
    pushedAt: '2026-01-01T00:00:00.000Z',
    lastPulledAt: '2026-01-02T00:00:00.000Z',
    status: 'ARCHIVED',
    scan: { status: 'COMPLETE', completedAt: '2026-01-01T00:00:00.000Z', findings: { HIGH: 2 } },
  };

  async function withImage(scan: ImageScan): Promise<Adapter> {
    const on = await adapter();
    on.handle.addImage(NAME, {
      digest: digestOf('a'),
      tags: new Set(['v1']),
      sizeInBytes: 77,
      lastPulledAt: new Date('2026-01-02T00:00:00.000Z'),
      status: 'ARCHIVED',
      scan,
    });
    return on;
  }

  test('are read whole, archived ones too, and counted', async () => {
    await using on = await withImage(BASIC);
    on.handle.addImage(NAME, { digest: digestOf('bare') });
    const images = await all(on.api.describeImages(NAME));
    expect(images).toHaveLength(2);
    expect(images).toEqual(
      expect.arrayContaining([
        WHOLE,
        {
          digest: digestOf('bare'),
          tags: [],
          sizeBytes: 1024,
          pushedAt: '2026-01-01T00:00:00.000Z',
          status: 'ACTIVE',
        },
      ]),
    );
    expect(await on.api.countImages(NAME)).toBe(2);
  });

  test('are read a thousand a call', async () => {
    await using on = await adapter();
    for (let at = 0; at < 2000; at += 1) on.handle.addImage(NAME, { digest: digestOf(`${at}`) });
    const digests = (await all(on.api.describeImages(NAME))).map((one) => one.digest);
    expect([new Set(digests).size, on.calls('DescribeImages')]).toEqual([2000, 2]);
    expect((await rejection(all(on.api.describeImages('missing')))).reason).toBe('RepositoryNotVisible');
  });

  test.each<[string, ImageScan, object]>([
    [
      'a basic one',
      BASIC,
      { status: 'COMPLETE', completedAt: completedAt.toISOString(), findings: { HIGH: 2 } },
    ],
    [
      'an enhanced one that goes on',
      { kind: 'enhanced', status: 'ACTIVE', completedAt, counts: { CRITICAL: 3, UNTRIAGED: 1 } },
      {
        status: 'ACTIVE',
        completedAt: completedAt.toISOString(),
        findings: { CRITICAL: 3, UNTRIAGED: 1 },
      },
    ],
    [
      'one that found nothing',
      { kind: 'basic', status: 'COMPLETE', completedAt, counts: {} },
      { status: 'COMPLETE', completedAt: completedAt.toISOString(), findings: {} },
    ],
    ['one under way', { kind: 'basic', status: 'IN_PROGRESS', counts: {} }, { status: 'IN_PROGRESS' }],
  ])('have a scan of their own: %s', async (_what, scan, expected) => {
    await using on = await withImage(scan);
    on.handle.registry.scansInDescribeImages = false;
    expect((await all(on.api.describeImages(NAME)))[0]?.scan).toBeUndefined();
    expect(await on.api.describeScan(NAME, digestOf('a'))).toEqual(expected);
    expect(on.aws.actions.all().at(-1)?.params['maxResults']).toBe(1);
  });

  test('have no scan where there was none, and where the image is gone', async () => {
    await using on = await adapter();
    on.handle.addImage(NAME, { digest: digestOf('a') });
    expect(await on.api.describeScan(NAME, digestOf('a'))).toBeUndefined();
    expect(await on.api.describeScan(NAME, digestOf('gone'))).toBeUndefined();
    expect((await rejection(on.api.describeScan('missing', digestOf('a')))).reason).toBe(
      'RepositoryNotVisible',
    );
  });
});

describe('the scanning in effect', () => {
  test('is told by name, and nothing of those that are missing', async () => {
    await using on = await adapter();
    on.handle.registry.scanning = {
      scanType: 'ENHANCED',
      rules: [{ scanFrequency: 'CONTINUOUS_SCAN', filters: ['team/*'] }],
    };
    on.handle.addRepository('other');
    expect(await on.api.scanningOf([NAME, 'missing', 'other'])).toEqual(
      new Map([
        [NAME, { frequency: 'CONTINUOUS_SCAN', scanOnPush: false, filters: ['team/*'] }],
        ['other', { frequency: 'MANUAL', scanOnPush: false, filters: [] }],
      ]),
    );
    expect(await on.api.scanningOf([])).toEqual(new Map());
    expect(on.calls('BatchGetRepositoryScanningConfiguration')).toBe(1);
  });
});
