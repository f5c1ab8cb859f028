import { OWNER_TAG } from '../../api/names.ts';
import type { Tags } from '../../ecr/ecr-api.ts';
import { contentHash, parseDocument } from '../../ecr/json-document.ts';
import type { CatalogTexts } from '../../ecr/public-repository-api.ts';
import { ownerTagValue } from '../../ecr/tags.ts';
import type { DesiredRepository } from '../repository/desired.ts';
import type { PublicRepositoryState } from './public-repository-state.ts';

/** What a PublicRepository declares, in the terms of ECR Public. Absent settings are left as they are. */
export interface DesiredPublicRepository extends Pick<DesiredRepository, 'name' | 'owner' | 'adoption'> {
  /** With the owner tag. */
  readonly tags: Tags;
  readonly texts?: CatalogTexts;
  /** See `logoHashOf`; the logo itself is read when it is put. */
  readonly logoHash?: string;
  /** The whole policy. */
  readonly policy?: { readonly document: string; readonly force: boolean };
}

/** What people call a repository of ECR Public. */
export const PUBLIC_NOUN = 'ECR Public repository';

/** The name at ECR Public that a PublicRepository stands for, without the alias of the registry. */
export function publicRepositoryName({
  metadata,
  spec,
}: Pick<PublicRepositoryState, 'metadata' | 'spec'>): string {
  return spec.name ?? metadata.name;
}

/**
 * The declaration of a PublicRepository (pure); `cluster` is the cluster's part of the owner tag. A policy that is not
 * JSON is a TerminalError.
 */
export function desiredPublicRepository(
  repository: PublicRepositoryState,
  cluster: string,
): DesiredPublicRepository {
  const { metadata, spec } = repository;
  const { catalogData, policy } = spec;
  const { logoHash, ...texts } = catalogData ?? {};
  const owner = ownerTagValue({ cluster, namespace: metadata.namespace, name: metadata.name });
  if (policy) parseDocument(policy.document, 'spec.policy.document');
  return {
    name: publicRepositoryName(repository),
    owner,
    tags: { ...spec.tags, [OWNER_TAG]: owner },
    ...(Object.keys(texts).length > 0 ? { texts } : {}),
    ...(logoHash === undefined ? {} : { logoHash }),
    ...(policy ? { policy: { document: policy.document, force: policy.allowLockout ?? false } } : {}),
    adoption: spec.adoption ?? 'IfUnowned',
  };
}

/** A hash of all that ECR Public is kept as (pure): the same as long as nobody declares anything else. */
export function declaredPublicHash({ tags, texts, logoHash, policy }: DesiredPublicRepository): string {
  return contentHash({ tags, texts, logo: logoHash, document: policy?.document });
}
