import type { Repository, RepositorySpec } from '../../api/repository.generated.ts';
import type { EcrApi } from '../../ecr/ecr-api.ts';
import { ownerOf, ownerTagValue } from '../../ecr/tags.ts';
import { TerminalError } from '../../runtime/errors.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { repositoryName } from './desired.ts';

/** Images may go at any time, and nobody tells. */
const RECHECK_MS = 300_000;

/** Whether the deletion of an object extends to AWS (pure). Throws `Suspended` where it would and may not now. */
export function isDeletedAtAws({
  deletionPolicy = 'Retain',
  mode,
  suspend,
}: Pick<RepositorySpec, 'deletionPolicy' | 'mode' | 'suspend'>): boolean {
  if (deletionPolicy === 'Retain' || mode === 'Observe') return false;
  if (!suspend) return true;
  throw new TerminalError(
    'Suspended',
    `spec.suspend holds the deletion back, which deletionPolicy: ${deletionPolicy} would extend to ECR: set suspend to false, or deletionPolicy to Retain`,
  );
}

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
  await deleteOwned(ecr, {
    name,
    noun: 'ECR repository',
    owner: ownerTagValue({ cluster, namespace: metadata.namespace, name: metadata.name }),
    withImages: spec.deletionPolicy === 'DeleteWithImages',
    requireDeleteImages: () =>
      access.require(registry, ['DeleteImages'], { namespace: metadata.namespace, repository: name }),
  });
}

/** What is to be deleted, and what has to hold. */
export interface Deletion {
  readonly name: string;
  /** What people call it. */
  readonly noun: string;
  /** The value of the owner tag; what has another one stays. */
  readonly owner: string;
  readonly withImages: boolean;
  /** Throws unless images may be deleted. */
  requireDeleteImages(): void;
}

/** The calls that a deletion takes. */
export type DeletionCalls<Live> = Pick<EcrApi, 'listTags' | 'countImages' | 'deleteRepository'> & {
  describeRepository(name: string): Promise<Live | undefined>;
};

/** Deletes a repository that is ours; see {@link deleteRepository}. */
export async function deleteOwned<Live extends { readonly arn: string }>(
  ecr: DeletionCalls<Live>,
  { name, noun, owner, withImages, requireDeleteImages }: Deletion,
): Promise<void> {
  const live = await ecr.describeRepository(name);
  if (!live) return;
  if (ownerOf(await ecr.listTags(live.arn)) !== owner) return;
  const images = await ecr.countImages(name);
  if (images > 0 && !withImages) {
    throw new TerminalError(
      'RepositoryNotEmpty',
      `${noun} ${name} still holds ${images} images, and deletionPolicy: Delete deletes none: delete them, or set deletionPolicy to DeleteWithImages or Retain`,
      { recheckAfterMs: RECHECK_MS },
    );
  }
  if (images > 0) requireDeleteImages();
  // No force where there were none: an image pushed since then has not been asked about.
  await ecr.deleteRepository(name, images > 0);
}
