import { OWNER_TAG } from '../../api/names.ts';
import type { Repository, RepositorySpec } from '../../api/repository.generated.ts';
import type { Encryption, TagMutability, Tags } from '../../ecr/ecr-api.ts';
import { parseDocument } from '../../ecr/json-document.ts';
import { ownerTagValue } from '../../ecr/tags.ts';

/** What a Repository declares, in ECR's terms. Absent settings are left as they are. */
export interface DesiredRepository {
  readonly name: string;
  /** The value of the owner tag. */
  readonly owner: string;
  /** With the owner tag. */
  readonly tags: Tags;
  readonly tagMutability?: TagMutability;
  readonly scanOnPush?: boolean;
  readonly encryption?: Encryption;
  readonly lifecycle?: string;
  readonly policy?: string;
  readonly adoption: NonNullable<RepositorySpec['adoption']>;
}

/** The ECR name that a Repository stands for. */
export function repositoryName({ metadata, spec }: Repository): string {
  return spec.name ?? metadata.name;
}

/** The declaration of a Repository (pure). A document that is not JSON is a TerminalError. */
export function desiredRepository(repository: Repository, cluster: string): DesiredRepository {
  const { metadata, spec } = repository;
  const owner = ownerTagValue({ cluster, namespace: metadata.namespace, name: metadata.name });
  const { tagMutability, scanOnPush, encryption, lifecycle, policy } = spec;
  if (lifecycle) parseDocument(lifecycle.document, 'spec.lifecycle.document');
  if (policy) parseDocument(policy.document, 'spec.policy.document');
  return {
    name: repositoryName(repository),
    owner,
    tags: { ...spec.tags, [OWNER_TAG]: owner },
    ...(tagMutability
      ? { tagMutability: { mode: tagMutability, filters: spec.tagMutabilityExclusionFilters ?? [] } }
      : {}),
    ...(scanOnPush === undefined ? {} : { scanOnPush }),
    ...(encryption ? { encryption } : {}),
    ...(lifecycle ? { lifecycle: lifecycle.document } : {}),
    ...(policy ? { policy: policy.document } : {}),
    adoption: spec.adoption ?? 'IfUnowned',
  };
}
