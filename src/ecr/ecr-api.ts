import type { RepositoryEncryptionType, TagMutabilityMode } from '../api/shared.generated.ts';
import type { Keys } from './credentials.ts';

export type Tags = Readonly<Record<string, string>>;

/** A private repository as DescribeRepositories shows it. */
export interface LiveRepository {
  readonly name: string;
  readonly arn: string;
  readonly uri: string;
  readonly registryId: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly tagMutability: TagMutability;
  readonly scanOnPush: boolean;
  readonly encryption: Encryption;
}

export interface TagMutability {
  readonly mode: TagMutabilityMode;
  /** Wildcard patterns; empty without exclusions. */
  readonly filters: readonly string[];
}

export interface Encryption {
  readonly type: RepositoryEncryptionType;
  /** Going in: ARN, key id or alias. Coming out: ARN. */
  readonly kmsKey?: string;
}

export interface NewRepository {
  readonly name: string;
  readonly tags: Tags;
  readonly tagMutability?: TagMutability;
  readonly scanOnPush?: boolean;
  readonly encryption?: Encryption;
}

/** The lifecycle policy of a repository. */
export interface LiveLifecycle {
  readonly document: string;
  /** When ECR last applied it; RFC 3339, absent where it never did. */
  readonly lastEvaluatedAt?: string;
}

/** What a lifecycle policy would do, as far as ECR has found out. */
export interface LifecyclePreview {
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'EXPIRED' | 'FAILED';
  /** The policy that it is about. */
  readonly document: string;
  /** Of all that would go, and of all that would be archived. */
  readonly expiring: number;
  readonly transitioning: number;
  /** The images of this page that would go or be archived. */
  readonly images: readonly PreviewedImage[];
  /** Where there are more of them. */
  readonly nextToken?: string;
}

export interface PreviewedImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly action: 'expire' | 'transition';
}

/** One image as DescribeImages shows it. Times are RFC 3339. */
export interface LiveImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly sizeBytes: number;
  readonly pushedAt: string;
  readonly lastPulledAt?: string;
  /** ACTIVE, ARCHIVED or ACTIVATING. */
  readonly status?: string;
  /** Often absent with AWS native basic scanning: see {@link EcrApi.describeScan}. */
  readonly scan?: ImageScan;
}

/** How it stands with the scan of one image, enhanced or basic. */
export interface ImageScan {
  /** As ECR says: COMPLETE, ACTIVE, IN_PROGRESS, FAILED, UNSUPPORTED_IMAGE and others. */
  readonly status: string;
  /** RFC 3339. */
  readonly completedAt?: string;
  /** How many findings of each severity; absent while it is not known. */
  readonly findings?: Readonly<Record<string, number>>;
}

/** The scanning that is in effect, by the registry's rules and the repository's own setting together. */
export interface EffectiveScanning {
  /** SCAN_ON_PUSH, CONTINUOUS_SCAN or MANUAL. */
  readonly frequency: string;
  readonly scanOnPush: boolean;
  readonly filters: readonly string[];
}

/** A registry token. `password` is a secret: it goes into pull Secrets and nowhere else. Times in ms. */
export interface AuthorizationToken {
  readonly password: string;
  readonly expiresAt: number;
}

/**
 * The ECR calls that this operator makes, in one account and region. What is not there is undefined; every other
 * failure is thrown classified (see aws-errors.ts). Each method is one API call unless it says otherwise.
 */
export interface EcrApi {
  describeRepository(name: string): Promise<LiveRepository | undefined>;
  /** All of the registry, in pages of up to 1,000: one call each. */
  listRepositories(): AsyncIterable<readonly LiveRepository[]>;
  createRepository(repository: NewRepository): Promise<LiveRepository>;
  /** With images in it, only `force` deletes it. True also when it was gone already. */
  deleteRepository(name: string, force: boolean): Promise<void>;
  putImageTagMutability(name: string, mutability: TagMutability): Promise<void>;
  putImageScanningConfiguration(name: string, scanOnPush: boolean): Promise<void>;
  getLifecyclePolicy(name: string): Promise<LiveLifecycle | undefined>;
  putLifecyclePolicy(name: string, document: string): Promise<void>;
  /** Done also when there was none. */
  deleteLifecyclePolicy(name: string): Promise<void>;
  /** Asks for a preview of this policy, which takes a while; one at a time for each repository. */
  startLifecyclePreview(name: string, document: string): Promise<void>;
  /**
   * The preview asked for last, with the first 100 images that would go; `nextToken` asks for the next ones. Another that
   * somebody starts between two pages takes its place.
   */
  getLifecyclePreview(name: string, nextToken?: string): Promise<LifecyclePreview | undefined>;
  getRepositoryPolicy(name: string): Promise<string | undefined>;
  /** ECR refuses a policy that keeps its caller from changing it again, unless `force`. */
  setRepositoryPolicy(name: string, document: string, force: boolean): Promise<void>;
  /** Done also when there was none. */
  deleteRepositoryPolicy(name: string): Promise<void>;
  listTags(arn: string): Promise<Tags>;
  tag(arn: string, tags: Tags): Promise<void>;
  untag(arn: string, keys: readonly string[]): Promise<void>;
  /** Of every status, archived ones included. One call for each 1,000 images. */
  countImages(name: string): Promise<number>;
  /** All images of every status, in no order, in pages of up to 1,000: one call each. */
  describeImages(name: string): AsyncIterable<readonly LiveImage[]>;
  /** What the scan of one image found, without the findings themselves; undefined where there was no scan. */
  describeScan(name: string, digest: string): Promise<ImageScan | undefined>;
  /** By name, for up to 25 names; those for which ECR tells nothing are left out. */
  scanningOf(names: readonly string[]): Promise<ReadonlyMap<string, EffectiveScanning>>;
  getAuthorizationToken(): Promise<AuthorizationToken>;
}

/** Who AWS takes us for. */
export interface Identity {
  readonly accountId: string;
  readonly arn: string;
}

/** The keys of a role's session, and when they end. */
export interface SessionKeys extends Keys {
  readonly sessionToken: string;
  readonly expiration: Date;
}

/**
 * What a session of a role is asked for with; `policy` narrows what it may do. It lasts as long as STS lets it without a
 * word, an hour, which is the most that a session may last that comes out of another.
 */
export interface SessionRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly policy?: string;
}

/** What AssumeRole takes besides. */
export interface RoleRequest extends SessionRequest {
  readonly externalId?: string;
  readonly tags?: Tags;
  /** Keys of `tags` that stay when another role is assumed from the session. */
  readonly transitiveTagKeys?: readonly string[];
}

/** The STS calls that this operator makes; one API call each, failures are thrown classified (see aws-errors.ts). */
export interface StsApi {
  getCallerIdentity(): Promise<Identity>;
  assumeRole(request: RoleRequest): Promise<SessionKeys>;
  /** Needs no credentials but the token, which is a secret: no error shows it. */
  assumeRoleWithWebIdentity(request: SessionRequest & { readonly token: string }): Promise<SessionKeys>;
}
