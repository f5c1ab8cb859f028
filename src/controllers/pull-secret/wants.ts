import type { Registry } from '../../api/registry.generated.ts';
import { PUBLIC_HOST } from '../../ecr/partition.ts';
import { covers, narrowed, type PullScope, patternsOf, scopeKey } from '../../ecr/pull-scope.ts';
import { pullTenancy } from '../../ecr/tenancy.ts';
import type { Failure } from '../../runtime/errors.ts';
import type { Lister } from '../../runtime/store.ts';
import { tenancyOf } from '../registry-access.ts';
import type { NamespaceState } from '../world.ts';
import type { Claim } from './claims.ts';

/** A token that somebody wants. Equal ids are the same token. */
export interface TokenWant {
  readonly id: string;
  /** What the login is called in a Secret and in a status: its Registry, or `public.ecr.aws`. */
  readonly login: string;
  /** The Registry whose credentials ask for it. */
  readonly registry: string;
  readonly scope: PullScope;
}

/** Why a namespace may not have what a claim declares for one login. */
export interface Refusal extends Failure {
  readonly login: string;
}

export interface Wants {
  readonly wants: readonly TokenWant[];
  readonly refusals: readonly Refusal[];
}

/** Equal for tokens of one Registry that open the same, and for no others. */
export function tokenId(registry: string, scope: PullScope): string {
  return `${registry}|${scopeKey(scope)}`;
}

/** The Registry of a token, out of its id. */
export function registryOfToken(id: string): string {
  return id.slice(0, id.indexOf('|'));
}

/** What a claim puts into the Secret of a namespace, as far as the tenancy of each Registry lets it (pure). */
export function wantsOf(registries: Lister<Registry>, { object }: Claim, namespace: NamespaceState): Wants {
  const wants: TokenWant[] = [];
  const refusals: Refusal[] = [];
  for (const { name, repositories } of object.spec.registries) {
    const found = scopeOf(registries.get(name), repositories, namespace);
    if ('reason' in found) refusals.push({ ...found, login: name });
    else wants.push({ id: tokenId(name, found), login: name, registry: name, scope: found });
  }
  const source = object.spec.public?.registryRef.name;
  if (source !== undefined) {
    const scope: PullScope = { kind: 'Public' };
    const refusal = tenancyRefusal(registries.get(source), namespace);
    if (refusal) refusals.push({ ...refusal, login: PUBLIC_HOST });
    else wants.push({ id: tokenId(source, scope), login: PUBLIC_HOST, registry: source, scope });
  }
  return { wants, refusals };
}

/**
 * What a claim that reaches no namespace yet gets ready for the first (pure): the tokens that do not hang on which one
 * that is. So it shows whether AWS grants them, and the first namespace need not wait.
 */
export function readyWants(registries: Lister<Registry>, { object }: Claim): readonly TokenWant[] {
  const wants = object.spec.registries.flatMap(({ name, repositories }): TokenWant[] => {
    const pulls = pullRules(registries.get(name));
    const isWhole = pulls.some(({ repositoryPrefixes = [] }) => repositoryPrefixes.length === 0);
    if (!isWhole) return [];
    const answer = narrowed(repositories, undefined);
    return 'scope' in answer
      ? [{ id: tokenId(name, answer.scope), login: name, registry: name, scope: answer.scope }]
      : [];
  });
  const source = object.spec.public?.registryRef.name;
  if (source === undefined || pullRules(registries.get(source)).length === 0) return wants;
  const scope: PullScope = { kind: 'Public' };
  return [...wants, { id: tokenId(source, scope), login: PUBLIC_HOST, registry: source, scope }];
}

/** Without rules, and without a Registry that could have them, everybody may pull everything. */
function pullRules(
  registry: Registry | undefined,
): readonly { readonly repositoryPrefixes?: readonly string[] }[] {
  return registry?.spec.tenancy?.rules.filter(({ allow }) => allow.includes('Pull')) ?? [{}];
}

function scopeOf(
  registry: Registry | undefined,
  repositories: readonly string[] | undefined,
  namespace: NamespaceState,
): PullScope | Failure {
  // A Registry that is not there (yet) forbids nothing: its token is missing anyway.
  const tenancy = registry ? pullTenancy(tenancyOf(registry), asked(namespace)) : { allowed: true as const };
  if (!tenancy.allowed) return { reason: 'TenancyDenied', message: tenancy.refusal };
  const answer = narrowed(repositories, tenancy.patterns);
  if ('scope' in answer) return answer.scope;
  const name = registry?.metadata.name;
  return {
    reason: 'TenancyDenied',
    message: `namespace ${namespace.name} lacks the word Pull for ${answer.outside.join(', ')}: ask whoever owns Registry ${name} for a rule in spec.tenancy.rules that allows it, or leave it out of repositories`,
  };
}

function tenancyRefusal(registry: Registry | undefined, namespace: NamespaceState): Failure | undefined {
  const tenancy = registry && pullTenancy(tenancyOf(registry), asked(namespace));
  return tenancy?.allowed === false ? { reason: 'TenancyDenied', message: tenancy.refusal } : undefined;
}

/**
 * Whether a token of that id opens more of the Registry than its tenancy gives the namespace (pure): one of before the
 * rules or the labels changed. To who may have nothing at all it is refused in other ways.
 */
export function opensMore(registry: Registry | undefined, id: string, namespace: NamespaceState): boolean {
  const tenancy = registry && pullTenancy(tenancyOf(registry), asked(namespace));
  if (!tenancy?.allowed || !tenancy.patterns) return false;
  const allowed = tenancy.patterns;
  const patterns = patternsOf(id.slice(id.indexOf('|') + 1));
  return patterns === undefined || patterns.some((pattern) => !covers(allowed, pattern));
}

function asked({ name, labels }: NamespaceState): Parameters<typeof pullTenancy>[1] {
  return { namespace: name, labels };
}
