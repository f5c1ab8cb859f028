import { AwsError } from '../aws-error.ts';
import { evaluateLifecycle, type LifecycleMark } from '../lifecycle-evaluation.ts';
import { cutPage } from '../paging.ts';
import {
  type Input,
  maxResults,
  type Output,
  oneOf,
  optionalList,
  optionalString,
  structure,
} from '../parameters.ts';
import { isObject } from '../policy-document.ts';
import type { LifecyclePreview, Repository } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { repositoryToRead, repositoryToWrite } from './found-repository.ts';
import { imagePosition } from './images.ts';
import { lifecycleText, presentLifecycle } from './lifecycle-policies.ts';

/** Operations on previews of lifecycle policies. */
export const lifecyclePreviewOperations = {
  StartLifecyclePolicyPreview: startLifecyclePolicyPreview,
  GetLifecyclePolicyPreview: getLifecyclePolicyPreview,
} satisfies OperationTable;

/** Without a text, the repository's own policy is looked at (API reference). */
function startLifecyclePolicyPreview(context: OperationContext, input: Input): Output {
  const given = input['lifecyclePolicyText'] === undefined ? undefined : lifecycleText(input);
  const repository = repositoryToWrite(context, input);
  const text = given ?? presentLifecycle(repository).text;
  const now = context.world.clock.now().getTime();
  if (repository.preview !== undefined && isUnderWay(repository.preview, now)) {
    // The description of the error in the service model; AWS's own words were not found.
    throw new AwsError(
      'LifecyclePolicyPreviewInProgressException',
      'The previous lifecycle policy preview request has not completed. Wait and try again.',
    );
  }
  const { previewLag, previewEnd } = context.registry;
  repository.preview = {
    text,
    callsLeft: previewLag?.calls ?? 0,
    until: now + (previewLag?.milliseconds ?? 0),
    status: previewEnd,
  };
  return { ...head(repository, text), status: 'IN_PROGRESS' };
}

function getLifecyclePolicyPreview(context: OperationContext, input: Input): Output {
  const repository = repositoryToRead(context, input);
  const size = maxResults(input, 100) ?? 100;
  const { preview } = repository;
  if (preview === undefined) throw previewNotFound(repository);
  const now = context.world.clock.now();
  if (isUnderWay(preview, now.getTime())) {
    preview.callsLeft -= 1;
    return { ...head(repository, preview.text), status: 'IN_PROGRESS', previewResults: [] };
  }
  if (preview.status !== 'COMPLETE') {
    return { ...head(repository, preview.text), status: preview.status, previewResults: [] };
  }
  preview.marks ??= evaluateLifecycle(repository, preview.text, now);
  const shown = preview.marks
    .filter(filterOf(input))
    .sort((a, b) => imagePosition(a.image) - imagePosition(b.image));
  const page = cutPage(shown, (one) => imagePosition(one.image), size, optionalString(input, 'nextToken'));
  return {
    ...head(repository, preview.text),
    status: 'COMPLETE',
    previewResults: page.items.map(previewResult),
    summary: summaryOf(preview.marks),
    nextToken: page.nextToken,
  };
}

function isUnderWay({ callsLeft, until }: LifecyclePreview, now: number): boolean {
  return callsLeft > 0 || now < until;
}

function head({ registryId, name: repositoryName }: Repository, lifecyclePolicyText: string): Output {
  return { registryId, repositoryName, lifecyclePolicyText };
}

/** Worded like the error for a policy that is not there: AWS's own words were not found. */
function previewNotFound({ registryId, name }: Repository): AwsError {
  return new AwsError(
    'LifecyclePolicyPreviewNotFoundException',
    `Lifecycle policy preview does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
  );
}

function filterOf(input: Input): (mark: LifecycleMark) => boolean {
  const status = optionalString(structure(input, 'filter'), 'tagStatus') ?? 'ANY';
  oneOf(status, ['TAGGED', 'UNTAGGED', 'ANY'], 'filter.tagStatus');
  const ids = optionalList(input, 'imageIds', { min: 1, max: 100 })?.filter(isObject);
  return ({ image }) =>
    (status === 'ANY' || (status === 'TAGGED') === image.tags.size > 0) &&
    (ids?.some((id) => id['imageDigest'] === image.digest || image.tags.has(String(id['imageTag']))) ?? true);
}

function previewResult({ image, action, rulePriority }: LifecycleMark): Output {
  return {
    imageTags: image.tags.size > 0 ? [...image.tags] : undefined,
    imageDigest: image.digest,
    imagePushedAt: image.pushedAt,
    action: { type: action, targetStorageClass: action === 'TRANSITION' ? 'ARCHIVE' : undefined },
    appliedRulePriority: rulePriority,
    storageClass: image.status === 'ARCHIVED' ? 'ARCHIVE' : 'STANDARD',
  };
}

function summaryOf(marks: readonly LifecycleMark[]): Output {
  const expiring = marks.filter((one) => one.action === 'EXPIRE').length;
  return {
    expiringImageTotalCount: expiring,
    transitioningImageTotalCounts: [
      { targetStorageClass: 'ARCHIVE', imageTotalCount: marks.length - expiring },
    ],
  };
}
