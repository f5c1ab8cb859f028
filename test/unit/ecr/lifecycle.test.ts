import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sameLifecycle } from '../../../src/ecr/lifecycle.ts';

function same(desired: unknown, live: unknown): boolean {
  return sameLifecycle(JSON.stringify(desired), JSON.stringify(live), 'spec.lifecycle.document');
}

const SELECTION = {
  tagStatus: 'tagged',
  tagPatternList: ['dev-*', 'pr-*'],
  countType: 'imageCountMoreThan',
  countNumber: 30,
};
const RULE = { rulePriority: 1, description: 'keep 30', selection: SELECTION, action: { type: 'expire' } };
const LAST = {
  rulePriority: 2,
  selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 7 },
  action: { type: 'expire' },
};

function selecting(change: object): object {
  return { rules: [{ ...RULE, selection: { ...SELECTION, ...change } }] };
}

describe('two lifecycle policies mean the same', () => {
  test.each<[string, unknown, unknown]>([
    ['identical ones', { rules: [RULE, LAST] }, { rules: [RULE, LAST] }],
    ['the order of rules', { rules: [LAST, RULE] }, { rules: [RULE, LAST] }],
    ['the order of tags', selecting({}), selecting({ tagPatternList: ['pr-*', 'dev-*'] })],
    ['empty lists', selecting({}), selecting({ tagPrefixList: [] })],
    ['a number in quotes', selecting({}), selecting({ countNumber: '30' })],
    ['the default storage class', selecting({}), selecting({ storageClass: 'standard' })],
    [
      'the order of members',
      { rules: [RULE] },
      { rules: [Object.fromEntries(Object.entries(RULE).reverse())] },
    ],
  ])('but for %s', (_what, desired, live) => {
    expect([same(desired, live), same(live, desired)]).toEqual([true, true]);
  });
});

describe('two lifecycle policies differ', () => {
  test.each<[string, unknown]>([
    ['a count', selecting({ countNumber: 31 })],
    ['a pattern', selecting({ tagPatternList: ['dev-*'] })],
    ['a prefix list', selecting({ tagPatternList: [], tagPrefixList: ['dev-*', 'pr-*'] })],
    ['a storage class', selecting({ storageClass: 'archive' })],
    ['a status', selecting({ tagStatus: 'any' })],
    ['a priority', { rules: [{ ...RULE, rulePriority: 3 }] }],
    ['a description', { rules: [{ ...RULE, description: 'keep thirty' }] }],
    ['an action', { rules: [{ ...RULE, action: { type: 'transition', targetStorageClass: 'archive' } }] }],
    ['a rule more', { rules: [RULE, LAST] }],
    ['no rules', { rules: [] }],
  ])('by %s', (_what, live) => {
    expect([same(selecting({}), live), same(live, selecting({}))]).toEqual([false, false]);
  });

  test('when the live one cannot be read', () => {
    expect(sameLifecycle('{"rules":[]}', 'nonsense', 'spec.lifecycle.document')).toBe(false);
  });

  test('a declared one that cannot be read is refused with its field', () => {
    expect(() => sameLifecycle('[]', '{}', 'spec.lifecycle.document')).toThrow(
      'spec.lifecycle.document must be one JSON object, in braces',
    );
  });
});

const rule = fc.record({
  rulePriority: fc.integer({ min: 1, max: 999 }),
  selection: fc.record({
    tagStatus: fc.constantFrom('tagged', 'any'),
    tagPrefixList: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 4 }),
    countNumber: fc.integer({ min: 1, max: 99 }),
  }),
  action: fc.constant({ type: 'expire' }),
});

test('any lifecycle policy means the same with its rules and tags in another order, and something else with another count', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), fc.nat(), (rules, at) => {
      const turned = [...rules].reverse().map((one) => ({
        ...one,
        selection: { ...one.selection, tagPrefixList: [...one.selection.tagPrefixList].reverse() },
      }));
      const changed = rules.map((one, index) =>
        index === at % rules.length ? { ...one, selection: { ...one.selection, countNumber: 100 } } : one,
      );
      expect([same({ rules }, { rules: turned }), same({ rules }, { rules: changed })]).toEqual([
        true,
        false,
      ]);
    }),
    { numRuns: 200 },
  );
});
