// generated from crds/clusterpullsecrets.yaml by scripts/generate-api.ts; do not edit
import type { ObjectMeta } from './object-meta.ts';
import type { LabelSelector, PullSecretDeletionPolicy, PullSecretServiceAccounts, PullSecretStatus, RegistryReference } from './shared.generated.ts';

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
   * The Registry whose token is in the Secret, exactly one. Defaults to the one called `default`.
   *
   * Items: A Registry.
   */
  readonly registries: readonly RegistryReference[];
  /**
   * The name of the Secret, of type kubernetes.io/dockerconfigjson. A Secret of this name that the operator did not make is never overwritten. Defaults to ecr-pull.
   */
  readonly secretName: string;
  /**
   * The namespaces that get the Secret, by their labels, those created later included. Absent or empty selects every namespace.
   */
  readonly namespaceSelector?: LabelSelector;
  /**
   * Which ServiceAccounts get the Secret in their imagePullSecrets. Defaults to the one called `default`.
   */
  readonly serviceAccounts: PullSecretServiceAccounts;
  /**
   * What becomes of the Secret when this object is deleted. Delete - it goes, and its entry in ServiceAccounts with it. Retain - both stay, and the token runs out. Defaults to Delete.
   */
  readonly deletionPolicy: PullSecretDeletionPolicy;
  /**
   * When true, nothing is done and no token is rotated until it is false again; what exists stays, and the token runs out. Absent means false.
   */
  readonly suspend?: boolean;
}
