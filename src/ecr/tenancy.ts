import type { RegistrySpec } from '../api/registry.generated.ts';
import { type Labels, matchesSelector } from '../runtime/label-selector.ts';

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
  const { word, namespace, labels, repository } = question;
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
  const where = `spec.tenancy.rules of Registry ${registry.name}`;
  return {
    allowed,
    refusal: `namespace ${namespace} lacks the word ${word} for ${what}: ask whoever owns the Registry for a rule in ${where} that allows it`,
  };
}

function covers({ repositoryPrefixes }: Rule, repository: string | undefined): boolean {
  if (!repositoryPrefixes || repositoryPrefixes.length === 0) return true;
  return repository !== undefined && repositoryPrefixes.some((prefix) => underPrefix(repository, prefix));
}

/** Whole path segments: `team-a` holds `team-a` and `team-a/web`, not `team-ab`. */
function underPrefix(repository: string, prefix: string): boolean {
  const bare = prefix.replace(/\/+$/, '');
  return repository === bare || repository.startsWith(`${bare}/`);
}
