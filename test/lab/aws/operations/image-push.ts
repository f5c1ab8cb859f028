import { AwsError } from '../aws-error.ts';
import { digestOf } from '../image-state.ts';
import { type Input, type Output, optionalString, requiredString } from '../parameters.ts';
import { checkPush, recordPush } from '../registry-manifests.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { repositoryToWrite } from './found-repository.ts';
import { findImage } from './images.ts';

/** Pushing through the API; layers are taken on trust, since only the registry front has any. */
export const imagePushOperations = { PutImage: putImage } satisfies OperationTable;

function putImage(context: OperationContext, input: Input): Output {
  const repository = repositoryToWrite(context, input);
  const body = Buffer.from(requiredString(input, 'imageManifest'));
  const digest = digestOf(body);
  const given = optionalString(input, 'imageDigest');
  if (given !== undefined && given !== digest) {
    throw new AwsError(
      'ImageDigestDoesNotMatchException',
      'The specified image digest does not match the digest computed by ECR',
    );
  }
  const imageTag = optionalString(input, 'imageTag');
  const tagged = imageTag === undefined ? {} : { imageTag };
  if (findImage(repository, { imageDigest: digest, ...tagged }) !== undefined) {
    // A push through the registry answers this with success; the API does not (aws-sdk#750).
    throw new AwsError(
      'ImageAlreadyExistsException',
      `Image with digest '${digest}' and tag '${imageTag ?? 'null'}' already exists in the repository with name '${repository.name}' in registry with id '${repository.registryId}'`,
    );
  }
  const mediaType =
    optionalString(input, 'imageManifestMediaType') ?? 'application/vnd.oci.image.manifest.v1+json';
  const push = { reference: imageTag ?? digest, mediaType, body };
  checkPush(repository, push);
  const image = recordPush(repository, push, context.world.clock.now());
  return {
    image: {
      registryId: repository.registryId,
      repositoryName: repository.name,
      imageId: { imageDigest: digest, ...tagged },
      imageManifest: image.manifest,
      imageManifestMediaType: image.manifestMediaType,
    },
  };
}
