// generated from crds/pullthroughcacherules.yaml by scripts/generate-api.ts; do not edit
import type { ObjectMeta } from './object-meta.ts';
import type { Condition, RegistryReference } from './shared.generated.ts';

/**
 * Where the images come from. Cannot be changed.
 */
export type PullThroughCacheRuleUpstreamRegistry =
  | 'ecr'
  | 'ecr-public'
  | 'quay'
  | 'k8s'
  | 'docker-hub'
  | 'github-container-registry'
  | 'azure-container-registry'
  | 'gitlab-container-registry'
  | 'chainguard';
/**
 * Enforce - ECR is kept as declared. Observe - nothing is ever written; the condition Synced tells what differs. Absent means Enforce.
 */
export type PullThroughCacheRuleMode = 'Enforce' | 'Observe';
/**
 * What to do when ECR has a rule for this prefix already. Never - leave it alone. IfExists - take it over. Absent means IfExists.
 */
export type PullThroughCacheRuleAdoption = 'Never' | 'IfExists';
/**
 * What becomes of the rule in ECR when this object is deleted. Retain - it stays. Delete - it is deleted; repositories stay in any case. Absent means Retain.
 */
export type PullThroughCacheRuleDeletionPolicy = 'Retain' | 'Delete';

/**
 * One pull-through cache rule of a Registry.
 */
export interface PullThroughCacheRule {
  readonly apiVersion: 'ecr-operator.io/v1alpha1';
  readonly kind: 'PullThroughCacheRule';
  readonly metadata: ObjectMeta;
  readonly spec: PullThroughCacheRuleSpec;
  readonly status?: PullThroughCacheRuleStatus;
}
/**
 * The rule, as it is to be at ECR.
 */
export interface PullThroughCacheRuleSpec {
  /**
   * The Registry that the rule is in. Cannot be changed. Defaults to the one called `default`.
   */
  readonly registryRef: RegistryReference;
  /**
   * What the names of cached repositories begin with, 2 to 30 characters; ECR puts a / behind it. ROOT stands for all names that no other rule is for. Cannot be changed. Defaults to metadata.name.
   */
  readonly prefix?: string;
  readonly upstreamRegistry: PullThroughCacheRuleUpstreamRegistry;
  /**
   * The host name of the upstream registry, for ecr, azure-container-registry and chainguard. Absent means the one that the upstream has (cgr.dev for chainguard). Cannot be changed.
   */
  readonly upstreamRegistryUrl?: string;
  /**
   * What the names of upstream repositories begin with, 2 to 30 characters, which stands in the cache's names no more. Absent means all of the upstream. Cannot be changed.
   */
  readonly upstreamRepositoryPrefix?: string;
  /**
   * The ARN of the AWS Secrets Manager secret with the upstream's user name and token, in the account and region of the Registry, 50 to 612 characters. Its name begins with ecr-pullthroughcache/. For docker-hub, github-container-registry, azure-container-registry, gitlab-container-registry and chainguard.
   */
  readonly credentialArn?: string;
  /**
   * The ARN of the IAM role that ECR assumes to pull from another ECR registry, in the account of the Registry. For ecr; needed where the upstream is in another account. Cannot be taken away.
   */
  readonly customRoleArn?: string;
  readonly validation?: PullThroughCacheRuleValidation;
  readonly mode?: PullThroughCacheRuleMode;
  readonly adoption?: PullThroughCacheRuleAdoption;
  readonly deletionPolicy?: PullThroughCacheRuleDeletionPolicy;
  /**
   * When true, nothing is done for this PullThroughCacheRule until it is false again; what exists at AWS stays. Absent means false.
   */
  readonly suspend?: boolean;
}
/**
 * When ECR is asked whether it gets into the upstream with the credential or the role. It is asked after each change too. Absent means every hour.
 */
export interface PullThroughCacheRuleValidation {
  /**
   * When ECR is asked, as five cron fields. Day of month and day of week must both match.
   */
  readonly schedule: string;
  /**
   * The time zone of the schedule, by its IANA name. Defaults to UTC.
   */
  readonly timeZone: string;
}
/**
 * What was found at AWS. Written by the operator.
 */
export interface PullThroughCacheRuleStatus {
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
   * A hash of what was declared at the last pass. It is there as long as this object has the rule, and tells a change of the spec from a change that somebody else made.
   */
  readonly declaredHash?: string;
  /**
   * The prefix that the rule is for.
   */
  readonly prefix?: string;
  /**
   * When the rule was made.
   */
  readonly createdAt?: string;
  /**
   * When the rule was changed last; absent where it never was.
   */
  readonly updatedAt?: string;
  /**
   * The AWS account that the rule is in.
   */
  readonly registryId?: string;
  /**
   * The host name that ECR pulls from.
   */
  readonly upstreamRegistryUrl?: string;
  /**
   * When ECR was asked last whether it gets into the upstream; told once an hour at most while the answer stays the same.
   */
  readonly lastValidated?: string;
  /**
   * The value of the annotation ecr-operator.io/validation-requested-at that was answered last.
   */
  readonly validationRequest?: string;
}
