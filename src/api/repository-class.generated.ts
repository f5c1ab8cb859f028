// generated from crds/repositoryclasses.yaml by scripts/generate-api.ts; do not edit
import type { ObjectMeta } from './object-meta.ts';
import type { Condition, Grant, LabelSelector, Lifecycle, RegistryReference, RepositoryEncryption, TagMutabilityMode, UndeclaredFailure } from './shared.generated.ts';

/**
 * Settings, lifecycle and grants that Repositories share, in the spirit of StorageClass.
 */
export interface RepositoryClass {
  readonly apiVersion: 'ecr-operator.io/v1alpha1';
  readonly kind: 'RepositoryClass';
  readonly metadata: ObjectMeta;
  readonly spec: RepositoryClassSpec;
  readonly status?: RepositoryClassStatus;
}
/**
 * What Repositories of this class have where they say nothing themselves. What is left out is left at AWS as it is.
 */
export interface RepositoryClassSpec {
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
   * How images are encrypted at rest, for repositories that are made from now on; ECR cannot change it later.
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
  /**
   * The namespaces, by their labels, whose Repositories get the grants of this class beyond the account without Share of their own. Whoever may write the class has decided that. Empty selects every namespace, absent none.
   */
  readonly sharesFor?: LabelSelector;
  readonly undeclared?: RepositoryClassUndeclared;
  /**
   * When true, nothing is done for this class until it is false again; Repositories keep what they have. Absent means false.
   */
  readonly suspend?: boolean;
}
/**
 * Applies the class to repositories in ECR too that no Repository of any cluster declares, such as those made by create on push or by a pull-through cache. They are never deleted. Encryption is not theirs to choose any more.
 */
export interface RepositoryClassUndeclared {
  /**
   * The Registry that the repositories are in. Defaults to the one called `default`.
   */
  readonly registryRef: RegistryReference;
  /**
   * What the names of those repositories begin with, 1 to 100 prefixes of whole path segments, such as team-a or cache/docker-hub.
   *
   * Items: A prefix of whole path segments.
   */
  readonly prefixes: readonly string[];
}
/**
 * Who uses the class. Written by the operator.
 */
export interface RepositoryClassStatus {
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
   * How many Repositories have this class.
   */
  readonly repositories?: number;
  readonly undeclared?: RepositoryClassStatusUndeclared;
}
/**
 * The repositories in ECR that nobody declared, and that the class applies to.
 */
export interface RepositoryClassStatusUndeclared {
  /**
   * How many there are.
   */
  readonly matched?: number;
  /**
   * How many of them are as the class says.
   */
  readonly synced?: number;
  /**
   * The first 20 that are not, with reasons.
   *
   * Items: One of them.
   */
  readonly failures?: readonly UndeclaredFailure[];
}
