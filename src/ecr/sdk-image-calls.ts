import {
  BatchGetRepositoryScanningConfigurationCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  type ImageDetail,
} from '@aws-sdk/client-ecr';
import type { EcrApi } from './ecr-api.ts';
import { paged, type SdkCalls, type SdkPage } from './sdk-calls.ts';
import { effectiveScanning, imageScan, liveImage } from './sdk-image-shapes.ts';

type ImageCalls = Pick<EcrApi, 'countImages' | 'describeImages' | 'describeScan' | 'scanningOf'>;

/** The reads of images and of what scans them. */
export function imageCalls(calls: SdkCalls): ImageCalls {
  const { client, registryId, arnOf, call, find } = calls;
  return {
    countImages: async (name) => {
      let count = 0;
      for await (const page of imagePages(calls, name)) count += page.length;
      return count;
    },

    async *describeImages(name) {
      for await (const page of imagePages(calls, name)) yield page.map(liveImage);
    },

    describeScan: (name, imageDigest) =>
      find(
        'DescribeImageScanFindings',
        name,
        ['ScanNotFoundException', 'ImageNotFoundException'],
        async () => {
          // The counts come with every page: one finding is as few as can be asked for.
          const input = { registryId, repositoryName: name, imageId: { imageDigest }, maxResults: 1 };
          const answer = await client.send(new DescribeImageScanFindingsCommand(input));
          return imageScan(answer.imageScanStatus, answer.imageScanFindings);
        },
      ),

    scanningOf: async (names) => {
      const [first, second] = names;
      if (first === undefined) return new Map();
      // The call has no registryId: it is always on the caller's own registry.
      const input = { repositoryNames: [...names] };
      const answer = await call(
        'BatchGetRepositoryScanningConfiguration',
        arnOf(second === undefined ? first : '*'),
        () => client.send(new BatchGetRepositoryScanningConfigurationCommand(input)),
      );
      return new Map(
        (answer.scanningConfigurations ?? []).map((one) => [
          one.repositoryName ?? '',
          effectiveScanning(one),
        ]),
      );
    },
  };
}

/** Archived images too: they go with the repository like any other, and they have a size. */
function imagePages(
  { client, registryId, arnOf, call }: SdkCalls,
  repositoryName: string,
): AsyncIterable<readonly ImageDetail[]> {
  return paged((nextToken) =>
    call('DescribeImages', arnOf(repositoryName), async (): Promise<SdkPage<ImageDetail>> => {
      const answer = await client.send(
        new DescribeImagesCommand({
          registryId,
          repositoryName,
          maxResults: 1_000,
          filter: { imageStatus: 'ANY' },
          ...(nextToken ? { nextToken } : {}),
        }),
      );
      return { items: answer.imageDetails ?? [], nextToken: answer.nextToken };
    }),
  );
}
