import { digestOf } from '../lab/aws/image-state.ts';
import { A, ecr, MISSING, type Step } from './contract-step.ts';

const MEDIA_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: MEDIA_TYPE,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 10, digest: digestOf('config') },
  layers: [],
});
export const imageDigest = digestOf(MANIFEST);
const put = { ...A, imageManifest: MANIFEST, imageManifestMediaType: MEDIA_TYPE, imageDigest };

/** Images; the last one is left for the end. */
export const images: readonly Step[] = [
  ecr('push', (on) => on.putImage({ ...put, imageTag: 'v1' })),
  ecr('push the same again', (on) => on.putImage({ ...put, imageTag: 'v1' })),
  ecr('push under another tag', (on) => on.putImage({ ...put, imageTag: 'v2' })),
  ecr('describe the images', (on) => on.describeImages(A)),
  ecr('describe a missing image', (on) => on.describeImages({ ...A, imageIds: [{ imageTag: 'absent' }] })),
  ecr('describe images of a missing one', (on) => on.describeImages(MISSING)),
  ecr('describe images of every status, a thousand a page', (on) =>
    on.describeImages({ ...A, maxResults: 1000, filter: { imageStatus: 'ANY' } }),
  ),
  ecr('list the images', (on) => on.listImages(A)),
  ecr('list untagged images', (on) => on.listImages({ ...A, filter: { tagStatus: 'UNTAGGED' } })),
  ecr('get an image', (on) => on.batchGetImage({ ...A, imageIds: [{ imageTag: 'v1' }] })),
  ecr('get a missing image', (on) => on.batchGetImage({ ...A, imageIds: [{ imageTag: 'absent' }] })),
  ecr('delete a repository with images', (on) => on.deleteRepository(A)),
  ecr('delete a missing image', (on) => on.batchDeleteImage({ ...A, imageIds: [{ imageTag: 'absent' }] })),
  ecr('delete a digest that is none', (on) =>
    on.batchDeleteImage({ ...A, imageIds: [{ imageDigest: 'x' }] }),
  ),
  ecr('delete neither tag nor digest', (on) => on.batchDeleteImage({ ...A, imageIds: [{}] })),
  ecr('delete one tag of two', (on) => on.batchDeleteImage({ ...A, imageIds: [{ imageTag: 'v1' }] })),
  ecr('delete by digest', (on) => on.batchDeleteImage({ ...A, imageIds: [{ imageDigest }] })),
  ecr('push for the end', (on) => on.putImage({ ...put, imageTag: 'v1' })),
];
