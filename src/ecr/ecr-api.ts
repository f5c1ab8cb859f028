import type { RepositoryEncryptionType, RepositoryTagMutability } from '../api/repository.generated.ts';
import type { Keys } from './credentials.ts';

export type Tags = Readonly<Record<string, string>>;

/** A private repository as DescribeRepositories shows it. */
export interface LiveRepository {
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
  readonly mode: RepositoryTagMutability;
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
  createRepository(repository: NewRepository): Promise<LiveRepository>;
  /** With images in it, only `force` deletes it. True also when it was gone already. */
  deleteRepository(name: string, force: boolean): Promise<void>;
  putImageTagMutability(name: string, mutability: TagMutability): Promise<void>;
  putImageScanningConfiguration(name: string, scanOnPush: boolean): Promise<void>;
  getLifecyclePolicy(name: string): Promise<string | undefined>;
  putLifecyclePolicy(name: string, document: string): Promise<void>;
  getRepositoryPolicy(name: string): Promise<string | undefined>;
  setRepositoryPolicy(name: string, document: string): Promise<void>;
  listTags(arn: string): Promise<Tags>;
  tag(arn: string, tags: Tags): Promise<void>;
  untag(arn: string, keys: readonly string[]): Promise<void>;
  /** Of every status, archived ones included. One call for each 1,000 images. */
  countImages(name: string): Promise<number>;
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

/** What a session of a role is asked for with; `policy` narrows what it may do. Its length is STS's default. */
export interface SessionRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly policy: string;
}

/** The STS calls that this operator makes; one API call each, failures are thrown classified (see aws-errors.ts). */
export interface StsApi {
  getCallerIdentity(): Promise<Identity>;
  assumeRole(request: SessionRequest & { readonly externalId?: string }): Promise<SessionKeys>;
  /** Needs no credentials but the token, which is a secret: no error shows it. */
  assumeRoleWithWebIdentity(request: SessionRequest & { readonly token: string }): Promise<SessionKeys>;
}
