import { describe, expect, test } from '@jest/globals';
import type { LiveImage } from '../../../src/ecr/ecr-api.ts';
import { createImageSummarizer, worstFinding } from '../../../src/ecr/images.ts';

const DAY = 86_400_000;

function image(index: number, more: Partial<LiveImage> = {}): LiveImage {
  const pushedAt = new Date(Date.UTC(2026, 0, 1) + index * DAY).toISOString();
  return { digest: `sha256:${index}`, tags: [`v${index}`], sizeBytes: 10, pushedAt, ...more };
}

/** The same order every time, and no order that means anything. */
function shuffled<T>(values: readonly T[]): T[] {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

function summaryOf(...pages: readonly (readonly LiveImage[])[]) {
  const summarizer = createImageSummarizer();
  for (const page of pages) summarizer.add(page);
  return summarizer.summary();
}

describe('a summary of images', () => {
  test('of none is empty', () => {
    expect(summaryOf()).toEqual({ count: 0, bytes: 0, newest: [] });
  });

  test('counts all pages, and keeps the newest 20 with the newest first, in whatever order they come', () => {
    const all = shuffled(Array.from({ length: 2_500 }, (_, index) => image(index)));
    const summary = summaryOf(all.slice(0, 1_000), all.slice(1_000, 2_000), all.slice(2_000));
    expect([summary.count, summary.bytes]).toEqual([2_500, 25_000]);
    expect(summary.newest.map(({ digest }) => digest)).toEqual(
      Array.from({ length: 20 }, (_, index) => `sha256:${2_499 - index}`),
    );
  });

  test('has images that were pushed in the same moment in the order of their digests', () => {
    const pushedAt = '2026-01-01T00:00:00.000Z';
    const digests = ['sha256:c', 'sha256:a', 'sha256:d', 'sha256:b'];
    const { newest } = summaryOf(digests.map((digest) => image(0, { digest, pushedAt })));
    expect(newest.map(({ digest }) => digest)).toEqual([...digests].sort());
  });

  test('knows the same time in other words, and puts what has none last', () => {
    const { newest } = summaryOf([
      image(0, { digest: 'none', pushedAt: 'never' }),
      image(0, { digest: 'early', pushedAt: '2026-01-01T00:30:00+01:00' }),
      image(0, { digest: 'late', pushedAt: '2025-12-31T23:31:00Z' }),
    ]);
    expect(newest.map(({ digest }) => digest)).toEqual(['late', 'early', 'none']);
  });

  test('keeps ten tags of an image, in the order of their names', () => {
    const tags = Array.from({ length: 12 }, (_, index) => `t${String(11 - index).padStart(2, '0')}`);
    const [{ tags: kept = [] } = {}] = summaryOf([image(0, { tags })]).newest;
    expect(kept).toEqual([...tags].sort().slice(0, 10));
  });
});

describe('the worst finding', () => {
  const scan = (findings: Record<string, number>) => ({ scan: { status: 'COMPLETE', findings } });
  test.each<[string, readonly object[], string | undefined]>([
    ['nothing where there is no image', [], undefined],
    ['nothing where there is no scan', [{}, { scan: { status: 'FAILED' } }], undefined],
    ['nothing where all counts are zero', [scan({ CRITICAL: 0 })], undefined],
    ['the highest severity, not the most frequent', [scan({ LOW: 90, HIGH: 1 })], 'HIGH (1)'],
    [
      'the highest count in one image',
      [scan({ CRITICAL: 2 }), scan({ CRITICAL: 3 }), scan({ CRITICAL: 1 })],
      'CRITICAL (3)',
    ],
    ['CRITICAL before HIGH', [scan({ HIGH: 5, CRITICAL: 1 })], 'CRITICAL (1)'],
    ['HIGH before MEDIUM', [scan({ MEDIUM: 5, HIGH: 1 })], 'HIGH (1)'],
    ['MEDIUM before LOW', [scan({ LOW: 5, MEDIUM: 1 })], 'MEDIUM (1)'],
    ['LOW before INFORMATIONAL', [scan({ INFORMATIONAL: 5, LOW: 1 })], 'LOW (1)'],
    ['INFORMATIONAL before UNDEFINED', [scan({ UNDEFINED: 5, INFORMATIONAL: 1 })], 'INFORMATIONAL (1)'],
    ['UNDEFINED before UNTRIAGED', [scan({ UNTRIAGED: 5, UNDEFINED: 1 })], 'UNDEFINED (1)'],
    ['a word that is new to us last', [scan({ ABSURD: 5, UNTRIAGED: 1 })], 'UNTRIAGED (1)'],
    ['a word that is new to us, where there is no other', [scan({ ABSURD: 5 })], 'ABSURD (5)'],
  ])('is %s', (_, images, worst) => {
    expect(worstFinding(images)).toBe(worst);
  });
});
