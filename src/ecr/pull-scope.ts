import { type AccountRegion, PUBLIC_HOST, repositoryArn } from './partition.ts';

/**
 * What a pull token opens: all of a private registry, some repositories of it, or ECR Public. A pattern is the name of
 * a repository, `team-a/web`, or all beneath a prefix, `team-a/*`.
 */
export type PullScope =
  | { readonly kind: 'Registry' }
  | { readonly kind: 'Repositories'; readonly patterns: readonly string[] }
  | { readonly kind: 'Public' };

/** Whether the repositories of `pattern` are among those of `patterns` (one of them alone has to hold them). */
export function covers(patterns: readonly string[], pattern: string): boolean {
  return patterns.some(
    (one) => one === pattern || (one.endsWith('/*') && pattern.startsWith(one.slice(0, -1))),
  );
}

/** Sorted, each once, without those that another one covers. */
export function normalPatterns(patterns: readonly string[]): readonly string[] {
  const normal: string[] = [];
  for (const pattern of [...new Set(patterns)].sort()) {
    // `*` comes before all that names are made of: what is covered stands right behind what covers it.
    if (!covers(normal.slice(-1), pattern)) normal.push(pattern);
  }
  return normal;
}

/**
 * Equal for scopes of one registry that are equal, and for no others: nothing for all of it, `public.ecr.aws` for ECR
 * Public, else the normal patterns with commas. It has no `|`.
 */
export function scopeKey(scope: PullScope): string {
  if (scope.kind === 'Registry') return '';
  if (scope.kind === 'Public') return PUBLIC_HOST;
  const key = normalPatterns(scope.patterns).join(',');
  // A private repository may be called that, too.
  return key === PUBLIC_HOST ? `${key},` : key;
}

/** The patterns in a {@link scopeKey}; undefined for all of a registry, none for ECR Public. */
export function patternsOf(key: string): readonly string[] | undefined {
  if (key === '') return undefined;
  return key === PUBLIC_HOST ? [] : key.split(',').filter((pattern) => pattern !== '');
}

/** What came of a wish for some repositories: a scope, or those of the wish that are not allowed. */
export type Narrowed = { readonly scope: PullScope } | { readonly outside: readonly string[] };

/**
 * The scope of whoever asks for `asked` and may have `allowed`, both as patterns; undefined is every repository. More
 * than is allowed is not cut down in silence: `outside` names it.
 */
export function narrowed(
  asked: readonly string[] | undefined,
  allowed: readonly string[] | undefined,
): Narrowed {
  const patterns = asked ?? allowed;
  if (!patterns) return { scope: { kind: 'Registry' } };
  const outside = allowed ? normalPatterns(patterns.filter((pattern) => !covers(allowed, pattern))) : [];
  if (outside.length > 0) return { outside };
  return { scope: { kind: 'Repositories', patterns: normalPatterns(patterns) } };
}

const TOKEN = 'ecr:GetAuthorizationToken';

/**
 * What a token is for. The last three make the first pull through a cache work: the import, the repository for it, and
 * the tags that a creation template gives that one. Source: ECR User Guide, "IAM permissions required to sync an
 * upstream registry". The role has to have them too, and a registry's own protocol makes nothing else with them.
 */
const PULL = [
  TOKEN,
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchGetImage',
  'ecr:BatchImportUpstreamImage',
  'ecr:CreateRepository',
  'ecr:TagResource',
] as const;

const PUBLIC = ['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'] as const;

/**
 * The session policy that narrows a role's session to pulling what `scope` says, as short JSON (STS takes 2,048
 * characters). Allow alone would not: a repository policy that names the session's own ARN is not bounded by it, but
 * by a Deny it is. Source: IAM User Guide, policy evaluation logic. The ARNs, which take the room, stand there once.
 */
export function sessionPolicy(registry: AccountRegion, scope: PullScope): string {
  if (scope.kind === 'Public') return policyText([allow(PUBLIC), denyOthers(PUBLIC)]);
  const patterns = scope.kind === 'Registry' ? ['*'] : normalPatterns(scope.patterns);
  const arns = patterns.map((pattern) => repositoryArn(registry, pattern));
  const elsewhere = { Effect: 'Deny', NotAction: TOKEN, NotResource: arns.length === 1 ? arns[0] : arns };
  // What may be done is what the last statement leaves: the list takes the room of four ARNs, and stands there once.
  return policyText([allow('ecr:*'), elsewhere, denyOthers(PULL)]);
}

function policyText(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function allow(actions: string | readonly string[]): object {
  return { Effect: 'Allow', Action: actions, Resource: '*' };
}

function denyOthers(actions: readonly string[]): object {
  return { Effect: 'Deny', NotAction: actions, Resource: '*' };
}
