import { describe, expect, test } from '@jest/globals';
import {
  pullTenancy,
  type TenancyQuestion,
  type TenancyWord,
  tenancyAnswer,
} from '../../../src/ecr/tenancy.ts';

type Rules = NonNullable<Parameters<typeof tenancyAnswer>[0]['rules']>;

const WORDS: readonly TenancyWord[] = ['Pull', 'Create', 'Adopt', 'DeleteImages', 'Share', 'Public'];
const LABELS = { team: 'a', stage: 'dev' };

function allowed(rules: Rules | undefined, question: Partial<TenancyQuestion>): boolean {
  const whole = { word: 'Create' as const, namespace: 'ns', labels: LABELS, ...question };
  return tenancyAnswer({ name: 'default', rules }, whole).allowed;
}

describe('without rules', () => {
  test.each([
    ['Pull', true],
    ['Create', true],
    ['Adopt', false],
    ['DeleteImages', false],
    ['Share', false],
    ['Public', false],
  ] as const)('%s is allowed: %s', (word, expected) => {
    expect(allowed(undefined, { word })).toBe(expected);
  });

  test('an empty list of rules is not the same: nothing is allowed', () => {
    expect(WORDS.map((word) => allowed([], { word }))).toEqual(WORDS.map(() => false));
  });
});

describe('with rules', () => {
  test.each<[string, boolean, Rules, Partial<TenancyQuestion>]>([
    ['a rule without selector and prefixes reaches everywhere', true, [{ allow: ['Create'] }], {}],
    ['another word is not allowed', false, [{ allow: ['Pull'] }], {}],
    ['any of several rules is enough', true, [{ allow: ['Pull'] }, { allow: ['Create'] }], {}],
    [
      'a selector has to match',
      false,
      [{ namespaceSelector: { matchLabels: { team: 'b' } }, allow: ['Create'] }],
      {},
    ],
    [
      'a selector that matches is good',
      true,
      [{ namespaceSelector: { matchLabels: { team: 'a' } }, allow: ['Create'] }],
      {},
    ],
    ['an empty selector matches', true, [{ namespaceSelector: {}, allow: ['Create'] }], {}],
    [
      'two rules do not add up to one',
      false,
      [{ namespaceSelector: { matchLabels: { team: 'b' } }, allow: ['Create'] }, { allow: ['Pull'] }],
      {},
    ],
    [
      'a prefix is a whole name',
      true,
      [{ repositoryPrefixes: ['team-a'], allow: ['Create'] }],
      { repository: 'team-a' },
    ],
    [
      'or the first segments of one',
      true,
      [{ repositoryPrefixes: ['team-a'], allow: ['Create'] }],
      { repository: 'team-a/web' },
    ],
    [
      'not a part of a segment',
      false,
      [{ repositoryPrefixes: ['team-a'], allow: ['Create'] }],
      { repository: 'team-ab' },
    ],
    [
      'nor one deeper down',
      false,
      [{ repositoryPrefixes: ['team-a'], allow: ['Create'] }],
      { repository: 'x/team-a' },
    ],
    [
      'nor more than the name',
      false,
      [{ repositoryPrefixes: ['team-a/web'], allow: ['Create'] }],
      { repository: 'team-a' },
    ],
    [
      'with a slash at the end it is the same',
      true,
      [{ repositoryPrefixes: ['team-a/'], allow: ['Create'] }],
      { repository: 'team-a/web' },
    ],
    [
      'also for the name itself',
      true,
      [{ repositoryPrefixes: ['team-a/'], allow: ['Create'] }],
      { repository: 'team-a' },
    ],
    [
      'also not for a longer segment',
      false,
      [{ repositoryPrefixes: ['team-a/'], allow: ['Create'] }],
      { repository: 'team-ab/web' },
    ],
    [
      'a slash alone holds nothing',
      false,
      [{ repositoryPrefixes: ['/'], allow: ['Create'] }],
      { repository: 'web' },
    ],
    [
      'one of several prefixes is enough',
      true,
      [{ repositoryPrefixes: ['x', 'team-a'], allow: ['Create'] }],
      { repository: 'team-a' },
    ],
    [
      'the whole registry is more than a prefix',
      false,
      [{ repositoryPrefixes: ['team-a'], allow: ['Pull'] }],
      { word: 'Pull' },
    ],
    ['the whole registry needs a rule without prefixes', true, [{ allow: ['Pull'] }], { word: 'Pull' }],
  ])('%s', (_what, expected, rules, question) => {
    expect(allowed(rules, question)).toBe(expected);
  });
});

describe('what a namespace may pull', () => {
  const B = { matchLabels: { team: 'b' } };

  test.each<[string, Rules | undefined, readonly string[] | undefined]>([
    ['is everything without rules', undefined, undefined],
    ['is everything where a rule has no prefixes', [{ allow: ['Pull'] }], undefined],
    [
      'is everything where one of several rules has no prefixes',
      [{ repositoryPrefixes: ['x'], allow: ['Pull'] }, { allow: ['Pull', 'Create'] }],
      undefined,
    ],
    [
      'is a prefix: the name, and all beneath it',
      [{ repositoryPrefixes: ['team-a'], allow: ['Pull'] }],
      ['team-a', 'team-a/*'],
    ],
    [
      'is the same with a slash at the end',
      [{ repositoryPrefixes: ['team-a/'], allow: ['Pull'] }],
      ['team-a', 'team-a/*'],
    ],
    [
      'is what all rules give together, without what one of them covers',
      [
        { repositoryPrefixes: ['team-a/web', 'base'], allow: ['Pull'] },
        { repositoryPrefixes: ['team-a'], allow: ['Pull'] },
      ],
      ['base', 'base/*', 'team-a', 'team-a/*'],
    ],
    [
      'has nothing of rules for other namespaces, or with other words',
      [
        { namespaceSelector: B, allow: ['Pull'] },
        { allow: ['Create'] },
        { repositoryPrefixes: ['x'], allow: ['Pull'] },
      ],
      ['x', 'x/*'],
    ],
  ])('%s', (_what, rules, patterns) => {
    expect(pullTenancy({ name: 'prod', rules }, { namespace: 'ns', labels: LABELS })).toEqual({
      allowed: true,
      ...(patterns ? { patterns } : {}),
    });
  });

  test.each<[string, Rules]>([
    ['no rule', []],
    ['no rule with the word', [{ allow: ['Create'] }]],
    ['no rule for the namespace', [{ namespaceSelector: B, allow: ['Pull'] }]],
  ])('is nothing with %s', (_what, rules) => {
    expect(pullTenancy({ name: 'prod', rules }, { namespace: 'ns', labels: LABELS })).toEqual({
      allowed: false,
      refusal:
        'namespace ns lacks the word Pull for any repository: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry prod that allows it',
    });
  });
});

describe('a refusal names the word, the repository, and who can help', () => {
  test.each<[Partial<TenancyQuestion>, string]>([
    [
      { word: 'Adopt', repository: 'team-a/web' },
      'namespace ns lacks the word Adopt for repository team-a/web: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry prod that allows it',
    ],
    [
      { word: 'Pull' },
      'namespace ns lacks the word Pull for every repository: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry prod that allows it',
    ],
  ])('%j', (question, refusal) => {
    const whole = { word: 'Pull' as const, namespace: 'ns', labels: {}, ...question };
    expect(tenancyAnswer({ name: 'prod', rules: [] }, whole)).toEqual({ allowed: false, refusal });
  });
});
