// generated from crds/registries.yaml by scripts/generate-api.ts; do not edit
import type { ObjectMeta } from './object-meta.ts';
import type { Condition, LabelSelector } from './shared.generated.ts';

/**
 * What the operator does with the registry. Manage - repositories are made and kept as declared, and the account of the credentials has to be accountId. PullOnly - images are pulled from it and nothing is ever written, which fits the registry of another account that lets us in by its repository policies.
 */
export type RegistryAccess = 'Manage' | 'PullOnly';
/**
 * One word of what is allowed.
 */
export type RegistryTenancyRuleAllow = 'Pull' | 'Create' | 'Adopt' | 'DeleteImages' | 'Share' | 'Public';
/**
 * What happens with the registry-wide settings below. Enforce - they are kept as declared. Observe - they are never written; the condition SettingsSynced tells what differs. Absent means Enforce.
 */
export type RegistryMode = 'Enforce' | 'Observe';
/**
 * BASIC - by ECR itself, for vulnerabilities of the operating system. ENHANCED - by Amazon Inspector, for those of programming languages as well; it has a price.
 */
export type RegistryScanningScanType = 'BASIC' | 'ENHANCED';
/**
 * When images are scanned. CONTINUOUS_SCAN, again and again, exists with scanType ENHANCED only.
 */
export type RegistryScanningRuleScanFrequency = 'SCAN_ON_PUSH' | 'CONTINUOUS_SCAN' | 'MANUAL';
/**
 * V2 - the registry policy counts for all actions of ECR, and not only for replication and pull-through caches. AWS has no way back.
 */
export type RegistryAccountSettingsRegistryPolicyScope = 'V2';
/**
 * AWS_NATIVE - basic scanning is AWS's own. AWS has no way back.
 */
export type RegistryAccountSettingsBasicScanTypeVersion = 'AWS_NATIVE';
/**
 * ENABLED - pushes may reuse layers that another repository of the registry has, where both have the same encryption. DISABLED - they may not.
 */
export type RegistryAccountSettingsBlobMounting = 'ENABLED' | 'DISABLED';
/**
 * The field of the spec.
 */
export type RegistryStatusSettingName =
  'replication' | 'scanning' | 'policy' | 'accountSettings' | 'signing' | 'pullTimeUpdateExclusions';
/**
 * Synced - ECR holds what is declared. Drifted - it does not, and mode Observe writes nothing. Contested - somebody else keeps writing it. Conflict - another Registry for the same account and region has it. Failed - AWS refused, or did not answer.
 */
export type RegistryStatusSettingState = 'Synced' | 'Drifted' | 'Contested' | 'Conflict' | 'Failed';
/**
 * WAITING - not begun, since ECR allows one at a time for each region and ten for a registry. REFUSED - ECR does not begin it. The others are ECR's own words.
 */
export type RegistryStatusReplicationBackfillState =
  'WAITING' | 'PREPARING' | 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'STOPPING' | 'STOPPED' | 'REFUSED';

/**
 * One AWS account in one region - how to reach its private ECR registry, and which namespaces may use it for what.
 */
export interface Registry {
  readonly apiVersion: 'ecr-operator.io/v1alpha1';
  readonly kind: 'Registry';
  readonly metadata: ObjectMeta;
  readonly spec: RegistrySpec;
  readonly status?: RegistryStatus;
}
/**
 * The registry, and how to reach it.
 */
export interface RegistrySpec {
  /**
   * The AWS account that owns the registry, 12 digits, in quotes. Cannot be changed. With access Manage, the account behind the credentials is checked against it, and nothing is written to any other.
   */
  readonly accountId: string;
  /**
   * The AWS region of the registry, such as eu-central-1. Cannot be changed. The partition (aws, aws-cn, aws-us-gov, ...) follows from it.
   */
  readonly region: string;
  readonly access: RegistryAccess;
  readonly credentials?: RegistryCredentials;
  /**
   * ARN of the IAM role behind pull tokens. It is assumed from the last role of credentials.chain where set, else from secretRef where set and from the default chain otherwise, never by way of credentials.roleArn, with a session policy that lets the token do nothing but pull. Without it, credentials.roleArn is that role.
   */
  readonly pullRoleArn?: string;
  readonly endpoint?: RegistryEndpoint;
  readonly tenancy?: RegistryTenancy;
  readonly driftCheck?: RegistryDriftCheck;
  readonly mode?: RegistryMode;
  readonly replication?: RegistryReplication;
  readonly scanning?: RegistryScanning;
  readonly policy?: RegistryPolicy;
  readonly accountSettings?: RegistryAccountSettings;
  readonly signing?: RegistrySigning;
  /**
   * Roles and users whose pulls do not count as the last pull of an image, such as those of scanners, up to 100 ARNs. Those that somebody else has put there stay. What is taken out of the list is taken out of ECR. Absent leaves all as they are.
   *
   * Items: ARN of an IAM role or user, up to 200 characters.
   */
  readonly pullTimeUpdateExclusions?: readonly string[];
  /**
   * When true, nothing is written to this registry, neither for itself nor for Repositories that refer to it, until it is false again. Pull tokens are still renewed. Absent means false.
   */
  readonly suspend?: boolean;
}
/**
 * Where AWS credentials come from. Without it, the AWS SDK's default chain (EKS Pod Identity, IRSA, environment, instance role).
 */
