// generated from crds/*.yaml by scripts/generate-api.ts; do not edit

/**
 * How the label is compared. In and NotIn look at values, Exists and DoesNotExist at the key alone.
 */
export type LabelSelectorRequirementOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
/**
 * Default - the ServiceAccount `default` of each namespace that gets the Secret. All - every ServiceAccount there. Named - those in names. None - no ServiceAccount; Pods name the Secret themselves.
 */
export type PullSecretServiceAccountsMode = 'Default' | 'All' | 'Named' | 'None';
/**
 * What becomes of logins for other registries that somebody wrote into the Secret. Remove - the Secret holds the declared logins only. Keep - they stay, and the operator renews its own beside them. Defaults to Remove.
 */
export type PullSecretForeignEntries = 'Remove' | 'Keep';
/**
 * What becomes of the Secret when this object is deleted. Delete - it goes, and its entry in ServiceAccounts with it. Retain - both stay, and the token runs out. Defaults to Delete.
 */
export type PullSecretDeletionPolicy = 'Delete' | 'Retain';
/**
 * Whether it holds - True, False or Unknown.
 */
export type ConditionStatus = 'True' | 'False' | 'Unknown';
/**
 * The widest scope of the tokens for this Registry; see tokenScope.
 */
export type PullSecretTokenScope = 'Scoped' | 'PullOnly' | 'Identity';
/**
 * The widest scope among the tokens. Scoped - certain repositories. PullOnly - every repository of the registry, pulling only. Identity - all that the identity of the operator may do.
 */
export type PullSecretStatusTokenScope = 'Scoped' | 'PullOnly' | 'Identity';
/**
 * Whether a pushed tag may be moved to another image. The *_WITH_EXCLUSION values except the tags of tagMutabilityExclusionFilters. Absent leaves it as it is (ECR creates MUTABLE).
 */
export type TagMutabilityMode =
  'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION';
/**
 * AES256 - a key of ECR's own. KMS - a key of AWS KMS. KMS_DSSE - the same, in two layers. Cannot be changed.
 */
export type RepositoryEncryptionType = 'AES256' | 'KMS' | 'KMS_DSSE';
/**
 * Which images it is about. tagged - those that carry all of tagPrefixes or of tagPatterns. untagged - those without a tag. any - all; such a rule has the highest priority number.
 */
export type LifecycleRuleTagStatus = 'tagged' | 'untagged' | 'any';
/**
 * Where the images are that it is about. Absent means standard.
 */
export type LifecycleRuleStorageClass = 'standard' | 'archive';
/**
 * What countNumber counts. imageCountMoreThan - images, of which the newest stay. sinceImagePushed, sinceImagePulled, sinceImageTransitioned - days since the image was pushed, last pulled, or archived.
 */
export type LifecycleRuleCountType =
  'imageCountMoreThan' | 'sinceImagePushed' | 'sinceImagePulled' | 'sinceImageTransitioned';
/**
 * What becomes of the images. expire - they are deleted. transition - they are moved to the storage class archive, from where they cannot be pulled until they are restored.
 */
export type LifecycleRuleAction = 'expire' | 'transition';
/**
 * Whether ECR is asked what a changed policy would do before it is put. Off - no. Report - the counts stand in the status. Block - the same, and the policy is held back while it would take an image that this cluster uses now. Absent means Off.
 */
export type LifecyclePreview = 'Off' | 'Report' | 'Block';
/**
 * Pull - pull images. Push - push and pull images. Read - list images and read their scan findings, without pulling.
 */
export type GrantAccess = 'Pull' | 'Push' | 'Read';
/**
 * An AWS service that pulls on behalf of sourceAccounts or sourceArns.
 */
export type GrantToService = 'lambda' | 'codebuild';

/**
 * A Registry whose token is in the Secret.
 */
export interface PullSecretRegistry {
  /**
   * The name of the Registry.
   */
  readonly name: string;
  /**
   * The only repositories that the token opens, 1 to 50, each by its whole name or, with /* at the end, all beneath a prefix. Needs a role that the operator can assume. Absent means all that the tenancy of the Registry allows.
   *
   * Items: A repository such as team-a/web, or team-a/* for all beneath team-a.
   */
  readonly repositories?: readonly string[];
}
/**
 * The Registry whose credentials ask for the token.
 */
