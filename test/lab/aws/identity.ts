import { randomBytes } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { accountOf, partitionOf } from './aws-names.ts';
import type { Requester } from './policy-evaluation.ts';
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
  /** Who may assume it: ARNs of users and roles, account ids, or `*`. */
  readonly trusts?: readonly string[];
  /** A web identity token that opens this role (IRSA); the simulator compares it as text. */
  readonly webIdentityToken?: string;
  readonly externalId?: string;
  /** 3,600 unless told, as in IAM. */
  readonly maxSessionSeconds?: number;
  readonly policies?: readonly string[];
}

/** Temporary credentials, as AssumeRole returns them. */
export interface SessionCredentials extends AccessKey {
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Who signed a request. */
export interface Caller extends Requester {
  readonly userId: string;
  /** Set for temporary credentials. */
  readonly sessionEnds: Date | undefined;
}

export interface SessionRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly seconds: number;
  readonly policy: string | undefined;
}

/** The simulator's IAM: users, roles and sessions. */
export interface Identity {
  addUser(user: UserSettings): AccessKey;
  addRole(role: RoleSettings): void;
  role(arn: string): RoleSettings | undefined;
  /** Gives out temporary credentials without asking who wants them. */
  issueSession(request: SessionRequest): SessionCredentials & { readonly caller: Caller };
  /** The secret and owner of an access key; undefined for a key that nobody has. */
  keyHolder(accessKeyId: string): KeyHolder | undefined;
  /** Deletes a user or role. Returns the unique id (AIDA…, AROA…) that policies show in its place from now on. */
  deletePrincipal(arn: string): string;
  /** True for principals that were deleted and not added again. */
  isDeleted(arn: string): boolean;
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
  const deleted = new Set<string>();
  return {
    addUser(user) {
      const accessKeyId = user.accessKeyId ?? uniqueId('AKIA');
      const secretAccessKey = user.secretAccessKey ?? secretKey();
      deleted.delete(user.arn);
      holders.set(accessKeyId, { secretAccessKey, sessionToken: undefined, caller: userCaller(user) });
      // A secret that a test made up may be any word, and is no leak where it turns up.
      if (user.secretAccessKey === undefined) secrets.add(secretAccessKey);
      return { accessKeyId, secretAccessKey };
    },
    addRole(role) {
      deleted.delete(role.arn);
      roles.set(role.arn, role);
    },
    role: (arn) => roles.get(arn),
    issueSession(request) {
      const expiration = new Date(clock.now().getTime() + request.seconds * 1000);
      const caller = sessionCaller(roles.get(request.roleArn), request, expiration);
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
      deleted.add(arn);
      roles.delete(arn);
      for (const [key, holder] of holders) if (holder.caller.principalArn === arn) holders.delete(key);
      return uniqueId(arn.includes(':role/') ? 'AROA' : 'AIDA');
    },
    isDeleted: (arn) => deleted.has(arn),
  };
}

function userCaller(user: UserSettings): Caller {
  return {
    accountId: accountOf(user.arn),
    arn: user.arn,
    principalArn: user.arn,
    userId: user.arn.endsWith(':root') ? accountOf(user.arn) : uniqueId('AIDA'),
    policies: user.policies,
    sessionPolicy: undefined,
    sessionEnds: undefined,
  };
}

function sessionCaller(role: RoleSettings | undefined, request: SessionRequest, expiration: Date): Caller {
  if (role === undefined)
    throw new AwsError('NoSuchEntity', `no role ${request.roleArn}: addRole first`, 404);
  const accountId = accountOf(role.arn);
  const partition = role.arn.split(':')[1] ?? partitionOf('');
  const roleName = role.arn.split('/').at(-1) ?? '';
  return {
    accountId,
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${request.sessionName}`,
    principalArn: role.arn,
    userId: `${uniqueId('AROA')}:${request.sessionName}`,
    policies: role.policies,
    sessionPolicy: request.policy,
    sessionEnds: expiration,
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
