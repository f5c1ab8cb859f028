import type {
  RegistryAccountSettings,
  RegistryScanningRuleScanFrequency,
  RegistryScanningScanType,
} from '../api/registry.generated.ts';

/** A registry that images are copied to. */
export interface ReplicationDestination {
  readonly region: string;
  readonly accountId: string;
}

export interface ReplicationRule {
  readonly destinations: readonly ReplicationDestination[];
  /** How names begin (PREFIX_MATCH); empty is every repository. */
  readonly filters: readonly string[];
}

export interface RegistryScanning {
  readonly scanType: RegistryScanningScanType;
  readonly rules: readonly RegistryScanningRule[];
}

export interface RegistryScanningRule {
  readonly scanFrequency: RegistryScanningRuleScanFrequency;
  /** Names with wildcards. */
  readonly filters: readonly string[];
}

export interface SigningRule {
  readonly signingProfileArn: string;
  /** Names with wildcards; empty is every repository. */
  readonly filters: readonly string[];
}

/** As the fields of a Registry name them; ECR's own names stop at the adapter. */
export type AccountSettingName = keyof RegistryAccountSettings;

/** A replication of images that were there before the rule. Times are RFC 3339. */
export interface ReplicationBackfill {
  readonly id: string;
  readonly destination: ReplicationDestination;
  readonly status: 'PREPARING' | 'IN_PROGRESS' | 'COMPLETE' | 'FAILED' | 'STOPPING' | 'STOPPED';
  readonly failureCode?: string;
  /** Absent until the images are known. Each tag of each image counts. */
  readonly progress?: BackfillProgress;
  readonly startedAt?: string;
  readonly endedAt?: string;
}

export interface BackfillProgress {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
}

/** An image that could not be copied. */
export interface BackfillFailure {
  readonly repository: string;
  /** A tag, else the digest. */
  readonly image: string;
  readonly code: string;
}

/**
 * The calls about registry-wide settings that this operator makes, in one account and region; see `EcrApi`. What may be
 * absent is undefined; deleting what is not there, and adding what is, succeeds.
 */
export interface RegistrySettingsApi {
  replication(): Promise<readonly ReplicationRule[]>;
  /** The whole of it; no rules switch it off. */
  putReplication(rules: readonly ReplicationRule[]): Promise<void>;
  scanning(): Promise<RegistryScanning>;
  putScanning(scanning: RegistryScanning): Promise<void>;
  policy(): Promise<string | undefined>;
  putPolicy(document: string): Promise<void>;
  deletePolicy(): Promise<void>;
  /** Undefined where AWS gives no value. */
  accountSetting(name: AccountSettingName): Promise<string | undefined>;
  putAccountSetting(name: AccountSettingName, value: string): Promise<void>;
  signing(): Promise<readonly SigningRule[]>;
  putSigning(rules: readonly SigningRule[]): Promise<void>;
  deleteSigning(): Promise<void>;
  /** The ARNs of roles and users whose pulls do not count. */
  exclusions(): Promise<readonly string[]>;
  registerExclusion(principalArn: string): Promise<void>;
  deregisterExclusion(principalArn: string): Promise<void>;
  startBackfill(destination: ReplicationDestination): Promise<ReplicationBackfill>;
  /** One that has ended counts as stopped. */
  stopBackfill(id: string): Promise<void>;
  /** Those that have not ended. */
  runningBackfills(): Promise<readonly ReplicationBackfill[]>;
  /** Undefined where ECR does not know it any more. */
  backfill(id: string): Promise<ReplicationBackfill | undefined>;
  /** The first images that could not be copied; none until the backfill has ended. */
  backfillFailures(id: string, most: number): Promise<readonly BackfillFailure[]>;
}