export interface RegistryCredentials {
  /**
   * ARN of an IAM role to assume, starting from the last role of chain where set, else from secretRef where set, and from the default chain otherwise. Without it, those credentials are used as they are.
   */
  readonly roleArn?: string;
  /**
   * The external ID that the trust policies of roleArn and pullRoleArn ask for, 2 to 1224 characters. Without it, none is sent.
   */
  readonly externalId?: string;
  /**
   * The name of the sessions of roleArn and pullRoleArn, as CloudTrail shows it, 2 to 64 characters. Without it, the operator chooses one.
   */
  readonly sessionName?: string;
  /**
   * Session tags that are sent when roleArn or pullRoleArn is assumed, key and value, up to 50. The trust policies of the roles have to allow sts:TagSession. They share the space that STS has for session policies.
   */
  readonly sessionTags?: {
    readonly [k: string]: string;
  };
  /**
   * The keys out of sessionTags that stay with the session when another role is assumed from it, 1 to 50.
   *
   * Items: A key of sessionTags.
   */
  readonly transitiveTagKeys?: readonly string[];
  /**
   * Roles that are assumed one after the other before roleArn and before pullRoleArn, 1 to 4, each from the session of the one before, the first from secretRef where set and from the default chain otherwise.
   */
  readonly chain?: readonly RegistryCredentialsChain[];
  readonly secretRef?: RegistryCredentialsSecretRef;
}
/**
 * One role on the way.
 */
export interface RegistryCredentialsChain {
  /**
   * ARN of the IAM role to assume.
   */
  readonly roleArn: string;
  /**
   * The external ID that the trust policy of this role asks for, 2 to 1224 characters. Without it, none is sent.
   */
  readonly externalId?: string;
  /**
   * The name of the sessions of this role, as CloudTrail shows it, 2 to 64 characters. Without it, the operator chooses one.
   */
  readonly sessionName?: string;
}
/**
 * A Secret with static keys, in the namespace of the operator, for clusters outside AWS. Its keys are access-key-id, secret-access-key and, optionally, session-token.
 */
export interface RegistryCredentialsSecretRef {
  /**
   * The name of the Secret.
   */
  readonly name: string;
}
/**
 * Other ways to reach AWS, such as VPC interface endpoints. Without it, the public endpoints of the region.
 */
export interface RegistryEndpoint {
  /**
   * The URL of the ECR API, an endpoint of AWS by https or a host that the operator's setting endpoint-hosts lets in. Without it, the endpoint of the region.
   */
  readonly ecr?: string;
  /**
   * The URL of the STS API, an endpoint of AWS by https or a host that the operator's setting endpoint-hosts lets in. Without it, the endpoint of the region.
   */
  readonly sts?: string;
  /**
   * When true, ECR and STS are called at their FIPS endpoints as far as ecr and sts give no URL, and pull secrets have an entry for the registry's FIPS host name as well. Absent means false.
   */
  readonly fips?: boolean;
  /**
   * When true, ECR and STS are called at their dual-stack endpoints (IPv4 and IPv6) as far as ecr and sts give no URL, and pull secrets have an entry for the registry's dual-stack host name as well. Absent means false.
   */
  readonly dualStack?: boolean;
  /**
   * Certificates of authorities to trust beside those of the operator's machine, in PEM, up to 64 KiB, for ECR, STS and ECR Public alike, such as that of a proxy which opens TLS. Without it, those of the machine.
   */
  readonly caBundle?: string;
}
/**
 * Which namespaces may use this registry, and for what. Without it, every namespace may Pull and Create. With it, what no rule allows is refused.
 */
