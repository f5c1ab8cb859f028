import { parsePolicy, type Statement, wildcardMatches } from './policy-document.ts';

/** One request, as IAM judges it. */
export interface AccessRequest {
  /** `ecr:BatchGetImage` */
  readonly action: string;
  readonly resource: string;
  /** Condition keys known for this request, such as `aws:ResourceTag/team`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Who asks, and what bounds him. */
export interface Requester {
  readonly accountId: string;
  /** The ARN of the user, or of the session (`arn:aws:sts::…:assumed-role/…`). */
  readonly arn: string;
  /** The role behind a session; the user's own ARN otherwise. */
  readonly principalArn: string;
  /** Identity policies; undefined means that the test does not care: everything is allowed. */
  readonly policies: readonly string[] | undefined;
  readonly sessionPolicy: string | undefined;
}

/**
 * Judges a request as IAM does, and returns undefined when it is allowed, else the tail of AWS's message.
 * Left out: permission boundaries, organisation policies, and condition operators other than String*, ArnLike, ArnEquals, Bool, Null.
 */
export function refusal(
  who: Requester,
  request: AccessRequest,
  resource?: { readonly accountId: string; readonly policyText: string | undefined },
): string | undefined {
  const identity = judge(who.policies?.flatMap(parsePolicy), request);
  const session = judge(
    who.sessionPolicy === undefined ? undefined : parsePolicy(who.sessionPolicy),
    request,
  );
  const granted = judgeResource(who, request, resource?.policyText);
  if (identity === 'deny') return 'with an explicit deny in an identity-based policy';
  if (session === 'deny') return 'with an explicit deny in a session policy';
  if (granted === 'deny') return 'with an explicit deny in a resource-based policy';
  const crossAccount = resource !== undefined && resource.accountId !== who.accountId;
  if (crossAccount && granted === 'none') return because('resource-based', request);
  // A grant to the session's own ARN is not bounded by an Allow-only session policy, a grant to the role is.
  if (!crossAccount && granted === 'session') return undefined;
  if (session !== 'allow') return because('session', request);
  if (!crossAccount && granted === 'principal') return undefined;
  return identity === 'allow' ? undefined : because('identity-based', request);
}

function because(kind: string, request: AccessRequest): string {
  return `because no ${kind} policy allows the ${request.action} action`;
}

/** No policy at all (undefined) allows: the layer is not in use. */
function judge(
  statements: readonly Statement[] | undefined,
  request: AccessRequest,
): 'allow' | 'deny' | 'none' {
  if (statements === undefined) return 'allow';
  const applying = statements.filter((one) => appliesTo(one, request));
  if (applying.some((one) => one.effect === 'Deny')) return 'deny';
  return applying.length > 0 ? 'allow' : 'none';
}

/** By whom a resource policy's grant reaches the requester: the narrowest naming wins. */
function judgeResource(
  who: Requester,
  request: AccessRequest,
  policyText: string | undefined,
): 'session' | 'principal' | 'account' | 'deny' | 'none' {
  if (policyText === undefined) return 'none';
  const found = new Set<'session' | 'principal' | 'account' | 'deny'>();
  for (const statement of parsePolicy(policyText)) {
    // A repository policy has no Resource: it speaks of its own repository.
    const naming = namingOf(statement, who);
    if (naming === 'none' || !appliesTo({ ...statement, resources: ['*'], notResources: [] }, request))
      continue;
    found.add(statement.effect === 'Deny' ? 'deny' : naming);
  }
  return (['deny', 'session', 'principal', 'account'] as const).find((one) => found.has(one)) ?? 'none';
}

function namingOf(statement: Statement, who: Requester): 'session' | 'principal' | 'account' | 'none' {
  const names = statement.principals;
  // A user's own ARN counts as 'session': nothing bounds a user but his own policies.
  if (names.includes(who.arn)) return 'session';
  if (names.includes(who.principalArn) || names.includes('*')) return 'principal';
  const isAccount = (name: string): boolean =>
    name === who.accountId || name.endsWith(`::${who.accountId}:root`);
  return names.some(isAccount) ? 'account' : 'none';
}

function appliesTo(statement: Statement, request: AccessRequest): boolean {
  const action = (pattern: string): boolean => wildcardMatches(pattern, request.action, 'i');
  const resource = (pattern: string): boolean => wildcardMatches(pattern, request.resource);
  const actionFits =
    statement.actions.length > 0 ? statement.actions.some(action) : !statement.notActions.some(action);
  const resourceFits =
    statement.resources.length > 0
      ? statement.resources.some(resource)
      : !statement.notResources.some(resource);
  return actionFits && resourceFits && conditionHolds(statement, request);
}

function conditionHolds(statement: Statement, request: AccessRequest): boolean {
  return Object.entries(statement.condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      operatorHolds(operator, wanted, contextValue(request, key)),
    ),
  );
}

function contextValue(request: AccessRequest, key: string): string | undefined {
  const found = Object.entries(request.context ?? {}).find(
    ([name]) => name.toLowerCase() === key.toLowerCase(),
  );
  return found?.[1];
}

function operatorHolds(operator: string, wanted: readonly string[], value: string | undefined): boolean {
  const bare = operator.replace(/^ForA(ll|ny)Values?:/, '').replace(/IfExists$/, '');
  if (bare === 'Null') return wanted.includes(String(value === undefined));
  if (value === undefined) return operator.endsWith('IfExists') || /Not/.test(bare);
  if (/^(StringEquals|ArnEquals|Bool)$/.test(bare)) return wanted.includes(value);
  if (bare === 'StringNotEquals') return !wanted.includes(value);
  if (/^(StringLike|ArnLike)$/.test(bare)) return wanted.some((one) => wildcardMatches(one, value));
  if (bare === 'StringNotLike') return !wanted.some((one) => wildcardMatches(one, value));
  throw new Error(
    `the simulator does not know the condition operator ${operator}: teach it in policy-evaluation.ts`,
  );
}
