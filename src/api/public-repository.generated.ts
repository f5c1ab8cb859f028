// generated from crds/publicrepositories.yaml by scripts/generate-api.ts; do not edit
import type { NamespacedObjectMeta } from './object-meta.ts';
import type { Condition, RegistryReference } from './shared.generated.ts';

/**
 * Enforce - ECR Public is kept as declared. Observe - nothing is ever written; the condition Synced tells what differs. Absent means Enforce.
 */
export type PublicRepositoryMode = 'Enforce' | 'Observe';
/**
 * What to do when the repository exists at ECR Public already. Never - leave it alone. IfUnowned - take it over unless its owner tag names another. IfExists - take it over in any case. Only - take it over, never create one. Taking over needs Adopt beside Public in the tenancy of the Registry. Absent means IfUnowned.
 */
export type PublicRepositoryAdoption = 'Never' | 'IfUnowned' | 'IfExists' | 'Only';
/**
 * What becomes of the repository at ECR Public when this object is deleted. Retain - it stays. Delete - it is deleted once it is empty. DeleteWithImages - it is deleted with all images; needs DeleteImages in the tenancy of the Registry. Absent means Retain.
 */
export type PublicRepositoryDeletionPolicy = 'Retain' | 'Delete' | 'DeleteWithImages';

/**
 * One repository of ECR Public, with what the gallery shows of it.
 */
export interface PublicRepository {
  readonly apiVersion: 'ecr-operator.io/v1alpha1';
  readonly kind: 'PublicRepository';
  readonly metadata: NamespacedObjectMeta;
  readonly spec: PublicRepositorySpec;
  readonly status?: PublicRepositoryStatus;
}
/**
 * The repository as it shall be. What is left out is left at AWS as it is.
 */
export interface PublicRepositorySpec {
  /**
   * The Registry whose account and credentials are used; its region does not matter, since an account has one public registry. Cannot be changed. Defaults to the one called `default`.
   */
  readonly registryRef: RegistryReference;
  /**
   * The name of the repository at ECR Public, 2 to 205 characters, slashes allowed, without the alias of the registry. Cannot be changed. Defaults to metadata.name.
   */
  readonly name?: string;
  readonly catalogData?: PublicRepositoryCatalogData;
  readonly policy?: PublicRepositoryPolicy;
  /**
   * AWS tags of the repository, up to 49 (the fiftieth is the operator's owner tag). Keys have 1 to 128 characters, values up to 256. Tags that others set are left alone.
   */
  readonly tags?: {
    readonly [k: string]: string;
  };
  readonly mode?: PublicRepositoryMode;
  readonly adoption?: PublicRepositoryAdoption;
  readonly deletionPolicy?: PublicRepositoryDeletionPolicy;
  /**
   * When true, nothing is done for this PublicRepository until it is false again; what exists at AWS stays. Absent means false.
   */
  readonly suspend?: boolean;
}
/**
 * What the Amazon ECR Public Gallery shows of the repository. A field that is left out is left as it is; an empty text or list takes away what is there.
 */
export interface PublicRepositoryCatalogData {
  /**
   * What is in the images, in a sentence or two, up to 1024 characters. Shown in searches too.
   */
  readonly description?: string;
  /**
   * What the images run on, up to 50. The gallery shows ARM, ARM 64, x86 and x86-64, and knows no others.
   *
   * Items: An architecture such as x86-64.
   */
  readonly architectures?: readonly string[];
  /**
   * The operating systems that the images are for, up to 50. The gallery shows Linux and Windows, and knows no others.
   *
   * Items: An operating system such as Linux.
   */
  readonly operatingSystems?: readonly string[];
  /**
   * The logo, an image of up to 512000 bytes, as base64. The gallery shows logos of verified accounts only. AWS gives no logo back, see status.logo.
   */
  readonly logoImage?: string;
  /**
   * A long description, in Markdown, up to 25600 characters.
   */
  readonly aboutText?: string;
  /**
   * How to use the images, in Markdown, up to 25600 characters.
   */
  readonly usageText?: string;
}
/**
 * The repository policy, which says who may push and administer; everybody may pull. Needs Share in the tenancy of the Registry. Absent leaves it as it is.
 */
export interface PublicRepositoryPolicy {
  /**
   * The whole repository policy as ECR Public takes it, JSON text of up to 10240 characters.
   */
  readonly document: string;
  /**
   * Whether a policy is put that keeps the operator itself from changing it again. AWS refuses that otherwise. Absent means false.
   */
  readonly allowLockout?: boolean;
}
/**
 * What ECR Public holds. Written by the operator.
 */
export interface PublicRepositoryStatus {
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
   * What image names begin with, public.ecr.aws, the alias of the registry, and the name, without tag.
   */
  readonly uri?: string;
  /**
   * When ECR Public created the repository.
   */
  readonly createdAt?: string;
  readonly logo?: PublicRepositoryStatusLogo;
  /**
   * What somebody else changed in ECR, the newest first, 10 at most.
   */
  readonly drift?: readonly PublicRepositoryStatusDrift[];
  readonly refusedPolicy?: PublicRepositoryStatusRefusedPolicy;
  /**
   * The SHA-256 hash of what was declared last.
   */
  readonly declaredHash?: string;
  /**
   * The keys of the AWS tags that the operator put, so that it can take away what is no longer declared.
   *
   * Items: The key of a tag.
   */
  readonly managedTagKeys?: readonly string[];
}
/**
 * The logo that was put last. Another one is noticed by its URL, since AWS gives no logo back.
 */
export interface PublicRepositoryStatusLogo {
  /**
   * The SHA-256 hash of catalogData.logoImage.
   */
  readonly hash: string;
  /**
   * Where AWS said that it is.
   */
  readonly url?: string;
}
/**
 * One change.
 */
export interface PublicRepositoryStatusDrift {
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
export interface PublicRepositoryStatusRefusedPolicy {
  /**
   * The SHA-256 hash of the policy.
   */
  readonly document: string;
  /**
   * When it was refused first.
   */
  readonly since: string;
}
