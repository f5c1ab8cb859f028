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
export type RegistryTenancyRuleAllow = 'Pull' | 'Create' | 'Adopt' | 'DeleteImages' | 'Share';

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
   * ARN of the IAM role behind pull tokens. It is assumed from secretRef where set and from the default chain otherwise, never by way of credentials.roleArn, with a session policy that lets the token do nothing but pull. Without it, credentials.roleArn is that role.
   */
  readonly pullRoleArn?: string;
  readonly endpoint?: RegistryEndpoint;
  readonly tenancy?: RegistryTenancy;
  readonly driftCheck?: RegistryDriftCheck;
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
   * ARN of an IAM role to assume, starting from secretRef where set and from the default chain otherwise. Without it, those credentials are used as they are.
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
  readonly secretRef?: RegistryCredentialsSecretRef;
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
   * The URL of the ECR API, http or https, with an optional port and path. Without it, the endpoint of the region.
   */
  readonly ecr?: string;
  /**
   * The URL of the STS API, http or https, with an optional port and path. Without it, the endpoint of the region.
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
   * What is allowed. Pull - have tokens in pull secrets. Create - create repositories and keep them as declared. Adopt - take over repositories that exist. DeleteImages - delete repositories with the images in them. Share - write policy documents, which may let others in.
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