export interface RegistryTenancy {
  /**
   * What is allowed, 1 to 64 rules. A use is allowed when one rule matches its namespace and repository name and lists the word.
   */
  readonly rules: readonly RegistryTenancyRule[];
}
/**
 * What some namespaces may do with some repositories.
 */
export interface RegistryTenancyRule {
  /**
   * The namespaces of this rule, by their labels. Absent or empty selects every namespace.
   */
  readonly namespaceSelector?: LabelSelector;
  /**
   * The repositories of this rule, by the first segments of their names, 1 to 50. `team-a` means team-a itself and all of team-a/..., not team-abc. Absent means every name.
   *
   * Items: One or more whole path segments, with or without a slash at the end.
   */
  readonly repositoryPrefixes?: readonly string[];
  /**
   * What is allowed. Pull - have tokens in pull secrets. Create - create repositories and keep them as declared. Adopt - take over repositories that exist. DeleteImages - delete repositories with the images in them. Share - let in others than the account itself, by grants or by a policy document. Public - create repositories at ECR Public and keep them as declared.
   */
  readonly allow: readonly RegistryTenancyRuleAllow[];
}
/**
 * When all Repositories that refer to this Registry are compared with ECR. Absent means the operator's own schedule, its setting --drift-schedule. With access PullOnly there is nothing to compare.
 */
export interface RegistryDriftCheck {
  /**
   * When the comparison begins, as five cron fields. A time at which the last one is still under way is left out; one begins with the operator, too. Day of month and day of week must both match.
   */
  readonly schedule: string;
  /**
   * The time zone of the schedule, by its IANA name. Defaults to UTC.
   */
  readonly timeZone: string;
}
/**
 * The replication of the whole registry. Absent leaves it as it is.
 */
export interface RegistryReplication {
  /**
   * All rules of replication, up to 25. An empty list switches it off. Older accounts may have a lower quota.
   */
  readonly rules: readonly RegistryReplicationRule[];
}
/**
 * What is replicated to where.
 */
export interface RegistryReplicationRule {
  /**
   * The registries that images are copied to, 1 to 100.
   */
  readonly destinations: readonly RegistryReplicationRuleDestination[];
  /**
   * How the names of the repositories begin that are replicated, 1 to 100. Unlike in tenancy, team-a covers team-abc too. Absent means every repository.
   *
   * Items: The beginning of a name, 2 to 256 characters, without a wildcard.
   */
  readonly filters?: readonly string[];
}
/**
 * One registry that images are copied to.
 */
export interface RegistryReplicationRuleDestination {
  /**
   * Its region, such as eu-west-1.
   */
  readonly region: string;
  /**
   * Its account, 12 digits, in quotes; this registry's own one for another region of the same account. Another account has to allow it in its registry policy.
   */
  readonly accountId: string;
}
/**
 * Scanning of images in the whole registry. Absent leaves it as it is.
 */
export interface RegistryScanning {
  readonly scanType: RegistryScanningScanType;
  /**
   * When which repositories are scanned, one rule for each frequency, up to 2. Absent or empty means that nothing is scanned by rule.
   */
  readonly rules?: readonly RegistryScanningRule[];
}
/**
 * One frequency, and the repositories that have it.
 */
export interface RegistryScanningRule {
  readonly scanFrequency: RegistryScanningRuleScanFrequency;
  /**
   * The repositories, by names with the wildcard *, 1 to 100. Without a wildcard, every name that contains the filter is meant.
   *
   * Items: A name, 1 to 255 characters, in which * stands for any characters.
   */
  readonly filters: readonly string[];
}
/**
 * The policy of the registry, which lets other accounts replicate into it and says who may use pull-through caches. Absent leaves it as it is.
 */
export interface RegistryPolicy {
  /**
   * The whole registry policy as ECR takes it, JSON text of up to 10240 characters; each statement needs a Resource. Empty text means that there shall be no policy.
   */
  readonly document: string;
}
/**
 * Settings of the account in this region, each by itself. What is left out stays as it is. AWS has no way to take one back to its default.
 */
