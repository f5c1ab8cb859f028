// generated from crds/repositories.yaml by scripts/generate-api.ts; do not edit
import type { NamespacedObjectMeta } from './object-meta.ts';
import type { Condition, Grant, Lifecycle, RegistryReference, RepositoryEncryption, TagMutabilityMode } from './shared.generated.ts';

/**
 * Enforce - ECR is kept as declared. Observe - nothing is ever written; the condition Synced tells what differs. Absent means Enforce.
 */
export type RepositoryMode = 'Enforce' | 'Observe';
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
  /**
   * Whether a pushed tag may be moved to another image. The *_WITH_EXCLUSION values except the tags of tagMutabilityExclusionFilters. Absent leaves it as it is (ECR creates MUTABLE).
   */
  readonly tagMutability?: TagMutabilityMode;
  /**
   * The tags that are excepted, as 1 to 5 patterns with * for any characters, such as latest or dev-*. Needed with the *_WITH_EXCLUSION values, not allowed otherwise.
   *
   * Items: A tag, or a pattern with up to two *.
   */
  readonly tagMutabilityExclusionFilters?: readonly string[];
  /**
   * How images are encrypted at rest. Decided when ECR creates the repository. Absent accepts what is there (ECR creates AES256).
   */
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
  /**
   * The lifecycle policy, which expires or archives images, as rules or as a document. Absent leaves it as it is.
   */
  readonly lifecycle?: Lifecycle;
  /**
   * Who may do what with the images, up to 40 grants. The operator writes one statement of the repository policy for each, and leaves statements of others alone. Grants to others than the account itself need Share in the tenancy of the Registry. A grant that is taken out is withdrawn.
   *
   * Items: One grant.
   */
  readonly grants?: readonly Grant[];
  readonly policy?: RepositoryPolicy;
  /**
   * The RepositoryClass that fills what this Repository leaves open. Absent means the one that the label ecr-operator.io/repository-class of the namespace names, if it has that label.
   */
  readonly className?: string;
  readonly mode?: RepositoryMode;
  readonly adoption?: RepositoryAdoption;
  readonly deletionPolicy?: RepositoryDeletionPolicy;
  /**
   * When true, nothing is done for this Repository until it is false again; what exists at AWS stays. Absent means false.
   */
  readonly suspend?: boolean;
}
/**
 * The repository policy, which lets other accounts, roles and services in. Needs Share in the tenancy of the Registry. Absent leaves it as it is.
 */
export interface RepositoryPolicy {
  /**
   * The whole repository policy as ECR takes it, JSON text of up to 10240 characters.
   */
  readonly document: string;
  /**
   * Whether a policy is put that keeps the operator itself from changing it again. AWS refuses that otherwise. Absent means false.
   */
  readonly allowLockout?: boolean;
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
   * How many images the repository holds, archived ones included.
   */
  readonly imageCount?: number;
  /**
   * The size of all images together, as ECR counts it, in bytes.
   */
  readonly sizeBytes?: number;
  /**
   * The highest severity of a scan finding among the newest images, and how many there are of it in the worst image.
   */
  readonly worstFinding?: string;
  /**
   * The newest images, 20 at most, the newest first.
   */
  readonly images?: readonly RepositoryStatusImage[];
  readonly scanning?: RepositoryStatusScanning;
  readonly lifecycle?: RepositoryStatusLifecycle;
  readonly preview?: RepositoryStatusPreview;
  /**
   * What somebody else changed in ECR, the newest first, 10 at most.
   */
  readonly drift?: readonly RepositoryStatusDrift[];
  readonly refusedPolicy?: RepositoryStatusRefusedPolicy;
  /**
   * The RepositoryClass that is in effect.
   */
  readonly className?: string;
  /**
   * The SHA-256 hash of what was declared last, the class included, so that what a change of the class changes is not taken for drift.
   */
  readonly declaredHash?: string;
  /**
   * The Sids of the statements of the repository policy that the operator put, so that it can withdraw them.
   *
   * Items: The Sid of a statement.
   */
  readonly managedStatements?: readonly string[];
  /**
   * The keys of the AWS tags that the operator put, so that it can take away what is no longer declared.
   *
   * Items: The key of a tag.
   */
  readonly managedTagKeys?: readonly string[];
}
/**
 * One image.
 */
export interface RepositoryStatusImage {
  /**
   * The digest of its manifest.
   */
  readonly digest: string;
  /**
   * Its tags, 10 at most.
   *
   * Items: A tag.
   */
  readonly tags?: readonly string[];
  /**
   * Its size in the registry, in bytes.
   */
  readonly sizeBytes?: number;
  /**
   * When it was pushed.
   */
  readonly pushedAt?: string;
  /**
   * When it was last pulled, as far as ECR says.
   */
  readonly lastPulledAt?: string;
  /**
   * ACTIVE, ARCHIVED or ACTIVATING.
   */
  readonly status?: string;
  readonly scan?: RepositoryStatusImageScan;
}
/**
 * What its scan found; absent where ECR tells of none.
 */
export interface RepositoryStatusImageScan {
  /**
   * How it stands with the scan, as ECR says, such as COMPLETE, ACTIVE, IN_PROGRESS, FAILED.
   */
  readonly status: string;
  /**
   * When it was scanned last.
   */
  readonly completedAt?: string;
  /**
   * How many findings there are of each severity.
   */
  readonly findings?: {
    readonly [k: string]: number;
  };
}
/**
 * What is in effect of scanning, by the rules of the registry and the repository's own setting together.
 */
export interface RepositoryStatusScanning {
  /**
   * SCAN_ON_PUSH, CONTINUOUS_SCAN or MANUAL.
   */
  readonly frequency?: string;
  /**
   * Whether a pushed image is scanned.
   */
  readonly scanOnPush?: boolean;
  /**
   * The filters of the registry's scanning rules that the repository matches.
   *
   * Items: A pattern of repository names.
   */
  readonly filters?: readonly string[];
}
/**
 * What ECR says of the lifecycle policy.
 */
export interface RepositoryStatusLifecycle {
  /**
   * When ECR last applied it, as far as it says.
   */
  readonly lastEvaluatedAt?: string;
}
/**
 * What ECR says that the lifecycle policy would do, before it is put; see lifecycle.preview.
 */
export interface RepositoryStatusPreview {
  /**
   * The SHA-256 hash of the policy that was previewed.
   */
  readonly document: string;
  /**
   * When the preview was asked for.
   */
  readonly startedAt?: string;
  /**
   * When it was seen to be there.
   */
  readonly completedAt?: string;
  /**
   * How many images would be deleted.
   */
  readonly expiring?: number;
  /**
   * How many images would be archived.
   */
  readonly transitioning?: number;
  /**
   * Some of them, by tag or digest.
   *
   * Items: A tag, or a digest where there is no tag.
   */
  readonly examples?: readonly string[];
  /**
   * Those of them that this cluster uses now, with who uses them.
   *
   * Items: The image, and an object that names it.
   */
  readonly inUse?: readonly string[];
}
/**
 * One change.
 */
export interface RepositoryStatusDrift {
  /**
   * When it was found.
   */
  readonly at: string;
  /**
   * What had changed, from what to what.
   */
  readonly what: string;
  /**
   * Whether it was put right.
   */
  readonly mended?: boolean;
}
/**
 * A repository policy that AWS does not take, since it names a principal that AWS does not know, or not yet.
 */
export interface RepositoryStatusRefusedPolicy {
  /**
   * The SHA-256 hash of the policy.
   */
  readonly document: string;
  /**
   * When it was refused first.
   */
  readonly since: string;
}
