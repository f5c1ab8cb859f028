import { randomBytes } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { type Caller, type Principal, type SessionRequest, sessionCaller, userCaller } from './callers.ts';
import type { SecretLedger } from './secret-ledger.ts';
import type { SimulatorClock } from './simulator-clock.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface UserSettings {
  /** `arn:aws:iam::123456789012:user/NAME` */
  readonly arn: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Identity policies as JSON text; absent = everything is allowed. */
  readonly policies?: readonly string[];
}

export interface RoleSettings {
  /** `arn:aws:iam::123456789012:role/NAME` */
  readonly arn: string;
  /** Who may assume it: ARNs of users, roles, sessions and accounts' roots, account ids, or `*`. */
  readonly trusts?: readonly string[];
  /** A web identity token that opens this role (IRSA); the simulator compares it as text. */
  readonly webIdentityToken?: string;
  /** When that token expires; never unless told. */
  readonly webIdentityExpiresAt?: Date;
  readonly externalId?: string;
  /** 3,600 unless told, as in IAM. */
  readonly maxSessionSeconds?: number;
  /** What its sessions may do, those that are under way too; absent = everything. */
  readonly policies?: readonly string[];
}

/** Temporary credentials, as AssumeRole returns them. */
export interface SessionCredentials extends AccessKey {
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** The simulator's IAM: users, roles and sessions. */
export interface Identity {
  addUser(user: UserSettings): AccessKey;
  /** A role that is there already is changed, and keeps its sessions. */
  addRole(role: RoleSettings): void;
  role(arn: string): RoleSettings | undefined;
  roles(): readonly RoleSettings[];
  /** Gives out temporary credentials without asking who wants them. */
  issueSession(request: SessionRequest): SessionCredentials & { readonly caller: Caller };
  /** The secret and owner of an access key; undefined for a key that nobody has. */
  keyHolder(accessKeyId: string): KeyHolder | undefined;
  /**
   * Deletes a user or role; its keys and sessions are refused from then on (IAM User Guide: "Deleting a role … will
   * break any applications that are running", and permissions of temporary credentials are evaluated at each request).
   * The words are those for unknown credentials; which ones AWS has for this case was not found out. Returns the unique
   * id (AIDA…, AROA…) that policies show in its place.
   */
  deletePrincipal(arn: string): string;
  /** From now on, all users and roles of this account are those that were added. */
  addAccount(accountId: string): void;
  /** False for principals that were deleted and not added again, and in an added account for those never added. */
  mayExist(arn: string): boolean;
}

export interface KeyHolder {
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly caller: Caller;
}

/** Nobody, until tests add somebody. */
export function createIdentity(clock: SimulatorClock, secrets: SecretLedger): Identity {
  const holders = new Map<string, KeyHolder>();
  const roles = new Map<string, RoleSettings>();
  const principals = new Map<string, Principal>();
  const deleted = new Set<string>();
  const accounts = new Set<string>();
  function put(arn: string, prefix: string, policies: readonly string[] | undefined): Principal {
    const principal = principals.get(arn) ?? { uniqueId: uniqueId(prefix), policies, deleted: false };
    principal.policies = policies;
    principals.set(arn, principal);
    deleted.delete(arn);
    return principal;
  }
  function roleBehind({ roleArn }: SessionRequest): Principal {
    const role = roles.has(roleArn) ? principals.get(roleArn) : undefined;
    if (role === undefined) throw new AwsError('NoSuchEntity', `no role ${roleArn}: addRole first`, 404);
    return role;
  }
  return {
    addUser(user) {
      const accessKeyId = user.accessKeyId ?? uniqueId('AKIA');
      const secretAccessKey = user.secretAccessKey ?? secretKey();
      const caller = userCaller(user.arn, put(user.arn, 'AIDA', user.policies));
      holders.set(accessKeyId, { secretAccessKey, sessionToken: undefined, caller });
      // A secret that a test made up may be any word, and is no leak where it turns up.
      if (user.secretAccessKey === undefined) secrets.add(secretAccessKey);
      return { accessKeyId, secretAccessKey };
    },
    addRole(role) {
      put(role.arn, 'AROA', role.policies);
      roles.set(role.arn, role);
    },
    role: (arn) => roles.get(arn),
    roles: () => [...roles.values()],
    issueSession(request) {
      const expiration = new Date(clock.now().getTime() + request.seconds * 1000);
      const caller = sessionCaller(roleBehind(request), request, expiration);
      const accessKeyId = uniqueId('ASIA');
      const secretAccessKey = secretKey();
      const sessionToken = randomBytes(384).toString('base64');
      holders.set(accessKeyId, { secretAccessKey, sessionToken, caller });
      secrets.add(secretAccessKey);
      secrets.add(sessionToken);
      return { accessKeyId, secretAccessKey, sessionToken, expiration, caller };
    },
    keyHolder: (accessKeyId) => holders.get(accessKeyId),
    deletePrincipal(arn) {
      const principal = principals.get(arn);
      if (principal !== undefined) principal.deleted = true;
      principals.delete(arn);
      roles.delete(arn);
      deleted.add(arn);
      for (const [key, holder] of holders) if (holder.caller.principalArn === arn) holders.delete(key);
      return principal?.uniqueId ?? uniqueId(arn.includes(':role/') ? 'AROA' : 'AIDA');
    },
    addAccount: (accountId) => void accounts.add(accountId),
    mayExist(arn) {
      const account = /^arn:[^:]+:iam::([0-9]{12}):(?:user|role)\//.exec(arn)?.[1];
      if (account !== undefined && accounts.has(account)) return principals.has(arn);
      return !deleted.has(arn);
    },
  };
}

function secretKey(): string {
  return randomBytes(30).toString('base64');
}

/** The form of IAM's unique ids: a prefix that tells the kind, then capitals and digits. */
function uniqueId(prefix: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join('');
}
