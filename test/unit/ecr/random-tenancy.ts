import fc from 'fast-check';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { LabelSelector } from '../../../src/api/shared.generated.ts';
import type { TenancyWord } from '../../../src/ecr/tenancy.ts';
import type { Labels } from '../../../src/runtime/label-selector.ts';

/** The rules of a Registry, as they are written. */
export type Rules = NonNullable<RegistrySpec['tenancy']>['rules'];

export const WORDS: readonly TenancyWord[] = ['Pull', 'Create', 'Adopt', 'DeleteImages', 'Share', 'Public'];

/** Tenancy as docs/spec/tenancy.md says it, written without a look at the code. */
export function oracle(rules: Rules | undefined, word: TenancyWord, labels: Labels, name?: string): boolean {
  if (!rules) return word === 'Pull' || word === 'Create';
  return rules.some(({ namespaceSelector, repositoryPrefixes: prefixes, allow }) => {
    const covered =
      !prefixes || prefixes.some((one) => name && `${name}/`.startsWith(one.replace(/\/?$/, '/')));
    return allow.includes(word) && covered && selects(namespaceSelector, labels);
  });
}

/** Label selectors as Kubernetes' documentation has them. */
export function selects({ matchLabels, matchExpressions }: LabelSelector = {}, labels: Labels): boolean {
  if (Object.entries(matchLabels ?? {}).some(([key, value]) => labels[key] !== value)) return false;
  return (matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const [there, listed] = [key in labels, key in labels && values.some((value) => labels[key] === value)];
    return { Exists: there, DoesNotExist: !there, In: listed, NotIn: !listed }[operator];
  });
}

const KEYS = ['team', 'stage', 'example.org/tier'] as const;
const VALUES = ['a', 'b', ''] as const;
/** Names that begin with each other, in letters and in segments. */
const SEGMENTS = ['aa', 'aa-b', 'aab', 'aa.b', 'bb', 'aa_b'] as const;

/** Labels of a namespace. */
export const randomLabels: fc.Arbitrary<Labels> = fc.dictionary(
  fc.constantFrom(...KEYS),
  fc.constantFrom(...VALUES),
  { maxKeys: 3, noNullPrototype: true },
);

/** A name of a repository. */
export const randomName: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'));

const requirement = fc.record({
  key: fc.constantFrom(...KEYS),
  operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 2 }),
});

/** A selector that a CRD takes. */
export const randomSelector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    matchExpressions: fc.array(
      requirement.map(({ key, operator, values }) =>
        operator === 'In' || operator === 'NotIn' ? { key, operator, values } : { key, operator },
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

const prefix = fc.tuple(randomName, fc.constantFrom('', '/')).map(([name, end]) => name + end);

const rule = fc.record(
  {
    namespaceSelector: randomSelector,
    repositoryPrefixes: fc.uniqueArray(prefix, { minLength: 1, maxLength: 3 }),
    allow: fc.subarray([...WORDS], { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ['allow'] },
);

/** The rules of a Registry, or none. */
export const randomRules: fc.Arbitrary<Rules | undefined> = fc.option(
  fc.array(rule, { minLength: 1, maxLength: 5 }),
  { nil: undefined, freq: 12 },
);
