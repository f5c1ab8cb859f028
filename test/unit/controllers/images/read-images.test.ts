import { describe, expect, test } from '@jest/globals';
import { imageFieldsOf } from '../../../../src/controllers/images/image-fields.ts';
import { type ImageReading, readImages } from '../../../../src/controllers/images/read-images.ts';
import type { ImageScan, LiveImage } from '../../../../src/ecr/ecr-api.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { HOUR, NOW } from '../objects.ts';
import { complete, image, SCANS } from './image-objects.ts';

const DENIED = new RetryableError('AccessDenied', 'no');

interface Given extends Partial<Omit<ImageReading, 'ecr' | 'name'>> {
  readonly images?: readonly LiveImage[];
  readonly scan?: (digest: string) => ImageScan | undefined;
  readonly lastEvaluatedAt?: string;
}

/** What is read, and which digests were asked about one by one. */
async function read({ images = [], scan = () => undefined, lastEvaluatedAt, ...given }: Given) {
  const asked: string[] = [];
  const found = await readImages({
    ecr: {
      async *describeImages() {
        yield images;
      },
      describeScan: async (_name, digest) => {
        asked.push(digest);
        return scan(digest);
      },
      getLifecyclePolicy: async () => ({ document: '{}', ...(lastEvaluatedAt ? { lastEvaluatedAt } : {}) }),
    },
    name: 'web',
    scanningOf: async () => undefined,
    hasLifecycle: false,
    previous: {},
    everyScan: false,
    now: NOW,
    ...given,
  });
  return { ...found, asked };
}

const scanned = (digest: string, scan: ImageScan) => ({ images: [{ digest, sizeBytes: 100, scan }] });

describe('what is told of images', () => {
  test('is all that ECR says, with times in seconds', async () => {
    const one = image('sha256:1', {
      tags: ['v1'],
      lastPulledAt: '2025-12-31T01:02:03.456Z',
      status: 'ACTIVE',
      scan: complete({ HIGH: 2 }),
    });
    const { fields, failures, asked } = await read({
      images: [one, image('sha256:2', {}, 5_000)],
      scanningOf: async () => ({ ...SCANS, frequency: 'MANUAL', scanOnPush: false }),
      hasLifecycle: true,
      lastEvaluatedAt: '2025-12-31T00:00:00.500Z',
    });
    expect(failures).toEqual([]);
    expect(asked).toEqual([]);
    expect(fields).toEqual({
      imageCount: 2,
      sizeBytes: 200,
      worstFinding: 'HIGH (2)',
      images: [
        {
          digest: 'sha256:1',
          tags: ['v1'],
          sizeBytes: 100,
          pushedAt: '2026-01-01T11:59:59Z',
          lastPulledAt: '2025-12-31T01:02:03Z',
          status: 'ACTIVE',
          scan: { status: 'COMPLETE', completedAt: '2025-06-01T00:00:00Z', findings: { HIGH: 2 } },
        },
        { digest: 'sha256:2', sizeBytes: 100, pushedAt: '2026-01-01T11:59:55Z' },
      ],
      scanning: { frequency: 'MANUAL', scanOnPush: false, filters: ['*'] },
      lifecycle: { lastEvaluatedAt: '2025-12-31T00:00:00Z' },
    });
  });

  test('says nothing of a lifecycle policy that was never applied, nor asks without one', async () => {
    expect((await read({ hasLifecycle: true })).fields).toEqual({ imageCount: 0, sizeBytes: 0, images: [] });
    const { fields } = await read({ hasLifecycle: false, lastEvaluatedAt: '2025-12-31T00:00:00Z' });
    expect(fields).not.toHaveProperty('lifecycle');
  });
});

