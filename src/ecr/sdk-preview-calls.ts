import {
  GetLifecyclePolicyPreviewCommand,
  type GetLifecyclePolicyPreviewResponse,
  type LifecyclePolicyPreviewResult,
  StartLifecyclePolicyPreviewCommand,
} from '@aws-sdk/client-ecr';
import type { EcrApi, LifecyclePreview, PreviewedImage } from './ecr-api.ts';
import type { SdkCalls } from './sdk-calls.ts';

const PAGE_SIZE = 100;

/** The calls on previews of lifecycle policies. */
export function previewCalls({
  client,
  registryId,
  arnOf,
  call,
  find,
}: SdkCalls): Pick<EcrApi, 'startLifecyclePreview' | 'getLifecyclePreview'> {
  const page = (repositoryName: string, nextToken?: string) =>
    find('GetLifecyclePolicyPreview', repositoryName, ['LifecyclePolicyPreviewNotFoundException'], () =>
      client.send(
        new GetLifecyclePolicyPreviewCommand({
          registryId,
          repositoryName,
          maxResults: PAGE_SIZE,
          ...(nextToken ? { nextToken } : {}),
        }),
      ),
    );
  return {
    startLifecyclePreview: async (name, lifecyclePolicyText) => {
      const input = { registryId, repositoryName: name, lifecyclePolicyText };
      await call('StartLifecyclePolicyPreview', arnOf(name), () =>
        client.send(new StartLifecyclePolicyPreviewCommand(input)),
      );
    },

    getLifecyclePreview: async (name) => {
      const pages: GetLifecyclePolicyPreviewResponse[] = [];
      let nextToken: string | undefined;
      do {
        const next = await page(name, nextToken);
        if (next === undefined) return undefined;
        // A preview that somebody started in the middle takes the place of the one that was being read.
        if (next.status !== 'COMPLETE') return lifecyclePreview([next]);
        pages.push(next);
        nextToken = next.nextToken;
      } while (nextToken);
      return lifecyclePreview(pages);
    },
  };
}

/** The summary stands on every page, or on the first alone: it counts all of them either way. */
function lifecyclePreview(pages: readonly GetLifecyclePolicyPreviewResponse[]): LifecyclePreview {
  const [first] = pages;
  const images = pages.flatMap(({ previewResults = [] }) => previewResults.map(previewedImage));
  const counted = (action: PreviewedImage['action']): number =>
    images.filter((one) => one.action === action).length;
  const transitioning = first?.summary?.transitioningImageTotalCounts?.map(
    ({ imageTotalCount = 0 }) => imageTotalCount,
  );
  return {
    status: first?.status ?? 'IN_PROGRESS',
    document: first?.lifecyclePolicyText ?? '',
    expiring: first?.summary?.expiringImageTotalCount ?? counted('expire'),
    transitioning: transitioning?.reduce((a, b) => a + b, 0) ?? counted('transition'),
    images,
  };
}

/** An action that is unknown is taken for the one that loses most. */
function previewedImage({
  imageDigest = '',
  imageTags = [],
  action,
}: LifecyclePolicyPreviewResult): PreviewedImage {
  return {
    digest: imageDigest,
    tags: imageTags,
    action: action?.type === 'TRANSITION' ? 'transition' : 'expire',
  };
}
