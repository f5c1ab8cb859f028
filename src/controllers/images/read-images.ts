import type { RepositoryStatusImage } from '../../api/repository.generated.ts';
import type { EcrApi, EffectiveScanning, ImageScan, LiveImage } from '../../ecr/ecr-api.ts';
import { createImageSummarizer } from '../../ecr/images.ts';
import {
  type ImageFields,
  imageFieldsOf,
  lifecycleFields,
  scanningFields,
  summaryFields,
} from './image-fields.ts';

export interface ImageReading {
  readonly ecr: Pick<EcrApi, 'describeImages' | 'describeScan' | 'getLifecyclePolicy'>;
  readonly name: string;
  readonly scanningOf: (name: string) => Promise<EffectiveScanning | undefined>;
  /** Whether there is a lifecycle policy to ask about. */
  readonly hasLifecycle: boolean;
  /** What the status says now. */
  readonly previous: ImageFields;
  /** Asks also about scans that were complete, and about old images that had none. */
  readonly everyScan: boolean;
  /** In ms. */
  readonly now: number;
}

export interface ImagesRead {
  readonly fields: ImageFields;
  /** What could not be read; the fields that it is about are as they were. */
  readonly failures: readonly unknown[];
}

/** Reads what the status tells of images. Throws where the images themselves cannot be read. */
export async function readImages(reading: ImageReading): Promise<ImagesRead> {
  const { ecr, name, previous } = reading;
  const [summary, scanning, lifecycle] = await Promise.allSettled([
    summaryOf(ecr, name),
    reading.scanningOf(name),
    reading.hasLifecycle ? ecr.getLifecyclePolicy(name) : undefined,
  ]);
  if (summary.status === 'rejected') throw summary.reason;
  const known = scanning.status === 'fulfilled' ? scanning.value : undefined;
  const { images, failures } = await withScans(reading, summary.value.newest, known);
  const kept = imageFieldsOf(previous);
  return {
    fields: {
      ...summaryFields({ ...summary.value, newest: images }),
      ...(scanning.status === 'fulfilled' ? scanningFields(scanning.value) : pick(kept, 'scanning')),
      ...(lifecycle.status === 'fulfilled' ? lifecycleFields(lifecycle.value) : pick(kept, 'lifecycle')),
    },
    failures: [
      ...failures,
      ...[scanning, lifecycle].flatMap((part) => (part.status === 'rejected' ? [part.reason] : [])),
    ],
  };
}

async function summaryOf(ecr: ImageReading['ecr'], name: string) {
  const summarizer = createImageSummarizer();
  for await (const page of ecr.describeImages(name)) summarizer.add(page);
  return summarizer.summary();
}

/** With AWS native basic scanning the list of images has no word of findings: they are asked for one by one. */
async function withScans(
  { ecr, name, previous, everyScan, now }: ImageReading,
  newest: readonly LiveImage[],
  scanning: EffectiveScanning | undefined,
): Promise<{ readonly images: readonly LiveImage[]; readonly failures: readonly unknown[] }> {
  const images: LiveImage[] = [];
  const failures: unknown[] = [];
  for (const image of newest) {
    const before = previous.images?.find(({ digest }) => digest === image.digest)?.scan;
    if (!lacksFindings(image, scanning)) images.push(image);
    else if (!everyScan && isSettled(image, before, now)) images.push(withScan(image, before));
    // What keeps one of these calls from working keeps the others, too.
    else if (failures.length > 0) images.push(withScan(image, before));
    else {
      try {
        images.push(withScan(image, await ecr.describeScan(name, image.digest)));
      } catch (error) {
        failures.push(error);
        images.push(withScan(image, before));
      }
    }
  }
  return { images, failures };
}

function withScan(image: LiveImage, scan: ImageScan | undefined): LiveImage {
  return scan ? { ...image, scan } : image;
}

/** There is a scan, or one is to be expected, and nothing is said of what it found. */
function lacksFindings({ scan, status }: LiveImage, scanning: EffectiveScanning | undefined): boolean {
  if (scan) return scan.findings === undefined && (scan.status === 'COMPLETE' || scan.status === 'ACTIVE');
  if (status === 'ARCHIVED') return false;
  return scanning !== undefined && (scanning.scanOnPush || scanning.frequency !== 'MANUAL');
}

/** How soon after the push of an image its scan may begin and end. */
const YOUNG_MS = 86_400_000;

/** A basic scan that is complete, or did not come in time, stays so until somebody has the image scanned again. */
function isSettled(
  { pushedAt }: LiveImage,
  before: RepositoryStatusImage['scan'] | undefined,
  now: number,
): boolean {
  if (before) return before.status === 'COMPLETE' && before.findings !== undefined;
  return now - Date.parse(pushedAt) > YOUNG_MS;
}

function pick<K extends keyof ImageFields>(fields: ImageFields, name: K): Pick<ImageFields, K> {
  return (name in fields ? { [name]: fields[name] } : {}) as Pick<ImageFields, K>;
}