export interface RegistryReference {
  /**
   * The name of the Registry.
   */
  readonly name: string;
}
/**
 * Adds a token for public.ecr.aws, which raises the limits on pulls from there. Absent means none.
 */
export interface PullSecretPublic {
  /**
   * The Registry whose credentials ask for the token.
   */
  readonly registryRef: RegistryReference;
}
/**
 * One condition on a label.
 */
export interface LabelSelectorRequirement {
  /**
   * The key of the label, such as kubernetes.io/metadata.name.
   */
  readonly key: string;
  readonly operator: LabelSelectorRequirementOperator;
  /**
   * The values for In and NotIn, 1 to 32. Not allowed with Exists and DoesNotExist.
   *
   * Items: A value of the label.
   */
  readonly values?: readonly string[];
}
/**
 * The namespaces that get the Secret, by their labels, those created later included. Absent or empty selects every namespace.
 */
export interface LabelSelector {
  /**
   * Labels that a namespace must have, key and value. Up to 32.
   */
  readonly matchLabels?: {
    readonly [k: string]: string;
  };
  /**
   * Conditions on labels, all of which must hold. Up to 8.
   *
   * Items: One condition on a label.
   */
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}
/**
 * Which ServiceAccounts get the Secret in their imagePullSecrets. Defaults to the one called `default`.
 */
export interface PullSecretServiceAccounts {
  readonly mode: PullSecretServiceAccountsMode;
  /**
   * The ServiceAccounts of mode Named, 1 to 64. Not allowed with other modes.
   *
   * Items: The name of a ServiceAccount.
   */
  readonly names?: readonly string[];
}
/**
 * Extra times of rotation. Tokens are always renewed after half of their life.
 */
export interface PullSecretRotation {
  /**
   * When tokens are renewed in addition, as five cron fields. A time that was missed while the operator was down is caught up. Day of month and day of week must both match.
   */
  readonly schedule: string;
  /**
   * The time zone of the schedule, by its IANA name. Defaults to UTC.
   */
  readonly timeZone: string;
}
/**
 * One aspect of the state of this object.
 */
export interface Condition {
  /**
   * The aspect, in CamelCase, such as Ready.
   */
  readonly type: string;
  readonly status: ConditionStatus;
  /**
   * The cause of this status as one CamelCase word, for programs.
   */
  readonly reason: string;
  /**
   * The cause of this status in a sentence, for people.
   */
  readonly message: string;
  /**
   * When the status last changed.
   */
  readonly lastTransitionTime: string;
  /**
   * The generation of the spec that this condition is about.
   */
  readonly observedGeneration?: number;
}
/**
 * Counts of namespaces.
 */
export interface NamespaceCounts {
  /**
   * How many namespaces shall have the Secret.
   */
  readonly matched: number;
  /**
   * How many of them have it, with a token that is valid.
   */
  readonly ready: number;
  /**
   * How many of them could not be served; see failures.
   */
  readonly failed: number;
}
/**
 * A namespace that could not be served.
 */
export interface NamespaceFailure {
  /**
   * The name of the namespace.
   */
  readonly namespace: string;
  /**
   * The cause as one CamelCase word, for programs.
   */
  readonly reason: string;
  /**
   * The cause in a sentence, for people.
   */
  readonly message: string;
}
/**
 * The life of one token, the one that runs out first where namespaces have different ones.
 */
export interface PullSecretToken {
  /**
   * The name of the Registry that the token is for, or public.ecr.aws.
   */
  readonly registry: string;
  readonly scope?: PullSecretTokenScope;
  /**
   * How many different tokens there are, since namespaces may have different scopes.
   */
  readonly count?: number;
  /**
   * When the token was issued.
   */
  readonly issuedAt?: string;
  /**
   * When the token runs out.
   */
  readonly expiresAt?: string;
  /**
   * When the operator will replace it, after about half of its life or by the schedule.
   */
  readonly nextRotation?: string;
  /**
   * Why it could not be renewed, as one CamelCase word. Absent while all is well.
   */
  readonly reason?: string;
  /**
   * Why it could not be renewed, in a sentence.
   */
  readonly message?: string;
}
/**
 * Where the Secret is, and how long its token lives. Written by the operator.
 */
