/** A registry that images are copied to. */
export interface Destination {
  readonly region: string;
  readonly registryId: string;
}

export interface ReplicationRule {
  readonly destinations: readonly Destination[];
  readonly repositoryFilters?:
    | readonly { readonly filter: string; readonly filterType: string }[]
    | undefined;
}

export interface SigningRule {
  readonly signingProfileArn: string;
  readonly repositoryFilters?:
    | readonly { readonly filter: string; readonly filterType: string }[]
    | undefined;
}

/** One replication backfill; what becomes of it follows from the clock. */
export interface Backfill {
  readonly sequence: number;
  readonly id: string;
  readonly destination: Destination;
  readonly startedAt: Date;
  readonly preparedAt: Date;
  readonly endsAt: Date;
  /** What is to be copied: each tag of each image. */
  readonly images: readonly BackfillImage[];
  readonly failureCode?: string | undefined;
  stoppedAt?: Date;
  /** The images have arrived. */
  isDone?: boolean;
}

export interface BackfillImage {
  readonly repositoryName: string;
  readonly imageDigest: string;
  readonly imageTag?: string | undefined;
  /** Why it cannot be copied. */
  readonly failureCode?: string | undefined;
}

/** What backfills that are started from now on are like. */
export interface BackfillPlan {
  preparingMs: number;
  copyingMs: number;
  /** Repositories whose images cannot be copied, with the code. */
  readonly failing: Map<string, string>;
  /** That the backfill as a whole fails with. */
  failureCode?: string;
}

/** What a registry has once. Mutable on purpose: operations and tests ("somebody else changed it") write to it. */
export interface RegistryWide {
  replication: readonly ReplicationRule[];
  policyText?: string | undefined;
  /** By ECR's own names. */
  readonly accountSettings: Map<string, string>;
  signing?: readonly SigningRule[] | undefined;
  /** Principals whose pulls do not count, in order. */
  readonly exclusions: Map<string, { readonly sequence: number; readonly createdAt: Date }>;
  readonly backfills: Backfill[];
  readonly backfillPlan: BackfillPlan;
}

/**
 * A registry as an account of some years has it: nothing set, and the account settings as they were before AWS changed
 * them. Which values new accounts have is not established.
 */
export function blankRegistryWide(): RegistryWide {
  return {
    replication: [],
    accountSettings: new Map([
      ['BASIC_SCAN_TYPE_VERSION', 'CLAIR'],
      ['REGISTRY_POLICY_SCOPE', 'V1'],
      ['BLOB_MOUNTING', 'DISABLED'],
    ]),
    exclusions: new Map(),
    backfills: [],
    backfillPlan: { preparingMs: 60_000, copyingMs: 240_000, failing: new Map() },
  };
}
