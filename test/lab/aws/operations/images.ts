import { AwsError, invalidParameter } from '../aws-error.ts';
import { scanStatus, scanSummary } from '../image-scan.ts';
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
import type { Image, Repository } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { repositoryToRead, repositoryToWrite } from './found-repository.ts';

/** Operations on images; pushes and pulls come through the registry front instead. */
export const imageOperations = {
  DescribeImages: describeImages,
  ListImages: listImages,
  BatchDeleteImage: batchDeleteImage,
  BatchGetImage: batchGetImage,
} satisfies OperationTable;

export interface ImageId {
  readonly imageDigest?: string;
  readonly imageTag?: string;
}

const IMAGE_IDS = { min: 1, max: 100 };

function describeImages(context: OperationContext, input: Input): Output {
  const repository = repositoryToRead(context, input);
  const ids = optionalList(input, 'imageIds', IMAGE_IDS)?.map(imageId);
  if (ids !== undefined) {
    if (maxResults(input) !== undefined)
      throw invalidParameter('maxResults', 'must not be used with imageIds');
    return { imageDetails: ids.map((id) => imageDetail(context, repository, presentImage(repository, id))) };
  }
  const page = cutImages(repository, input, 100);
  return {
    imageDetails: page.items.map((image) => imageDetail(context, repository, image)),
    nextToken: page.nextToken,
  };
}

function listImages(context: OperationContext, input: Input): Output {
  const repository = repositoryToRead(context, input);
  const page = cutImages(repository, input, 100);
  const imageIds = page.items.flatMap((image) =>
    image.tags.size === 0
      ? [{ imageDigest: image.digest }]
      : [...image.tags].map((imageTag) => ({ imageDigest: image.digest, imageTag })),
  );
  return { imageIds, nextToken: page.nextToken };
}

/** Filtered; without `imageStatus` only active images are listed. Not sorted by time, as in ECR. */
function cutImages(repository: Repository, input: Input, size: number) {
  const filter = structure(input, 'filter');
  const tagStatus = oneOf(
    optionalString(filter, 'tagStatus') ?? 'ANY',
    ['TAGGED', 'UNTAGGED', 'ANY'],
    'filter.tagStatus',
  );
  const status = oneOf(
    optionalString(filter, 'imageStatus') ?? 'ACTIVE',
    ['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY'],
    'filter.imageStatus',
  );
  const fits = (image: Image): boolean =>
    (tagStatus === 'ANY' || (tagStatus === 'TAGGED') === image.tags.size > 0) &&
    (status === 'ANY' || status === image.status);
  const images = [...repository.images.values()]
    .filter(fits)
    .sort((a, b) => imagePosition(a) - imagePosition(b));
  return cutPage(images, imagePosition, maxResults(input) ?? size, optionalString(input, 'nextToken'));
}

/** 48 bits of the digest: an order that has nothing to do with age and survives deletions between pages. */
export function imagePosition(image: Image): number {
  return Number.parseInt(image.digest.slice('sha256:'.length, 'sha256:'.length + 12), 16);
}

function batchDeleteImage(context: OperationContext, input: Input): Output {
  const repository = repositoryToWrite(context, input);
  const deleted: ImageId[] = [];
  const failures: Output[] = [];
  for (const id of requiredImageIds(input)) {
    const image = findImage(repository, id);
    if (image === undefined) failures.push(failureOf(id));
    else deleted.push(...deleteImage(repository, image, id));
  }
  return { imageIds: deleted, failures };
}

/** By tag alone: the tag goes, and the image with its last tag. By digest: the image goes with all its tags. */
function deleteImage(repository: Repository, image: Image, id: ImageId): ImageId[] {
  const tags = id.imageDigest === undefined && id.imageTag !== undefined ? [id.imageTag] : [...image.tags];
  for (const tag of tags) image.tags.delete(tag);
  if (image.tags.size === 0) repository.images.delete(image.digest);
  if (tags.length === 0) return [{ imageDigest: image.digest }];
  return tags.map((imageTag) => ({ imageDigest: image.digest, imageTag }));
}

