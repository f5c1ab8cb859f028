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
  readonly sessionTags?: { readonly values: Readonly<Record<string, string>> } | undefined;
}

/**
 * Judges a request as IAM does ("Policy evaluation logic" in the IAM User Guide, with its pages on cross-account
 * requests and on the Principal element), and returns undefined when it is allowed, else the tail of AWS's message.
 * Left out: permission boundaries, organisation policies, and condition operators other than String*, Arn*, Bool, Null.
 */
export function refusal(
  who: Requester,
  asked: AccessRequest,
  resource?: { readonly accountId: string; readonly policyText: string | undefined },
): string | undefined {
  const request = { ...asked, context: { ...asked.context, ...principalContext(who) } };
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
  // Within the account, a grant to the session itself or to everybody is not bounded by an Allow-only session policy, a
  // grant to the role is. Across accounts the requester's own account has to allow the request as well, all of it.
  if (!crossAccount && granted === 'direct') return undefined;
  if (session !== 'allow') return because('session', request);
  if (!crossAccount && granted === 'role') return undefined;
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

/** `direct` is to the one who asks, or to everybody; `account` leaves it to the account's own policies. */
type Naming = 'direct' | 'role' | 'account' | 'none';

/** By whom a resource policy's grant reaches the requester: the narrowest naming wins. */
function judgeResource(
  who: Requester,
  request: AccessRequest,
  policyText: string | undefined,
): Naming | 'deny' {
  if (policyText === undefined) return 'none';
  const found = new Set<Naming | 'deny'>();
  for (const statement of parsePolicy(policyText)) {
    // A repository policy has no Resource: it speaks of its own repository.
    const naming = namingOf(statement, who);
    if (naming === 'none' || !appliesTo({ ...statement, resources: ['*'], notResources: [] }, request))
      continue;
    found.add(statement.effect === 'Deny' ? 'deny' : naming);
  }
  return (['deny', 'direct', 'role', 'account'] as const).find((one) => found.has(one)) ?? 'none';
}

function namingOf(statement: Statement, who: Requester): Naming {
  if (statement.notPrincipals.length === 0) return namedIn(statement.principals, who);
  // To be spared by NotPrincipal, a session has to be named, and its role too, and the account (IAM User Guide): the
  // simulator is content with one of them.
  return namedIn(statement.notPrincipals, who) === 'none' ? 'direct' : 'none';
}

function namedIn(names: readonly string[], who: Requester): Naming {
  if (names.includes(who.arn) || names.includes('*')) return 'direct';
  if (names.includes(who.principalArn)) return 'role';
  const isAccount = (name: string): boolean =>
    name === who.accountId || name.endsWith(`::${who.accountId}:root`);
  return names.some(isAccount) ? 'account' : 'none';
}

/** For a session, `aws:PrincipalArn` is its role. */
function principalContext(who: Requester): Record<string, string> {
  const tags = Object.entries(who.sessionTags?.values ?? {});
  return {
    'aws:PrincipalArn': who.principalArn,
    'aws:PrincipalAccount': who.accountId,
    ...Object.fromEntries(tags.map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
  };
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
  // Of no values at all, ForAllValues is true and ForAnyValue is false.
  if (value === undefined) return /^(ForAllValues:.*|(?!ForAnyValue:).*(IfExists|Not).*)$/.test(operator);
  const like = (): boolean => wanted.some((one) => wildcardMatches(one, value));
  if (/^(StringEquals|Bool)$/.test(bare)) return wanted.includes(value);
  if (bare === 'StringNotEquals') return !wanted.includes(value);
  // ArnEquals and ArnLike are one and the same.
  if (/^(StringLike|ArnLike|ArnEquals)$/.test(bare)) return like();
  if (/^(StringNotLike|ArnNotLike|ArnNotEquals)$/.test(bare)) return !like();
  throw new Error(
    `the simulator does not know the condition operator ${operator}: teach it in policy-evaluation.ts`,
  );
}