describe('the scan of an image is asked for', () => {
  const young = image('sha256:1');
  const old = image('sha256:1', {}, 30 * 24 * HOUR);
  const scans = async () => SCANS;
  const known = scanned('sha256:1', complete({ LOW: 1 }));
  test.each<[string, Given, boolean]>([
    ['where the repository scans on push', { images: [young], scanningOf: scans }, true],
    [
      'where it scans continuously',
      {
        images: [young],
        scanningOf: async () => ({ ...SCANS, frequency: 'CONTINUOUS_SCAN', scanOnPush: false }),
      },
      true,
    ],
    [
      'where a scan is complete, and its findings are not told',
      { images: [image('sha256:1', { scan: { status: 'COMPLETE' } })] },
      true,
    ],
    [
      'where an enhanced one is active',
      { images: [image('sha256:1', { scan: { status: 'ACTIVE' } })] },
      true,
    ],
    [
      'again where it was not complete',
      { images: [old], scanningOf: scans, previous: scanned('sha256:1', { status: 'IN_PROGRESS' }) },
      true,
    ],
    ['again where all are', { images: [young], scanningOf: scans, previous: known, everyScan: true }, true],
    [
      'for an old image that had none, where all are',
      { images: [old], scanningOf: scans, everyScan: true },
      true,
    ],
    ['not where nothing scans', { images: [young] }, false],
    [
      'not where scans are made by hand',
      { images: [young], scanningOf: async () => ({ ...SCANS, frequency: 'MANUAL', scanOnPush: false }) },
      false,
    ],
    [
      'not where its findings are told',
      { images: [image('sha256:1', { scan: complete() })], scanningOf: scans },
      false,
    ],
    [
      'not where it is under way',
      { images: [image('sha256:1', { scan: { status: 'IN_PROGRESS' } })], scanningOf: scans },
      false,
    ],
    [
      'not where it has failed',
      { images: [image('sha256:1', { scan: { status: 'FAILED' } })], scanningOf: scans },
      false,
    ],
    [
      'not where the image is archived',
      { images: [image('sha256:1', { status: 'ARCHIVED' })], scanningOf: scans },
      false,
    ],
    ['not again where it was complete', { images: [young], scanningOf: scans, previous: known }, false],
    [
      'not for an old image that had none',
      { images: [old], scanningOf: scans, previous: { images: [] } },
      false,
    ],
  ])('%s', async (_, given, asks) => {
    expect((await read(given)).asked).toEqual(asks ? ['sha256:1'] : []);
  });

  test('and told, or told as it was where it is not asked for', async () => {
    const images = ['a', 'b', 'c'].map((digest) => image(digest));
    const previous = scanned('b', complete({ CRITICAL: 3 }));
    const { fields, asked } = await read({
      images,
      previous,
      scanningOf: scans,
      scan: (digest) => (digest === 'a' ? complete({ HIGH: 9 }) : undefined),
    });
    expect(asked).toEqual(['a', 'c']);
    expect(fields.images?.map(({ scan }) => scan?.findings)).toEqual([
      { HIGH: 9 },
      { CRITICAL: 3 },
      undefined,
    ]);
    expect(fields.worstFinding).toBe('CRITICAL (3)');
  });

  test('for the newest 20 alone', async () => {
    const images = Array.from({ length: 30 }, (_, index) => image(`d${index}`, {}, 1_000 + index));
    expect((await read({ images, scanningOf: scans })).asked).toHaveLength(20);
  });
});

describe('what cannot be read', () => {
  const fails = async (): Promise<never> => {
    throw DENIED;
  };
  test('of the images themselves is a failure', async () => {
    const broken = {
      // biome-ignore lint/correctness/useYield: it does not come so far
      async *describeImages(): AsyncIterable<readonly LiveImage[]> {
        throw DENIED;
      },
      describeScan: fails,
      getLifecyclePolicy: fails,
    };
    const reading = { ecr: broken, name: 'web', scanningOf: fails, hasLifecycle: true };
    await expect(readImages({ ...reading, previous: {}, everyScan: false, now: NOW })).rejects.toBe(DENIED);
  });

  test('beside them stays as it was', async () => {
    const previous = {
      imageCount: 7,
      scanning: { frequency: 'MANUAL' },
      lifecycle: { lastEvaluatedAt: '2025-12-31T00:00:00Z' },
    };
    const { fields, failures } = await read({ previous, scanningOf: fails });
    expect(failures).toEqual([DENIED]);
    expect(fields).toEqual({ imageCount: 0, sizeBytes: 0, images: [], scanning: previous.scanning });
  });

  test('of one scan is not asked for of the others', async () => {
    const images = ['a', 'b', 'c'].map((digest) => image(digest));
    const { fields, failures, asked } = await read({
      images,
      scanningOf: async () => SCANS,
      previous: {
        images: ['a', 'b'].map((digest) => ({ digest, scan: { status: 'IN_PROGRESS' } })),
      },
      scan: () => {
        throw DENIED;
      },
    });
    expect([asked, failures]).toEqual([['a'], [DENIED]]);
    expect(fields.images?.map(({ scan }) => scan?.status)).toEqual(['IN_PROGRESS', 'IN_PROGRESS', undefined]);
  });
});

test('the fields of a status are those of images, as far as they are there', () => {
  const ours = { imageCount: 0, images: [] };
  expect(imageFieldsOf({ ...ours, uri: 'x', conditions: [] })).toEqual(ours);
  expect(imageFieldsOf(undefined)).toEqual({});
});