export interface PullSecretStatus {
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
   * Counts of namespaces.
   */
  readonly namespaces?: NamespaceCounts;
  /**
   * The first 20 namespaces that could not be served, by name.
   *
   * Items: A namespace that could not be served.
   */
  readonly failures?: readonly NamespaceFailure[];
  readonly tokenScope?: PullSecretStatusTokenScope;
  /**
   * The tokens in the Secret, one entry for each Registry, and one called public.ecr.aws.
   *
   * Items: The life of one token, the one that runs out first where namespaces have different ones.
   */
  readonly tokens?: readonly PullSecretToken[];
  readonly rotation?: PullSecretStatusRotation;
}
/**
 * The last rotation that was asked for by the annotation ecr-operator.io/rotate-requested-at.
 */
export interface PullSecretStatusRotation {
  /**
   * The value of the annotation that it answers.
   */
  readonly request: string;
  /**
   * When it was done in every namespace.
   */
  readonly at: string;
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
 * One rule, which says which images go, and where to.
 */
export interface LifecycleRule {
  /**
   * The place of the rule among the others, from 1. Images that a rule takes are not looked at by rules with higher numbers.
   */
  readonly priority: number;
  /**
   * What the rule is for.
   */
  readonly description?: string;
  readonly tagStatus: LifecycleRuleTagStatus;
  /**
   * What tags begin with; an image counts that has a tag for each of them. With tagStatus tagged, unless there are tagPatterns.
   *
   * Items: What a tag begins with.
   */
  readonly tagPrefixes?: readonly string[];
  /**
   * Patterns of tags, with up to four * for any characters; an image counts that has a tag for each of them. With tagStatus tagged, unless there are tagPrefixes.
   *
   * Items: A pattern such as v*.
   */
  readonly tagPatterns?: readonly string[];
  readonly storageClass?: LifecycleRuleStorageClass;
  readonly countType: LifecycleRuleCountType;
  /**
   * How many images stay, or how many days an image does.
   */
  readonly countNumber: number;
  readonly action: LifecycleRuleAction;
}
/**
 * The lifecycle policy, which expires or archives images, as rules or as a document. Absent leaves it as it is.
 */
export interface Lifecycle {
  /**
   * The rules, up to 50. ECR applies them by priority, the lowest number first. An empty list takes the lifecycle policy away.
   *
   * Items: One rule, which says which images go, and where to.
   */
  readonly rules?: readonly LifecycleRule[];
  /**
   * The whole lifecycle policy as ECR takes it, JSON text of 100 to 30720 characters.
   */
  readonly document?: string;
  readonly preview?: LifecyclePreview;
}
/**
 * One grant.
 */
export interface Grant {
  /**
   * The name of the grant, from which the Sid of its statement is made.
   */
  readonly name: string;
  readonly access: GrantAccess;
  readonly to: GrantTo;
}
/**
 * Who gets it, one kind of grantee. ECS tasks, EKS nodes, Fargate and CodePipeline are roles.
 */
export interface GrantTo {
  /**
   * AWS accounts, whose own policies say who in them may.
   *
   * Items: The account ID, 12 digits.
   */
  readonly accounts?: readonly string[];
  /**
   * IAM roles.
   *
   * Items: The ARN of a role.
   */
  readonly roles?: readonly string[];
  /**
   * IAM users.
   *
   * Items: The ARN of a user.
   */
  readonly users?: readonly string[];
  /**
   * Every account of an AWS organization, by its ID.
   */
  readonly organization?: string;
  readonly service?: GrantToService;
  /**
   * The accounts for which the service may act. With service.
   *
   * Items: The account ID, 12 digits.
   */
  readonly sourceAccounts?: readonly string[];
  /**
   * The functions or projects for which the service may act, as ARNs, with * for any characters. With service.
   *
   * Items: An ARN or a pattern of ARNs.
   */
  readonly sourceArns?: readonly string[];
}
/**
 * One of them.
 */
export interface UndeclaredFailure {
  /**
   * The name of the repository.
   */
  readonly repository: string;
  /**
   * The cause as one CamelCase word, see docs/reasons.md.
   */
  readonly reason: string;
  /**
   * The cause in a sentence.
   */
  readonly message: string;
}