export interface RegistryAccountSettings {
  readonly registryPolicyScope?: RegistryAccountSettingsRegistryPolicyScope;
  readonly basicScanTypeVersion?: RegistryAccountSettingsBasicScanTypeVersion;
  readonly blobMounting?: RegistryAccountSettingsBlobMounting;
}
/**
 * Signing of images by AWS Signer when they are pushed. Absent leaves it as it is.
 */
export interface RegistrySigning {
  /**
   * All rules of signing, up to 10. An empty list deletes the configuration.
   */
  readonly rules: readonly RegistrySigningRule[];
}
/**
 * Which images are signed with which profile. Whoever pushes needs signer:SignPayload for it.
 */
export interface RegistrySigningRule {
  /**
   * ARN of the signing profile of AWS Signer, up to 200 characters.
   */
  readonly signingProfileArn: string;
  /**
   * The repositories, by names with the wildcard *, 1 to 100. Absent means every repository.
   *
   * Items: A name, 1 to 256 characters, in which * stands for any characters.
   */
  readonly filters?: readonly string[];
}
/**
 * What was found at AWS. Written by the operator.
 */
export interface RegistryStatus {
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
   * The account that the credentials belong to, as AWS says. With access PullOnly it may be another than spec.accountId.
   */
  readonly accountId?: string;
  /**
   * The ARN of who the operator is at AWS with these credentials, as AWS says.
   */
  readonly identity?: string;
  /**
   * The host name that image names begin with.
   */
  readonly registryUri?: string;
  /**
   * The ARN that the registry's repositories begin with, such as arn:aws:ecr:eu-central-1:123456789012.
   */
  readonly arn?: string;
  readonly repositories?: RegistryStatusRepositories;
  /**
   * When all Repositories had last been compared with ECR. Written once an hour at most, however often that happens.
   */
  readonly lastDriftCheck?: string;
  /**
   * When the comparison after that one was to begin.
   */
  readonly nextDriftCheck?: string;
  /**
   * How it stands with each registry-wide setting that is declared.
   */
  readonly settings?: readonly RegistryStatusSetting[];
  /**
   * The exclusions that this Registry has put into ECR or found there as declared. They are taken out again when they are no longer declared.
   *
   * Items: ARN of an IAM role or user.
   */
  readonly pullTimeUpdateExclusions?: readonly string[];
  readonly replication?: RegistryStatusReplication;
}
/**
 * Counts of repositories.
 */
export interface RegistryStatusRepositories {
  /**
   * How many Repositories of this cluster have their repository here.
   */
  readonly managed: number;
  /**
   * How many repositories there are in the registry, whoever made them. Absent until they were listed.
   */
  readonly total?: number;
}
/**
 * One setting.
 */
export interface RegistryStatusSetting {
  readonly name: RegistryStatusSettingName;
  readonly state: RegistryStatusSettingState;
  /**
   * What is wrong, where something is.
   */
  readonly message?: string;
  /**
   * True where this Registry has the setting, since ECR held once what it declares. No other Registry for the same account and region gets it meanwhile.
   */
  readonly holder?: boolean;
  /**
   * When what somebody else had changed was last put right.
   */
  readonly lastMended?: string;
}
/**
 * The last replication backfill that was asked for by annotation.
 */
export interface RegistryStatusReplication {
  /**
   * The value of the annotation ecr-operator.io/replication-backfill-requested-at that it answers.
   */
  readonly backfillRequest?: string;
  /**
   * The value of the annotation ecr-operator.io/replication-backfill-stop-requested-at that was last followed.
   */
  readonly backfillStopRequest?: string;
  /**
   * How it stands with each destination, up to 100.
   */
  readonly backfills?: readonly RegistryStatusReplicationBackfill[];
}
/**
 * The backfill to one destination.
 */
export interface RegistryStatusReplicationBackfill {
  /**
   * The region of the destination.
   */
  readonly region: string;
  /**
   * The account of the destination.
   */
  readonly accountId: string;
  readonly state: RegistryStatusReplicationBackfillState;
  /**
   * What ECR calls it.
   */
  readonly id?: string;
  /**
   * How many images are to be copied, each tag of each counted.
   */
  readonly total?: number;
  /**
   * How many of them are copied.
   */
  readonly completed?: number;
  /**
   * How many of them could not be copied.
   */
  readonly failed?: number;
  /**
   * Why it waits, was refused or failed, and the first images that could not be copied.
   */
  readonly message?: string;
  /**
   * When it began.
   */
  readonly startedAt?: string;
  /**
   * When it ended.
   */
  readonly endedAt?: string;
}
