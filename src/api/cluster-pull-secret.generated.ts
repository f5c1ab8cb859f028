// generated from crds/clusterpullsecrets.yaml by scripts/generate-api.ts; do not edit
import type { ObjectMeta } from './object-meta.ts';
import type { LabelSelector, PullSecretDeletionPolicy, PullSecretForeignEntries, PullSecretPublic, PullSecretRegistry, PullSecretRotation, PullSecretServiceAccounts, PullSecretStatus } from './shared.generated.ts';

/**
 * An image pull Secret with a fresh ECR token in every namespace that a selector matches, those created later included.
 */
export interface ClusterPullSecret {
  readonly apiVersion: 'ecr-operator.io/v1alpha1';
  readonly kind: 'ClusterPullSecret';
  readonly metadata: ObjectMeta;
  readonly spec: ClusterPullSecretSpec;
  /**
   * Where the Secret is, and how long its token lives. Written by the operator.
   */
  readonly status?: PullSecretStatus;
}
/**
 * The Secret, and who gets it.
 */
export interface ClusterPullSecretSpec {
  /**
   * The Registries whose tokens are in the Secret, up to 16. Defaults to the one called `default`.
   *
   * Items: A Registry whose token is in the Secret.
   */
  readonly registries: readonly PullSecretRegistry[];
  /**
   * Adds a token for public.ecr.aws, which raises the limits on pulls from there. Absent means none.
   */
  readonly public?: PullSecretPublic;
  /**
   * The name of the Secret, of type kubernetes.io/dockerconfigjson. A Secret of this name that the operator did not make is never overwritten. Defaults to ecr-pull.
   */
  readonly secretName: string;
  /**
   * The namespaces that get the Secret, by their labels, those created later included. Absent or empty selects every namespace.
   */
  readonly namespaceSelector?: LabelSelector;
  /**
   * Names of namespaces that do not get the Secret although the selector matches them, up to 256. A namespace takes itself out with the label ecr-operator.io/pull-secrets=disabled.
   *
   * Items: The name of a namespace.
   */
  readonly excludeNamespaces?: readonly string[];
  /**
   * Which ServiceAccounts get the Secret in their imagePullSecrets. Defaults to the one called `default`.
   */
  readonly serviceAccounts: PullSecretServiceAccounts;
  /**
   * What becomes of logins for other registries that somebody wrote into the Secret. Remove - the Secret holds the declared logins only. Keep - they stay, and the operator renews its own beside them. Defaults to Remove.
   */
  readonly foreignEntries: PullSecretForeignEntries;
  /**
   * Extra times of rotation. Tokens are always renewed after half of their life.
   */
  readonly rotation?: PullSecretRotation;
  /**
   * When true, Pods of a controller that cannot pull their image because they were created before their ServiceAccount had the Secret are deleted, once, so that they come back right. The installation has to allow it. Absent means false.
   */
  readonly repairPods?: boolean;
  /**
   * What becomes of the Secret when this object is deleted. Delete - it goes, and its entry in ServiceAccounts with it. Retain - both stay, and the token runs out. Defaults to Delete.
   */
  readonly deletionPolicy: PullSecretDeletionPolicy;
  /**
   * When true, nothing is done and no token is rotated until it is false again; what exists stays, and the token runs out. Absent means false.
   */
  readonly suspend?: boolean;
}
