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
  return {
    startLifecyclePreview: async (name, lifecyclePolicyText) => {
      const input = { registryId, repositoryName: name, lifecyclePolicyText };
      await call('StartLifecyclePolicyPreview', arnOf(name), () =>
        client.send(new StartLifecyclePolicyPreviewCommand(input)),
      );
    },

    getLifecyclePreview: async (repositoryName, nextToken) => {
      const input = {
        registryId,
        repositoryName,
        maxResults: PAGE_SIZE,
        ...(nextToken ? { nextToken } : {}),
      };
      const absent = ['LifecyclePolicyPreviewNotFoundException'];
      const page = await find('GetLifecyclePolicyPreview', repositoryName, absent, () =>
        client.send(new GetLifecyclePolicyPreviewCommand(input)),
      );
      return page && lifecyclePreview(page);
    },
  };
}

/** ECR counts once the preview is complete, and may leave out what there is none of. */
function lifecyclePreview({
  status = 'IN_PROGRESS',
  lifecyclePolicyText: document = '',
  previewResults = [],
  summary = {},
  nextToken,
}: GetLifecyclePolicyPreviewResponse): LifecyclePreview {
  const images = status === 'COMPLETE' ? previewResults.map(previewedImage) : [];
  const counted = (action: PreviewedImage['action']): number =>
    images.filter((one) => one.action === action).length;
  const transitioning = summary.transitioningImageTotalCounts?.map(
    ({ imageTotalCount = 0 }) => imageTotalCount,
  );
  return {
    status,
    document,
    expiring: summary.expiringImageTotalCount ?? counted('expire'),
    transitioning: transitioning?.reduce((a, b) => a + b, 0) ?? counted('transition'),
    images,
    ...(nextToken && status === 'COMPLETE' ? { nextToken } : {}),
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
