import type { Repository } from '../../api/repository.generated.ts';
import { ownerOf, ownerTagValue } from '../../ecr/tags.ts';
import { TerminalError } from '../../runtime/errors.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { repositoryName } from './desired.ts';

/** Images may go at any time, and nobody tells. */
const RECHECK_MS = 300_000;

/**
 * Deletes the ECR repository of an object that is being deleted, unless it is gone or no longer ours. With images in
 * it that is left to `DeleteWithImages`; `Delete` throws `RepositoryNotEmpty` with their number until they are gone.
 */
export async function deleteRepository(
  repository: Repository,
  { access, cluster }: { readonly access: RegistryAccess; readonly cluster: string },
): Promise<void> {
  const { metadata, spec, status } = repository;
  const found = access.find(spec.registryRef.name);
  // Without a Registry to write to nothing can have been made, unless the status says so.
  if ((!found || found.spec.access === 'PullOnly') && status?.arn === undefined) return;
  const registry = access.writable(spec.registryRef.name);
  const { ecr } = await access.connect(registry);
  const name = repositoryName(repository);
  const live = await ecr.describeRepository(name);
  if (!live) return;
  const owner = ownerTagValue({ cluster, namespace: metadata.namespace, name: metadata.name });
  if (ownerOf(await ecr.listTags(live.arn)) !== owner) return;
  const withImages = spec.deletionPolicy === 'DeleteWithImages';
  const images = await ecr.countImages(name);
  if (images > 0 && !withImages) {
    throw new TerminalError(
      'RepositoryNotEmpty',
      `ECR repository ${name} still holds ${images} images, and deletionPolicy: Delete deletes none: delete them, or set deletionPolicy to DeleteWithImages or Retain`,
      { recheckAfterMs: RECHECK_MS },
    );
  }
  if (images > 0) {
    access.require(registry, ['DeleteImages'], { namespace: metadata.namespace, repository: name });
  }
  // No force where there were none: an image pushed since then has not been asked about.
  await ecr.deleteRepository(name, images > 0);
}
