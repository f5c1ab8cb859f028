import { AwsError } from './aws-error.ts';
import { digestOf, putImage } from './image-state.ts';
import { findImage } from './operations/images.ts';
import { isObject, listOf, wildcardMatches } from './policy-document.ts';
import type { Image, Repository } from './registry-state.ts';

/** A manifest on its way into a repository. */
export interface ManifestPush {
  /** Tag or digest, as in the path. */
  readonly reference: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

/** The image that a tag or digest names; throws ImageNotFoundException. */
export function imageAt(repository: Repository, reference: string): Image {
  const image = findImage(
    repository,
    isDigest(reference) ? { imageDigest: reference } : { imageTag: reference },
  );
  if (image === undefined || image.status !== 'ACTIVE') {
    throw new AwsError('ImageNotFoundException', 'Requested image not found', 404);
  }
  return image;
}

/** Throws what ECR answers to a push that it refuses: a wrong digest, or a tag that is there and immutable. */
export function checkPush(repository: Repository, push: ManifestPush): void {
  const digest = digestOf(push.body);
  if (isDigest(push.reference)) {
    if (push.reference === digest) return;
    throw new AwsError('ImageDigestDoesNotMatchException', 'provided digest did not match uploaded content');
  }
  const present = findImage(repository, { imageTag: push.reference });
  if (present === undefined || present.digest === digest || !isImmutable(repository, push.reference)) return;
  // Quoted in osscontainertools/kaniko#204.
  throw new AwsError(
    'ImageTagAlreadyExistsException',
    `The image tag '${push.reference}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
  );
}

/** Enters a push that the registry took into ECR's state. */
export function recordPush(repository: Repository, push: ManifestPush, now: Date): Image {
  const manifest = push.body.toString();
  const document = parseManifest(manifest);
  const config = isObject(document['config']) ? document['config'] : {};
  const artifactMediaType = document['artifactType'] ?? config['mediaType'];
  return putImage(
    repository,
    {
      digest: digestOf(push.body),
      tags: new Set(isDigest(push.reference) ? [] : [push.reference]),
      sizeInBytes: sizeOf(repository, document),
      pushedAt: now,
      manifestMediaType: push.mediaType,
      ...(typeof artifactMediaType === 'string' ? { artifactMediaType } : {}),
      manifest,
    },
    now,
  );
}

/** Whether an existing tag may not be moved. */
export function isImmutable(repository: Repository, tag: string): boolean {
  const excluded = repository.exclusionFilters.some((one) => wildcardMatches(one.filter, tag));
  switch (repository.mutability) {
    case 'MUTABLE':
      return false;
    case 'IMMUTABLE':
      return true;
    case 'MUTABLE_WITH_EXCLUSION':
      return excluded;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return !excluded;
  }
}

function isDigest(reference: string): boolean {
  return reference.startsWith('sha256:');
}

function parseManifest(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** Layers and configuration of an image; of an index, the largest of its images, as ECR reports it. */
function sizeOf(repository: Repository, document: Record<string, unknown>): number {
  const children = listOf(document['manifests']).filter(isObject);
  if (children.length > 0) {
    return Math.max(...children.map((one) => repository.images.get(String(one['digest']))?.sizeInBytes ?? 0));
  }
  const parts = [...listOf(document['layers']), document['config']].filter(isObject);
  return parts.reduce((sum, part) => sum + (typeof part['size'] === 'number' ? part['size'] : 0), 0);
}
