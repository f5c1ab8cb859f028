import { describe, expect, test } from '@jest/globals';
import type { LiveImage } from '../../../src/ecr/ecr-api.ts';
import type { ImageScan } from '../../lab/aws/image-scan.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import { type Adapter, adapter, all, NAME, rejection } from './sdk-adapter.ts';

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
