import type { LiveImage } from './ecr-api.ts';

/** What is told of all images of a repository, and of the newest of them. */
export interface ImageSummary {
  readonly count: number;
  /** Of all of them, as ECR counts it: layers that images share count for each. */
  readonly bytes: number;
  /** The newest first; those pushed in the same moment by digest. */
  readonly newest: readonly LiveImage[];
}

/** Takes in images in any order, and keeps no more of them than it tells of. */
export interface ImageSummarizer {
  add(images: Iterable<LiveImage>): void;
  summary(): ImageSummary;
}

const MOST_IMAGES = 20;
const MOST_TAGS = 10;

interface Kept {
  readonly pushedAt: number;
  readonly image: LiveImage;
}

/** An {@link ImageSummarizer} that has seen none: of the newest 20 it keeps the first 10 tags, by name. */
export function createImageSummarizer(): ImageSummarizer {
  const kept: Kept[] = [];
  let count = 0;
  let bytes = 0;

  function keep(one: Kept): void {
    const last = kept.at(-1);
    if (kept.length === MOST_IMAGES && last && !isBefore(one, last)) return;
    const place = kept.findIndex((other) => isBefore(one, other));
    kept.splice(place < 0 ? kept.length : place, 0, one);
    if (kept.length > MOST_IMAGES) kept.pop();
  }

  return {
    add(images) {
      for (const image of images) {
        count += 1;
        bytes += image.sizeBytes;
        // What has no readable time is not among the newest.
        keep({ pushedAt: Date.parse(image.pushedAt) || 0, image });
      }
    },
    summary: () => ({ count, bytes, newest: kept.map(({ image }) => withFewTags(image)) }),
  };
}

function isBefore(a: Kept, b: Kept): boolean {
  return a.pushedAt === b.pushedAt ? a.image.digest < b.image.digest : a.pushedAt > b.pushedAt;
}

/** In an order of their own: ECR has none, and another order is no change. */
function withFewTags(image: LiveImage): LiveImage {
  return { ...image, tags: [...image.tags].sort().slice(0, MOST_TAGS) };
}

/** Worst first. Source: the severities of the ECR API, basic and enhanced. Others are less than all of these. */
const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED', 'UNTRIAGED'];

/**
 * The highest severity among these images and how many findings there are of it in the worst image, as `CRITICAL (3)`;
 * undefined where there is none.
 */
export function worstFinding(images: readonly Pick<LiveImage, 'scan'>[]): string | undefined {
  const worst = new Map<string, number>();
  for (const { scan } of images) {
    for (const [severity, count] of Object.entries(scan?.findings ?? {})) {
      if (count > 0) worst.set(severity, Math.max(count, worst.get(severity) ?? 0));
    }
  }
  const [first] = [...worst].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return first && `${first[0]} (${first[1]})`;
}

function rank(severity: string): number {
  const index = SEVERITIES.indexOf(severity);
  return index < 0 ? SEVERITIES.length : index;
}
