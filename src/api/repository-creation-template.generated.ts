// generated from crds/repositorycreationtemplates.yaml by scripts/generate-api.ts; do not edit
import type { ObjectMeta } from './object-meta.ts';
import type { Condition, Grant, LifecycleRule, RegistryReference, TagMutabilityMode } from './shared.generated.ts';

/**
 * An occasion.
 */
export type RepositoryCreationTemplateAppliedFor = 'PULL_THROUGH_CACHE' | 'REPLICATION' | 'CREATE_ON_PUSH';
/**
 * AES256 - a key of ECR's own. KMS - a key of AWS KMS. KMS_DSSE - the same, in two layers.
 */
export type RepositoryCreationTemplateEncryptionType = 'AES256' | 'KMS' | 'KMS_DSSE';
/**
 * Enforce - ECR is kept as declared. Observe - nothing is ever written; the condition Synced tells what differs. Absent means Enforce.
 */
export type RepositoryCreationTemplateMode = 'Enforce' | 'Observe';
/**
 * What to do when ECR has a template for this prefix already. Never - leave it alone. IfExists - take it over. Absent means IfExists.
 */
export type RepositoryCreationTemplateAdoption = 'Never' | 'IfExists';
/**
 * What becomes of the template in ECR when this object is deleted. Retain - it stays. Delete - it is deleted; repositories stay in any case. Absent means Retain.
 */
export type RepositoryCreationTemplateDeletionPolicy = 'Retain' | 'Delete';

/**
 * One repository creation template of a Registry.
 */
export interface RepositoryCreationTemplate {
  readonly apiVersion: 'ecr-operator.io/v1alpha1';
  readonly kind: 'RepositoryCreationTemplate';
  readonly metadata: ObjectMeta;
  readonly spec: RepositoryCreationTemplateSpec;
  readonly status?: RepositoryCreationTemplateStatus;
}
/**
 * The template, whole. What is left out is taken out of it at ECR, too.
 */
export interface RepositoryCreationTemplateSpec {
  /**
   * The Registry that the template is in. Cannot be changed. Defaults to the one called `default`.
   */
  readonly registryRef: RegistryReference;
  /**
   * What the names of the repositories begin with, 1 to 256 characters; ECR puts a / behind it. ROOT stands for all names that no other template is for. Cannot be changed. Defaults to metadata.name.
   */
  readonly prefix?: string;
  /**
   * What the template is for, up to 256 characters.
   */
  readonly description?: string;
  /**
   * Which repositories get the settings when ECR makes them. PULL_THROUGH_CACHE - at the first pull through a cache rule. REPLICATION - at the first replication. CREATE_ON_PUSH - at the first push; without a template for it ECR makes none.
   */
  readonly appliedFor: readonly RepositoryCreationTemplateAppliedFor[];
  /**
   * Whether a pushed tag may be moved to another image. The *_WITH_EXCLUSION values except the tags of tagMutabilityExclusionFilters. Absent means MUTABLE.
   */
  readonly tagMutability?: TagMutabilityMode;
  /**
   * The tags that are excepted, as 1 to 5 patterns with * for any characters, such as latest or dev-*. Needed with the *_WITH_EXCLUSION values, not allowed otherwise.
   *
   * Items: A tag, or a pattern with up to two *.
   */
  readonly tagMutabilityExclusionFilters?: readonly string[];
  readonly encryption?: RepositoryCreationTemplateEncryption;
  /**
   * AWS tags of the repositories, up to 49 (the fiftieth is the operator's owner tag, once a Repository takes one over). Keys have 1 to 128 characters, values up to 256.
   */
  readonly tags?: {
    readonly [k: string]: string;
  };
  readonly lifecycle?: RepositoryCreationTemplateLifecycle;
  /**
   * Who may do what with the images, up to 40 grants. The operator writes one statement of the repository policy for each.
   *
   * Items: One grant.
   */
  readonly grants?: readonly Grant[];
  readonly policy?: RepositoryCreationTemplatePolicy;
  /**
   * The ARN of the IAM role that ECR assumes to make the repositories, in the account of the Registry. Needed for tags and for KMS encryption. Absent means ECR's own service-linked role.
   */
  readonly customRoleArn?: string;
  readonly mode?: RepositoryCreationTemplateMode;
  readonly adoption?: RepositoryCreationTemplateAdoption;
  readonly deletionPolicy?: RepositoryCreationTemplateDeletionPolicy;
  /**
   * When true, nothing is done for this RepositoryCreationTemplate until it is false again; what exists at AWS stays. Absent means false.
   */
  readonly suspend?: boolean;
}
/**
 * How images are encrypted at rest. Absent means AES256. A change counts for repositories that are made from then on.
 */
export interface RepositoryCreationTemplateEncryption {
  readonly type: RepositoryCreationTemplateEncryptionType;
  /**
   * The ARN of the KMS key, up to 2048 characters, for KMS and KMS_DSSE. Absent means the AWS managed key aws/ecr.
   */
  readonly kmsKey?: string;
}
/**
 * The lifecycle policy, which expires or archives images, as rules or as a document. Absent means none.
 */
export interface RepositoryCreationTemplateLifecycle {
  /**
   * The rules, up to 50. ECR applies them by priority, the lowest number first. An empty list is no lifecycle policy.
   *
   * Items: One rule, which says which images go, and where to.
   */
  readonly rules?: readonly LifecycleRule[];
  /**
   * The whole lifecycle policy as ECR takes it, JSON text of 100 to 30720 characters.
   */
  readonly document?: string;
}
/**
 * The repository policy, which lets other accounts, roles and services in. Absent means none, unless there are grants.
 */
export interface RepositoryCreationTemplatePolicy {
  /**
   * The whole repository policy as ECR takes it, JSON text of up to 10240 characters.
   */
  readonly document: string;
}
/**
 * What was found at AWS. Written by the operator.
 */
export interface RepositoryCreationTemplateStatus {
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
   * A hash of what was declared at the last pass. It is there as long as this object has the template, and tells a change of the spec from a change that somebody else made.
   */
  readonly declaredHash?: string;
  /**
   * The prefix that the template is for.
   */
  readonly prefix?: string;
  /**
   * When the template was made.
   */
  readonly createdAt?: string;
  /**
   * When the template was changed last; absent where it never was.
   */
  readonly updatedAt?: string;
}