function batchGetImage(context: OperationContext, input: Input): Output {
  const repository = repositoryToRead(context, input);
  const images: Output[] = [];
  const failures: Output[] = [];
  for (const id of requiredImageIds(input)) {
    const image = findImage(repository, id);
    if (image === undefined) failures.push(failureOf(id));
    else {
      images.push({
        registryId: repository.registryId,
        repositoryName: repository.name,
        imageId: { imageDigest: image.digest, imageTag: id.imageTag },
        imageManifest: image.manifest ?? '{}',
        imageManifestMediaType: image.manifestMediaType,
      });
    }
  }
  return { images, failures };
}

function requiredImageIds(input: Input): ImageId[] {
  const ids = optionalList(input, 'imageIds', IMAGE_IDS);
  if (ids === undefined) throw invalidParameter('imageIds', 'must not be null');
  return ids.map(imageId);
}

/** An image identifier of a request. */
export function imageId(raw: unknown): ImageId {
  const fields = isObject(raw) ? raw : {};
  const imageDigest = optionalString(fields, 'imageDigest');
  const imageTag = optionalString(fields, 'imageTag');
  return {
    ...(imageDigest === undefined ? {} : { imageDigest }),
    ...(imageTag === undefined ? {} : { imageTag }),
  };
}

/** By digest, by tag, or by both, which then have to belong together. */
export function findImage(repository: Repository, id: ImageId): Image | undefined {
  if (id.imageDigest === undefined && id.imageTag === undefined) return undefined;
  const { imageDigest, imageTag } = id;
  const candidates =
    imageDigest === undefined ? repository.images.values() : [repository.images.get(imageDigest)];
  return [...candidates].find((image) => imageTag === undefined || image?.tags.has(imageTag));
}

/** Codes and reasons as in moto's table. */
function failureOf(id: ImageId): Output {
  const failure = (failureCode: string, failureReason: string): Output => ({
    imageId: id,
    failureCode,
    failureReason,
  });
  if (id.imageDigest === undefined && id.imageTag === undefined) {
    return failure('MissingDigestAndTag', 'Invalid request parameters: both tag and digest cannot be null');
  }
  if (id.imageDigest !== undefined && !/^[0-9a-zA-Z_+.-]+:[0-9a-fA-F]{64}$/.test(id.imageDigest)) {
    const pattern = '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+';
    return failure(
      'InvalidImageDigest',
      `Invalid request parameters: image digest should satisfy the regex '${pattern}'`,
    );
  }
  return failure('ImageNotFound', 'Requested image not found');
}

/** As `findImage`; throws ImageNotFoundException. */
export function presentImage(repository: Repository, id: ImageId): Image {
  const image = findImage(repository, id);
  if (image !== undefined) return image;
  const quoted = (value: string | undefined): string => `'${value ?? 'null'}'`;
  throw new AwsError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:${quoted(id.imageDigest)}, imageTag:${quoted(id.imageTag)}} does not exist within the repository with name '${repository.name}' in the registry with id '${repository.registryId}'`,
  );
}

/** What ECR and ECR Public both tell of an image. */
export function imageFacts({ registryId, name }: Repository, image: Image): Output {
  return {
    registryId,
    repositoryName: name,
    imageDigest: image.digest,
    // ECR leaves the member out for untagged images.
    imageTags: image.tags.size > 0 ? [...image.tags] : undefined,
    imageSizeInBytes: image.sizeInBytes,
    imagePushedAt: image.pushedAt,
    imageManifestMediaType: image.manifestMediaType,
    artifactMediaType: image.artifactMediaType,
  };
}

function imageDetail({ registry }: OperationContext, repository: Repository, image: Image): Output {
  const scan = registry.scansInDescribeImages ? image.scan : undefined;
  return {
    ...imageFacts(repository, image),
    lastRecordedPullTime: image.lastPulledAt,
    imageStatus: image.status,
    lastArchivedAt: image.archivedAt,
    lastActivatedAt: image.activatedAt,
    imageScanStatus: scan && scanStatus(scan),
    imageScanFindingsSummary: scan && scanSummary(scan),
  };
}
