// generated from crds/*.yaml by scripts/generate-api.ts; do not edit

/**
 * How the label is compared. In and NotIn look at values, Exists and DoesNotExist at the key alone.
 */
export type LabelSelectorRequirementOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
/**
 * Default - the ServiceAccount `default` of each namespace that gets the Secret. None - no ServiceAccount; Pods name the Secret themselves.
 */
export type PullSecretServiceAccountsMode = 'Default' | 'None';
/**
 * What becomes of the Secret when this object is deleted. Delete - it goes, and its entry in ServiceAccounts with it. Retain - both stay, and the token runs out. Defaults to Delete.
 */
export type PullSecretDeletionPolicy = 'Delete' | 'Retain';
/**
 * Whether it holds - True, False or Unknown.
 */
export type ConditionStatus = 'True' | 'False' | 'Unknown';

/**
 * A Registry.
 */
export interface RegistryReference {
  /**
   * The name of the Registry.
   */
  readonly name: string;
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
 * The life of one token.
 */
export interface PullSecretToken {
  /**
   * The name of the Registry that the token is for.
   */
  readonly registry: string;
  /**
   * When the token was issued.
   */
  readonly issuedAt: string;
  /**
   * When the token runs out.
   */
  readonly expiresAt: string;
  /**
   * When the operator will replace it, after about half of its life.
   */
  readonly nextRotation?: string;
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
  /**
   * The tokens in the Secret, one for each Registry.
   *
   * Items: The life of one token.
   */
  readonly tokens?: readonly PullSecretToken[];
}
