import type { RegistrySpec } from '../api/registry.generated.ts';
import { type Labels, matchesSelector } from '../runtime/label-selector.ts';
import { normalPatterns } from './pull-scope.ts';

type Rule = NonNullable<NonNullable<RegistrySpec['tenancy']>['rules']>[number];

/** What a tenancy rule may allow; the words of `Registry.spec.tenancy.rules[].allow`. */
export type TenancyWord = Rule['allow'][number];

/** Without rules every namespace may do this, and nothing else. */
const WITHOUT_RULES: readonly TenancyWord[] = ['Pull', 'Create'];

export interface TenancyQuestion {
  readonly word: TenancyWord;
  readonly namespace: string;
  readonly labels: Labels;
  /** The ECR repository in question; absent asks for every repository of the registry. */
  readonly repository?: string;
  /** What would help instead of a rule, for the end of a refusal. */
  readonly instead?: string | undefined;
}

/** `refusal` is a sentence for a condition: it names the missing word and who can add it. */
export type TenancyAnswer =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly refusal: string };

/** Whether a Registry lets a namespace do something (pure). What no rule allows is refused. */
export function tenancyAnswer(
  registry: { readonly name: string; readonly rules: readonly Rule[] | undefined },
  question: TenancyQuestion,
): TenancyAnswer {
  const { word, namespace, labels, repository, instead } = question;
  const allowed = registry.rules
    ? registry.rules.some(
        (rule) =>
          rule.allow.includes(word) &&
          matchesSelector(rule.namespaceSelector, labels) &&
          covers(rule, repository),
      )
    : WITHOUT_RULES.includes(word);
  if (allowed) return { allowed };
  const what = repository === undefined ? 'every repository' : `repository ${repository}`;
  return { allowed, refusal: refusalOf({ registry: registry.name, namespace, word, what, instead }) };
}

/** `patterns` (see pull-scope.ts) are the repositories that a pull token may open; absent means every one. */
export type PullTenancy =
  | { readonly allowed: true; readonly patterns?: readonly string[] }
  | { readonly allowed: false; readonly refusal: string };

/** What a Registry lets a namespace pull (pure): all that its matching rules give together. */
export function pullTenancy(
  registry: { readonly name: string; readonly rules: readonly Rule[] | undefined },
  { namespace, labels }: Pick<TenancyQuestion, 'namespace' | 'labels'>,
): PullTenancy {
  if (!registry.rules) return { allowed: true };
  const matching = registry.rules.filter(
    (rule) => rule.allow.includes('Pull') && matchesSelector(rule.namespaceSelector, labels),
  );
  if (matching.length === 0) {
    const what = 'any repository';
    return { allowed: false, refusal: refusalOf({ registry: registry.name, namespace, word: 'Pull', what }) };
  }
  if (matching.some((rule) => covers(rule, undefined))) return { allowed: true };
  const prefixes = matching.flatMap(({ repositoryPrefixes = [] }) => repositoryPrefixes.map(bare));
  return { allowed: true, patterns: normalPatterns(prefixes.flatMap((prefix) => [prefix, `${prefix}/*`])) };
}

interface Refused {
  readonly registry: string;
  readonly namespace: string;
  readonly word: TenancyWord;
  readonly what: string;
  readonly instead?: string | undefined;
}

function refusalOf({ registry, namespace, word, what, instead }: Refused): string {
  const asked = `namespace ${namespace} lacks the word ${word} for ${what}: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry ${registry} that allows it`;
  return instead === undefined ? asked : `${asked}, or ${instead}`;
}

function covers({ repositoryPrefixes }: Rule, repository: string | undefined): boolean {
  if (!repositoryPrefixes || repositoryPrefixes.length === 0) return true;
  return repository !== undefined && repositoryPrefixes.some((prefix) => underPrefix(repository, prefix));
}

/** Whole path segments: `team-a` holds `team-a` and `team-a/web`, not `team-ab`. */
export function underPrefix(repository: string, prefix: string): boolean {
  return repository === bare(prefix) || repository.startsWith(`${bare(prefix)}/`);
}

/** A prefix without the slashes that it may end with. */
export function bare(prefix: string): string {
  return prefix.replace(/\/+$/, '');
}
