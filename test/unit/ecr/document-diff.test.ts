import { describe, expect, test } from '@jest/globals';
import { lifecycleChanges, policyChanges } from '../../../src/ecr/document-diff.ts';

const policy = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const lifecycle = (...rules: readonly object[]) => JSON.stringify({ rules });
const a = { Sid: 'A', Action: 'ecr:A' };
const b = { Sid: 'B', Action: 'ecr:B' };
const nameless = { Action: 'ecr:C' };
const rule = (rulePriority: number, countNumber = 1) => ({ rulePriority, selection: { countNumber } });

describe('of two repository policies', () => {
  test.each<[string, string | undefined, string | undefined, string]>([
    [
      'one that is new, in the order of names',
      undefined,
      policy(b, a),
      'statement A added; statement B added',
    ],
    ['one that goes', policy(b, a), undefined, 'statement B removed; statement A removed'],
    ['what comes and goes', policy(a), policy(b), 'statement A removed; statement B added'],
    [
      'what is otherwise, in full',
      policy(a, b),
      policy({ ...a, Action: 'ecr:*' }, b),
      'statement A from {"Action":"ecr:A","Sid":"A"} to {"Action":"ecr:*","Sid":"A"}',
    ],
    [
      'all of these, what was there first',
      policy(b, a),
      policy({ ...a, Action: 'x' }, { Sid: 'D' }, { Sid: 'C' }),
      'statement B removed; statement A from {"Action":"ecr:A","Sid":"A"} to {"Action":"x","Sid":"A"}; statement C added; statement D added',
    ],
    ['statements without a name, by their place', policy(a), policy(a, nameless), 'statement number 2 added'],
    [
      'two without a name, each by its own',
      policy(nameless, { Action: 'ecr:D' }),
      undefined,
      'statement number 1 removed; statement number 2 removed',
    ],
    ['a statement that stands alone', JSON.stringify({ Statement: a }), policy(a, b), 'statement B added'],
    [
      'a statement that is none',
      policy(a),
      '{"Statement":["x"]}',
      'statement A removed; statement number 1 added',
    ],
    ['no statements at all', '{}', policy(a), 'statement A added'],
    ['nothing but the order of members', policy(a), policy({ Action: 'ecr:A', Sid: 'A' }), 'its form alone'],
    ['nothing but the order of statements', policy(a, b), policy(b, a), 'its form alone'],
    ['nothing but the version', policy(a), JSON.stringify({ Statement: [a] }), 'its form alone'],
  ])('%s is told', (_what, from, to, words) => {
    expect(policyChanges(from, to)).toBe(words);
  });

  test('that have a name twice each statement is told', () => {
    const other = { ...a, Action: 'ecr:Z' };
    expect(policyChanges(policy(a, other), policy(a))).toBe('statement A (2) removed');
    expect(policyChanges(policy(a, a), policy(a))).toBe('statement A (2) removed');
    expect(policyChanges(policy(a), policy(a, other))).toBe('statement A (2) added');
    expect(policyChanges(policy(a, a, a), undefined)).toBe(
      'statement A removed; statement A (2) removed; statement A (3) removed',
    );
  });
});

describe('of two lifecycle policies', () => {
  test.each<[string, string | undefined, string | undefined, string]>([
    [
      'new rules, by their numbers',
      undefined,
      lifecycle(rule(10), rule(9), rule(100)),
      'rule 9 added; rule 10 added; rule 100 added',
    ],
    [
      'a rule that is otherwise',
      lifecycle(rule(1), rule(2)),
      lifecycle(rule(1, 5), rule(2)),
      'rule 1 from {"rulePriority":1,"selection":{"countNumber":1}} to {"rulePriority":1,"selection":{"countNumber":5}}',
    ],
    ['a rule of another priority', lifecycle(rule(1)), lifecycle(rule(2)), 'rule 1 removed; rule 2 added'],
    ['all rules that go', lifecycle(rule(2), rule(1)), undefined, 'rule 2 removed; rule 1 removed'],
    ['a rule without a priority', '{"rules":[{}]}', undefined, 'rule number 1 removed'],
    ['only another order', lifecycle(rule(2), rule(1)), lifecycle(rule(1), rule(2)), 'its form alone'],
  ])('%s is told', (_what, from, to, words) => {
    expect(lifecycleChanges(from, to)).toBe(words);
  });

  test('statements are nothing that they have', () => {
    expect(lifecycleChanges(policy(a), lifecycle(rule(1)))).toBe('rule 1 added');
    expect(policyChanges(lifecycle(rule(1)), policy(a))).toBe('statement A added');
  });
});

test.each<[string, string | undefined, string | undefined]>([
  ['is no JSON', '{', policy(a)],
  ['is a list', '[]', policy(a)],
  ['is null', 'null', undefined],
  ['is no JSON any more', policy(a), 'x'],
])('a document that %s is said to be that, and nothing of it is shown', (_what, from, to) => {
  expect(policyChanges(from, to)).toBe('from a document that cannot be read');
  expect(lifecycleChanges(from, to)).toBe('from a document that cannot be read');
});

test('long statements are cut after 200 characters', () => {
  const long = (letter: string, count: number) => ({ Sid: letter.repeat(count) });
  // {"Sid":"..."} has ten characters of its own.
  const [whole, cut] = [
    { ...long('A', 1), x: 'y'.repeat(182) },
    { ...long('A', 1), x: 'y'.repeat(183) },
  ];
  expect(JSON.stringify(whole)).toHaveLength(200);
  const [before, after] = policyChanges(policy(whole), policy(cut))
    .replace('statement A from ', '')
    .split(' to ');
  expect(before).toBe(JSON.stringify(whole));
  expect(after).toBe(`${JSON.stringify(cut).slice(0, 200)}…`);
});

test('no half of a character is left where they are cut', () => {
  // {"Sid":"A","x":" has sixteen characters.
  const of = (x: string) => ({ Sid: 'A', x });
  const words = policyChanges(policy(of(`${'y'.repeat(183)}😀`)), policy(of('z')));
  expect(words.isWellFormed()).toBe(true);
  expect(words).toContain(`${'y'.repeat(183)}\uFFFD…`);
});

test('what is left to do does not read as done', () => {
  const other = { ...a, Action: 'ecr:Z' };
  expect(policyChanges(policy(a, b), policy(other, { Sid: 'C' }), 'to do')).toBe(
    'statement A from {"Action":"ecr:A","Sid":"A"} to {"Action":"ecr:Z","Sid":"A"}; statement B to remove; statement C to add',
  );
  expect(lifecycleChanges(lifecycle(rule(1)), lifecycle(rule(2)), 'to do')).toBe(
    'rule 1 to remove; rule 2 to add',
  );
});
