import type {
  ImageDetail,
  ImageScanFindingsSummary,
  ImageScanStatus,
  RepositoryScanningConfiguration,
} from '@aws-sdk/client-ecr';
import type { EffectiveScanning, ImageScan, LiveImage } from './ecr-api.ts';

/** An image of an answer. */
export function liveImage(image: ImageDetail): LiveImage {
  const scan = imageScan(image.imageScanStatus, image.imageScanFindingsSummary);
  return {
    digest: image.imageDigest ?? '',
    tags: image.imageTags ?? [],
    sizeBytes: image.imageSizeInBytes ?? 0,
    pushedAt: (image.imagePushedAt ?? new Date(0)).toISOString(),
    ...(image.lastRecordedPullTime ? { lastPulledAt: image.lastRecordedPullTime.toISOString() } : {}),
    ...(image.imageStatus ? { status: image.imageStatus } : {}),
    ...(scan ? { scan } : {}),
  };
}

type Found = Pick<ImageScanFindingsSummary, 'imageScanCompletedAt' | 'findingSeverityCounts'>;

/** How it stands with a scan; undefined where the answer has no word of one. Basic and enhanced look the same here. */
export function imageScan(
  scan: ImageScanStatus | undefined,
  found: Found | undefined,
): ImageScan | undefined {
  const { imageScanCompletedAt: completed, findingSeverityCounts: counts } = found ?? {};
  // An answer may leave out a map with nothing in it: a scan that is complete has found nothing then.
  const findings = counts ?? (completed ? {} : undefined);
  const status = scan?.status ?? (completed ? 'COMPLETE' : undefined);
  if (status === undefined) return undefined;
  return {
    status,
    ...(completed ? { completedAt: completed.toISOString() } : {}),
    ...(findings ? { findings } : {}),
  };
}

/** A repository's scanning of an answer. */
export function effectiveScanning(one: RepositoryScanningConfiguration): EffectiveScanning {
  return {
    frequency: one.scanFrequency ?? 'MANUAL',
    scanOnPush: one.scanOnPush ?? false,
    filters: (one.appliedScanFilters ?? []).map(({ filter = '' }) => filter),
  };
}
