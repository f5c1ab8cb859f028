import type { RepositoryStatus, RepositoryStatusImage } from '../../api/repository.generated.ts';
import type { EffectiveScanning, ImageScan, LiveImage, LiveLifecycle } from '../../ecr/ecr-api.ts';
import { type ImageSummary, worstFinding } from '../../ecr/images.ts';
import { wholeSeconds } from '../../runtime/clock.ts';

/** The fields of a Repository's status that tell of its images; nobody else writes them. */
export const IMAGE_FIELDS = [
  'imageCount',
  'sizeBytes',
  'worstFinding',
  'images',
  'scanning',
  'lifecycle',
] as const satisfies readonly (keyof RepositoryStatus)[];

export type ImageFields = Pick<RepositoryStatus, (typeof IMAGE_FIELDS)[number]>;

/** Those fields of a status. */
export function imageFieldsOf(status: RepositoryStatus | undefined): ImageFields {
  const entries = IMAGE_FIELDS.map((name) => [name, status?.[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as ImageFields;
}

/** What the images of a repository look like in the status (pure). */
export function summaryFields({ count, bytes, newest }: ImageSummary): ImageFields {
  const worst = worstFinding(newest);
  return {
    imageCount: count,
    sizeBytes: bytes,
    ...(worst === undefined ? {} : { worstFinding: worst }),
    images: newest.map(statusImage),
  };
}

export function scanningFields(scanning: EffectiveScanning | undefined): ImageFields {
  return scanning ? { scanning } : {};
}

export function lifecycleFields(lifecycle: LiveLifecycle | undefined): ImageFields {
  const at = lifecycle?.lastEvaluatedAt;
  return at === undefined ? {} : { lifecycle: { lastEvaluatedAt: wholeSeconds(at) } };
}

function statusImage(image: LiveImage): RepositoryStatusImage {
  const { digest, tags, sizeBytes, pushedAt, lastPulledAt, status, scan } = image;
  return {
    digest,
    ...(tags.length > 0 ? { tags } : {}),
    sizeBytes,
    pushedAt: wholeSeconds(pushedAt),
    ...(lastPulledAt ? { lastPulledAt: wholeSeconds(lastPulledAt) } : {}),
    ...(status ? { status } : {}),
    ...(scan ? { scan: statusScan(scan) } : {}),
  };
}

function statusScan({ completedAt, ...scan }: ImageScan): NonNullable<RepositoryStatusImage['scan']> {
  return { ...scan, ...(completedAt ? { completedAt: wholeSeconds(completedAt) } : {}) };
}
