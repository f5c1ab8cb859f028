// generated from crds/repositories.yaml by scripts/generate-api.ts; do not edit
import type { NamespacedObjectMeta } from './object-meta.ts';
import type { Condition, RegistryReference } from './shared.generated.ts';

/**
 * Whether a pushed tag may be moved to another image. The *_WITH_EXCLUSION values except the tags of tagMutabilityExclusionFilters. Absent leaves it as it is (ECR creates MUTABLE).
 */
export type RepositoryTagMutability =
  'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION';
/**
 * AES256 - a key of ECR's own. KMS - a key of AWS KMS. KMS_DSSE - the same, in two layers. Cannot be changed.
 */
export type RepositoryEncryptionType = 'AES256' | 'KMS' | 'KMS_DSSE';
/**
 * What to do when the ECR repository exists already. Never - leave it alone. IfUnowned - take it over unless its owner tag names another. IfExists - take it over in any case. Only - take it over, never create one. Taking over needs Adopt in the tenancy of the Registry. Absent means IfUnowned.
 */
export type RepositoryAdoption = 'Never' | 'IfUnowned' | 'IfExists' | 'Only';
/**
 * What becomes of the ECR repository when this object is deleted. Retain - it stays. Delete - it is deleted once it is empty. DeleteWithImages - it is deleted with all images; needs DeleteImages in the tenancy of the Registry. Absent means Retain.
 */
export type RepositoryDeletionPolicy = 'Retain' | 'Delete' | 'DeleteWithImages';

/**
 * One private ECR repository and its settings.
 */
export interface Repository {
  readonly apiVersion: 'ecr-operator.io/v1alpha1';
  readonly kind: 'Repository';
  readonly metadata: NamespacedObjectMeta;
  readonly spec: RepositorySpec;
  readonly status?: RepositoryStatus;
}
/**
 * The repository as it shall be. What is left out is left at AWS as it is.
 */
export interface RepositorySpec {
  /**
   * The Registry that the repository is in. Cannot be changed. Defaults to the one called `default`.
   */
  readonly registryRef: RegistryReference;
  /**
   * The name of the ECR repository, 2 to 256 characters, slashes allowed. Cannot be changed. Defaults to metadata.name.
   */
  readonly name?: string;
  readonly tagMutability?: RepositoryTagMutability;
  /**
   * The tags that are excepted, as 1 to 5 patterns with * for any characters, such as latest or dev-*. Needed with the *_WITH_EXCLUSION values, not allowed otherwise.
   *
   * Items: A tag, or a pattern with up to two *.
   */
  readonly tagMutabilityExclusionFilters?: readonly string[];
  readonly encryption?: RepositoryEncryption;
  /**
   * Whether every pushed image is scanned (basic scanning; the scanning rules of the registry go before it). Absent leaves it as it is (ECR creates false).
   */
  readonly scanOnPush?: boolean;
  /**
   * AWS tags of the repository, up to 49 (the fiftieth is the operator's owner tag). Keys have 1 to 128 characters, values up to 256. Tags that others set are left alone.
   */
  readonly tags?: {
    readonly [k: string]: string;
  };
  readonly lifecycle?: RepositoryLifecycle;
  readonly policy?: RepositoryPolicy;
  readonly adoption?: RepositoryAdoption;
  readonly deletionPolicy?: RepositoryDeletionPolicy;
  /**
   * When true, nothing is done for this Repository until it is false again; what exists at AWS stays. Absent means false.
   */
  readonly suspend?: boolean;
}
/**
 * How images are encrypted at rest. Decided when ECR creates the repository. Absent accepts what is there (ECR creates AES256).
 */
export interface RepositoryEncryption {
  readonly type: RepositoryEncryptionType;
  /**
   * The KMS key, as ARN, key ID or alias (alias/...), 1 to 2048 characters, for KMS and KMS_DSSE. Absent means the AWS managed key aws/ecr. Cannot be changed.
   */
  readonly kmsKey?: string;
}
/**
 * The lifecycle policy, which expires or archives images. Absent leaves it as it is.
 */
export interface RepositoryLifecycle {
  /**
   * The whole lifecycle policy as ECR takes it, JSON text of 100 to 30720 characters.
   */
  readonly document: string;
}
/**
 * The repository policy, which lets other accounts, roles and services in. Needs Share in the tenancy of the Registry. Absent leaves it as it is.
 */
export interface RepositoryPolicy {
  /**
   * The whole repository policy as ECR takes it, JSON text of up to 10240 characters.
   */
  readonly document: string;
}
/**
 * What ECR holds. Written by the operator.
 */
export interface RepositoryStatus {
  /**
   * The generation of the spec that this status is about.
   */
  readonly observedGeneration?: number;
  /**
   * How it stands with this object. Ready sums the others up.
   *
   * Items: One aspect of the state of this object.
   */
  readonly conditions?: readonly Condition[];
  /**
   * The AWS account that the repository is in.
   */
  readonly registryId?: string;
  /**
   * The ARN of the repository.
   */
  readonly arn?: string;
  /**
   * What image names begin with, host name and repository, without tag.
   */
  readonly uri?: string;
  /**
   * When ECR created the repository.
   */
  readonly createdAt?: string;
  /**
   * How many images the repository holds.
   */
  readonly imageCount?: number;
  /**
   * The keys of the AWS tags that the operator put, so that it can take away what is no longer declared.
   *
   * Items: The key of a tag.
   */
  readonly managedTagKeys?: readonly string[];
}
