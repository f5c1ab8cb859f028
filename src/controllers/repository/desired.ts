import { CLASS_TAG, OWNER_TAG } from '../../api/names.ts';
import type { Repository, RepositorySpec } from '../../api/repository.generated.ts';
import type { RepositoryClass } from '../../api/repository-class.generated.ts';
import type { Lifecycle, LifecyclePreview } from '../../api/shared.generated.ts';
import type { Encryption, TagMutability, Tags } from '../../ecr/ecr-api.ts';
import { grantStatements, type PolicyStatement } from '../../ecr/grants.ts';
import { contentHash, parseDocument } from '../../ecr/json-document.ts';
import { lifecycleDocument } from '../../ecr/lifecycle-rules.ts';
import { ownerTagValue } from '../../ecr/tags.ts';
import { type EffectiveSpec, effectiveSpec } from './effective.ts';

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
  /** The encryption does not matter for a repository that is there already. */
  readonly encryptionAtCreation?: true;
  /** `'none'`: there shall be none. */
  readonly lifecycle?: string;
  /** Whether ECR is asked first what a changed lifecycle policy would do. */
  readonly preview?: LifecyclePreview;
  /** The whole policy. */
  readonly policy?: { readonly document: string; readonly force: boolean };
  /** Our own statements beside those of others. */
  readonly statements?: readonly PolicyStatement[];
  readonly adoption: NonNullable<RepositorySpec['adoption']>;
}

/** There shall be no lifecycle policy. */
export const NO_LIFECYCLE = 'none';

/** What a declaration hangs on beside the object itself. */
export interface Circumstances {
  /** The cluster's part of the owner tag. */
  readonly cluster: string;
  /** Of the Registry's region: `aws`, `aws-cn`, `aws-us-gov`. */
  readonly partition: string;
  readonly class?: RepositoryClass | undefined;
}

/** The ECR name that a Repository stands for. */
export function repositoryName({ metadata, spec }: Pick<Repository, 'metadata' | 'spec'>): string {
  return spec.name ?? metadata.name;
}

/** The declaration of a Repository (pure). A document that is not JSON is a TerminalError. */
export function desiredRepository(repository: Repository, circumstances: Circumstances): DesiredRepository {
  const { metadata, spec, status } = repository;
  const { cluster, partition } = circumstances;
  const owner = ownerTagValue({ cluster, namespace: metadata.namespace, name: metadata.name });
  const effective = effectiveSpec(repository, circumstances.class);
  return {
    name: repositoryName(repository),
    owner,
    ...desiredSettings(effective, partition, (status?.managedStatements ?? []).length > 0),
    tags: { ...effective.tags, [OWNER_TAG]: owner },
    adoption: spec.adoption ?? 'IfUnowned',
  };
}

/** A hash of all that ECR is kept as (pure): the same as long as nobody declares anything else. */
export function declaredHash({
  tags,
  tagMutability,
  scanOnPush,
  lifecycle,
  policy,
  statements,
}: DesiredRepository): string {
  const document = policy?.document;
  return contentHash({ tags, tagMutability, scanOnPush, lifecycle, document, statements: statements ?? [] });
}

/** Whether a class applies to a repository that a Repository has from now on: its tag goes, and its grants (pure). */
export function comesFromClass({ tags }: Pick<DesiredRepository, 'tags'>, live: Tags): boolean {
  return Object.hasOwn(live, CLASS_TAG) && Object.hasOwn(tags, OWNER_TAG);
}

/** What a spec, or a class alone, says of settings, lifecycle and policy (pure). */
export function desiredSettings(
  effective: EffectiveSpec,
  partition: string,
  hadStatements: boolean,
): Omit<DesiredRepository, 'name' | 'owner' | 'tags' | 'adoption'> {
  const { tagMutability, tagMutabilityExclusionFilters, scanOnPush, encryption, lifecycle, grants, policy } =
    effective;
  if (policy) parseDocument(policy.document, 'spec.policy.document');
  // Grants that are taken out of the spec are withdrawn, the last one too.
  const ownStatements = grants ?? (hadStatements && !policy ? [] : undefined);
  return {
    ...(tagMutability
      ? { tagMutability: { mode: tagMutability, filters: tagMutabilityExclusionFilters ?? [] } }
      : {}),
    ...(scanOnPush === undefined ? {} : { scanOnPush }),
    ...(encryption ? { encryption } : {}),
    ...(encryption && effective.encryptionAtCreation ? { encryptionAtCreation: true as const } : {}),
    ...(lifecycle ? { lifecycle: lifecycleText(lifecycle) } : {}),
    ...(lifecycle?.preview ? { preview: lifecycle.preview } : {}),
    ...(policy ? { policy: { document: policy.document, force: policy.allowLockout ?? false } } : {}),
    ...(ownStatements ? { statements: grantStatements(ownStatements, partition) } : {}),
  };
}

function lifecycleText({ rules, document }: Lifecycle): string {
  if (rules) return rules.length === 0 ? NO_LIFECYCLE : lifecycleDocument(rules);
  if (document !== undefined) parseDocument(document, 'spec.lifecycle.document');
  return document ?? NO_LIFECYCLE;
}
