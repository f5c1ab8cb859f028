import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LifecycleRule } from '../../../src/api/shared.generated.ts';
import { sameLifecycle } from '../../../src/ecr/lifecycle.ts';
import { lifecycleDocument } from '../../../src/ecr/lifecycle-rules.ts';
import { TerminalError } from '../../../src/runtime/errors.ts';

const LAST: LifecycleRule = {
  priority: 9,
  tagStatus: 'any',
  countType: 'imageCountMoreThan',
  countNumber: 10,
  action: 'expire',
};

function ruleOf(rule: Partial<LifecycleRule>): unknown {
  return (JSON.parse(lifecycleDocument([{ ...LAST, ...rule }])) as { rules: unknown[] }).rules[0];
}

const SELECTION = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10 };
const EXPIRE = { type: 'expire' };

describe('a rule in the words of ECR', () => {
  test.each<[string, Partial<LifecycleRule>, object]>([
    ['has nothing that was not said', {}, { rulePriority: 9, selection: SELECTION, action: EXPIRE }],
    [
      'has its description',
      { description: 'keep "ten"' },
      { rulePriority: 9, description: 'keep "ten"', selection: SELECTION, action: EXPIRE },
    ],
    [
      'has prefixes of tags',
      { tagStatus: 'tagged', tagPrefixes: ['v', 'pr-'] },
      {
        rulePriority: 9,
        selection: { ...SELECTION, tagStatus: 'tagged', tagPrefixList: ['v', 'pr-'] },
        action: EXPIRE,
      },
    ],
    [
      'has patterns of tags',
      { tagStatus: 'tagged', tagPatterns: ['*-dev'] },
      {
        rulePriority: 9,
        selection: { ...SELECTION, tagStatus: 'tagged', tagPatternList: ['*-dev'] },
        action: EXPIRE,
      },
    ],
    [
      'has no lists that are empty',
      { tagStatus: 'untagged', tagPatterns: [], tagPrefixes: [] },
      { rulePriority: 9, selection: { ...SELECTION, tagStatus: 'untagged' }, action: EXPIRE },
    ],
    [
      'counts days since a push',
      { countType: 'sinceImagePushed' },
      {
        rulePriority: 9,
        selection: { ...SELECTION, countType: 'sinceImagePushed', countUnit: 'days' },
        action: EXPIRE,
      },
    ],
    [
      "says where images go to, and nothing of the storage class that is ECR's default",
      { countType: 'sinceImagePulled', storageClass: 'standard', action: 'transition' },
      {
        rulePriority: 9,
        selection: { ...SELECTION, countType: 'sinceImagePulled', countUnit: 'days' },
        action: { type: 'transition', targetStorageClass: 'archive' },
      },
    ],
    [
      'takes archived images',
      { countType: 'sinceImageTransitioned', storageClass: 'archive', countNumber: 90 },
      {
        rulePriority: 9,
        selection: {
          tagStatus: 'any',
          storageClass: 'archive',
          countType: 'sinceImageTransitioned',
          countUnit: 'days',
          countNumber: 90,
        },
        action: EXPIRE,
      },
    ],
  ])('%s', (_what, rule, expected) => {
    expect(ruleOf(rule)).toStrictEqual(expected);
  });
});

describe('the document of rules', () => {
  test('has them by priority, whatever their order, and no white space', () => {
    const first: LifecycleRule = { ...LAST, priority: 1, tagStatus: 'untagged' };
    expect(lifecycleDocument([LAST, first])).toBe(
      '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":10},"action":{"type":"expire"}},' +
        '{"rulePriority":9,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":10},"action":{"type":"expire"}}]}',
    );
  });

  test('leaves the list that it was given as it was', () => {
    const rules = [LAST, { ...LAST, priority: 1 }];
    lifecycleDocument(rules);
    expect(rules.map(({ priority }) => priority)).toEqual([9, 1]);
  });

  test('of the least rule is long enough for ECR', () => {
    expect(lifecycleDocument([{ ...LAST, priority: 1, countNumber: 1 }]).length).toBeGreaterThanOrEqual(100);
  });

  test('of no rules is too short for ECR, and refused with its field', () => {
    expect(refusal([])).toEqual([
      'InvalidDocument',
      'spec.lifecycle.rules are 12 characters of JSON, and ECR takes no less than 100: write a rule',
    ]);
  });

  test('may have 30,720 characters, and one more is refused with its field and what to do', () => {
    const rules = longRules(30_720);
    expect(lifecycleDocument(rules)).toHaveLength(30_720);
    const [first, ...rest] = rules;
    const longer = [{ ...LAST, ...first, description: `${first?.description}x` }, ...rest];
    expect(refusal(longer)).toEqual([
      'InvalidDocument',
      'spec.lifecycle.rules are 30721 characters of JSON, 1 more than ECR takes: shorten descriptions and lists, or merge rules',
    ]);
  });
});

function refusal(rules: readonly LifecycleRule[]): unknown {
  try {
    return lifecycleDocument(rules);
  } catch (error) {
    return error instanceof TerminalError ? [error.reason, error.message] : error;
  }
}

/** Rules whose document has exactly this many characters. */
function longRules(length: number): LifecycleRule[] {
  const tags = Array.from({ length: 50 }, (_, index) => `${index}`.padStart(100, 'x'));
  const rules: LifecycleRule[] = [1, 2, 3, 4, 5].map((priority) => ({
    ...LAST,
    priority,
    tagStatus: 'tagged',
    tagPrefixes: tags,
  }));
  const described = [{ ...LAST, ...rules[0], description: 'x' }, ...rules.slice(1)];
  const missing = length - lifecycleDocument(described).length;
  return [{ ...LAST, ...described[0], description: 'x'.repeat(missing + 1) }, ...described.slice(1)];
}

const rule = fc.record({
  description: fc.option(fc.string({ minLength: 1, maxLength: 20 }), { nil: undefined }),
  tagStatus: fc.constantFrom('tagged', 'untagged', 'any'),
  tagPrefixes: fc.option(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 3 }), {
    nil: undefined,
  }),
  storageClass: fc.constantFrom(undefined, 'standard', 'archive'),
  countType: fc.constantFrom('imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled'),
  countNumber: fc.integer({ min: 1, max: 999 }),
  action: fc.constantFrom('expire', 'transition'),
});
const anyRules = fc
  .array(rule, { minLength: 1, maxLength: 8 })
  .map((rules) => rules.map((one, index) => ({ ...one, priority: 1 + index * 3 }) as LifecycleRule));

test('any rules give one document whatever their order, without a null, and another count gives another meaning', () => {
  fc.assert(
    fc.property(anyRules, fc.nat(), (rules, at) => {
      const document = lifecycleDocument(rules);
      expect(lifecycleDocument([...rules].reverse())).toBe(document);
      expect(document).not.toMatch(/[:,[]null/);
      const changed = rules.map((one, index) =>
        index === at % rules.length ? { ...one, countNumber: 1_000 } : one,
      );
      expect(sameLifecycle(lifecycleDocument(changed), document, 'spec.lifecycle.rules')).toBe(false);
    }),
    { numRuns: 300 },
  );
});
