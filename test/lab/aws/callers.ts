import { accountOf } from './aws-names.ts';
import { isOperator } from './operator-record.ts';
import type { Requester } from './policy-evaluation.ts';

/** Who signed a request. */
export interface Caller extends Requester {
  readonly userId: string;
  /** Set for temporary credentials. */
  readonly sessionEnds: Date | undefined;
  /** Whether the user, or the role behind the session, is gone; one that was made anew under the name is another. */
  isDeleted(): boolean;
  /** Those of a session that was asked for with some. */
  readonly sessionTags?: SessionTags | undefined;
  /** Whether it was the operator that sent the request, and not a test in the name of the same user or role. */
  readonly byOperator?: true;
}

export interface SessionRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly seconds: number;
  readonly policy: string | undefined;
  readonly tags?: SessionTags | undefined;
}

/** The tags of a session, and the keys of those that stay when another role is assumed from it. */
export interface SessionTags {
  readonly values: Readonly<Record<string, string>>;
  readonly transitive: readonly string[];
}

/** A user or role as it is now; sessions look here at each request, as AWS does. */
export interface Principal {
  readonly uniqueId: string;
  policies: readonly string[] | undefined;
  deleted: boolean;
}

/** A user, by an access key. */
export function userCaller(arn: string, principal: Principal): Caller {
  return {
    accountId: accountOf(arn),
    arn,
    principalArn: arn,
    userId: arn.endsWith(':root') ? accountOf(arn) : principal.uniqueId,
    get policies() {
      return principal.policies;
    },
    sessionPolicy: undefined,
    sessionEnds: undefined,
    isDeleted: () => principal.deleted,
  };
}

/** A session of a role. */
export function sessionCaller(role: Principal, request: SessionRequest, expiration: Date): Caller {
  const { roleArn, sessionName } = request;
  const accountId = accountOf(roleArn);
  const partition = roleArn.split(':')[1];
  const roleName = roleArn.split('/').at(-1) ?? '';
  return {
    accountId,
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    principalArn: roleArn,
    userId: `${role.uniqueId}:${sessionName}`,
    get policies() {
      return role.policies;
    },
    sessionPolicy: request.policy,
    sessionTags: request.tags,
    sessionEnds: expiration,
    isDeleted: () => role.deleted,
  };
}

/** Somebody who is nobody in IAM: an account's root, or whoever shows a web identity token. */
export function bareCaller(accountId: string, arn: string, userId: string): Caller {
  return {
    accountId,
    arn,
    principalArn: arn,
    userId,
    policies: undefined,
    sessionPolicy: undefined,
    sessionEnds: undefined,
    isDeleted: () => false,
  };
}

/** The same caller, where a request says that the operator sent it; what tokens come of it know that, too. */
export function markedCaller<C extends Caller>(caller: C, userAgent: string | undefined): C {
  // Not a copy: policies and deletion are looked up when they are asked for.
  return isOperator(userAgent) ? Object.create(caller, { byOperator: { value: true } }) : caller;
}
