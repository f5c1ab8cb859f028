import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ACCOUNT, REGION } from '../lab-aws/simulated-clients.ts';
import { ARN, adapter, all, NAME, rejection } from './sdk-adapter.ts';

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
