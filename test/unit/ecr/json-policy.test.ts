import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { samePolicy } from '../../../src/ecr/json-policy.ts';
import { TerminalError } from '../../../src/runtime/errors.ts';

const ACCOUNT = '210987654321';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

const BASE = {
  Sid: 'pull',
  Effect: 'Allow',
  Principal: { AWS: [ROOT, 'arn:aws:iam::123456789012:role/ci'], Service: 'codebuild.amazonaws.com' },
  Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  Condition: { StringLike: { 'aws:SourceArn': ['arn:a', 'arn:b'] } },
};

function policy(change: object = {}, rest: object = { Version: '2012-10-17' }): string {
  return JSON.stringify({ ...rest, Statement: [{ ...BASE, ...change }] });
}

function same(desired: string, live: string): boolean {
  return samePolicy(desired, live, 'spec.policy.document');
}

const OTHER = { Sid: 'other', Effect: 'Deny', Principal: '*', Action: 'ecr:*' };

describe('two policies mean the same', () => {
  test.each<[string, string, string]>([
    ['identical texts', policy(), policy()],
    ['white space', policy(), JSON.stringify(JSON.parse(policy()), null, 3)],
    ['the order of members', policy(), JSON.stringify({ Statement: [BASE], Version: '2012-10-17' })],
    [
      'the order of statements',
      JSON.stringify({ Statement: [BASE, OTHER] }),
      JSON.stringify({ Statement: [OTHER, BASE] }),
    ],
    ['the order of actions', policy(), policy({ Action: [...BASE.Action].reverse() })],
    ['the case of actions', policy(), policy({ Action: BASE.Action.map((one) => one.toUpperCase()) })],
    ['a repeated action', policy(), policy({ Action: [...BASE.Action, ...BASE.Action] })],
    ['a scalar action', policy({ Action: 'ecr:*' }), policy({ Action: ['ecr:*'] })],
    ['a single statement', policy(), JSON.stringify({ Version: '2012-10-17', Statement: BASE })],
    ['an account id', policy({ Principal: { AWS: ACCOUNT } }), policy({ Principal: { AWS: [ROOT] } })],
    [
      'the root of an account in China',
      policy({ Principal: { AWS: ACCOUNT } }),
      policy({ Principal: { AWS: `arn:aws-cn:iam::${ACCOUNT}:root` } }),
    ],
    ['everybody', policy({ Principal: '*' }), policy({ Principal: { AWS: '*' } })],
    ['everybody, in a list', policy({ Principal: '*' }), policy({ Principal: { AWS: ['*'] } })],
    [
      'the case of condition keys',
      policy(),
      policy({ Condition: { StringLike: { 'AWS:sourcearn': ['arn:b', 'arn:a'] } } }),
    ],
    [
      'a condition value that is a boolean or its text',
      policy({ Condition: { Bool: { 'aws:SecureTransport': true } } }),
      policy({ Condition: { Bool: { 'aws:SecureTransport': ['true'] } } }),
    ],
    ['an absent version', policy({}, {}), policy({}, { Version: '2008-10-17' })],
    ['a resource in a list', policy({ Resource: '*' }), policy({ Resource: ['*'] })],
  ])('but for %s', (_what, desired, live) => {
    expect([same(desired, live), same(live, desired)]).toEqual([true, true]);
  });
});

describe('two policies differ', () => {
  test.each<[string, string]>([
    ['Sid', policy({ Sid: 'push' })],
    ['Effect', policy({ Effect: 'Deny' })],
    ['Version', policy({}, { Version: '2008-10-17' })],
    ['Id', policy({}, { Version: '2012-10-17', Id: 'mine' })],
    ['an action more', policy({ Action: [...BASE.Action, 'ecr:PutImage'] })],
    ['an action less', policy({ Action: 'ecr:BatchGetImage' })],
    ['NotAction', policy({ Action: undefined, NotAction: BASE.Action })],
    ['a resource', policy({ Resource: '*' })],
    ['another account', policy({ Principal: { ...BASE.Principal, AWS: '333333333333' } })],
    ['a principal that has become an id', policy({ Principal: { ...BASE.Principal, AWS: 'AROAEXAMPLE' } })],
    ['another service', policy({ Principal: { ...BASE.Principal, Service: 'lambda.amazonaws.com' } })],
    ['everybody', policy({ Principal: '*' })],
    ['a condition value', policy({ Condition: { StringLike: { 'aws:SourceArn': ['arn:a', 'arn:c'] } } })],
    [
      'the case of a condition value',
      policy({ Condition: { StringLike: { 'aws:SourceArn': ['arn:A', 'arn:b'] } } }),
    ],
    ['a condition operator', policy({ Condition: { ArnLike: { 'aws:SourceArn': ['arn:a', 'arn:b'] } } })],
    ['no condition', policy({ Condition: undefined })],
    ['a statement more', JSON.stringify({ Version: '2012-10-17', Statement: [BASE, OTHER] })],
    ['nothing at all', '{}'],
  ])('by %s', (_what, live) => {
    expect([same(policy(), live), same(live, policy())]).toEqual([false, false]);
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['a list', '[]'],
    ['empty', ''],
  ])('when the live one is %s', (_what, live) => {
    expect(same(policy(), live)).toBe(false);
  });

  test('a declared one that cannot be read is refused with its field, also beside an unreadable live one', () => {
    expect(() => same('nonsense', 'nonsense')).toThrow(TerminalError);
    expect(() => same('nonsense', '{}')).toThrow(/^spec\.policy\.document is not JSON: /);
  });
});

const words = fc.stringMatching(/^[a-z]{1,6}$/);
const list = fc.uniqueArray(words, { minLength: 1, maxLength: 4 });
const statement = fc.record({
  Sid: words,
  Effect: fc.constantFrom('Allow', 'Deny'),
  Principal: fc.record({ AWS: list, Service: list }),
  Action: list.map((actions) => actions.map((action) => `ecr:${action}`)),
  Condition: fc.dictionary(words, fc.dictionary(words, list, { maxKeys: 3 }), { maxKeys: 2 }),
});
const document = fc.record({
  Version: fc.constantFrom('2008-10-17', '2012-10-17'),
  Statement: fc.array(statement, { minLength: 1, maxLength: 4 }),
});

/** The same meaning in another order, and scalars in place of some lists of one. */
function rewritten(value: unknown, random: () => number): unknown {
  const shuffled = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => ({ item, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  if (Array.isArray(value)) {
    const items = shuffled(value).map((item) => rewritten(item, random));
    return items.length === 1 && random() < 0.5 ? items[0] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    shuffled(Object.entries(value)).map(([key, one]) => [key, rewritten(one, random)]),
  );
}

describe('any policy', () => {
  test('means the same in another order', () => {
    fc.assert(
      fc.property(document, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (one, randoms) => {
        const other = rewritten(one, () => randoms.next().value as number);
        expect(same(JSON.stringify(one), JSON.stringify(other))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('means something else with another Sid, Effect or action in one statement', () => {
    const changes = [
      (one: { Sid: string }) => ({ ...one, Sid: `${one.Sid}X` }),
      (one: { Effect: string }) => ({ ...one, Effect: one.Effect === 'Allow' ? 'Deny' : 'Allow' }),
      (one: { Action: string[] }) => ({ ...one, Action: [...one.Action.slice(1), 'ecr:somethingelse'] }),
    ];
    fc.assert(
      fc.property(document, fc.nat(), fc.constantFrom(...changes), (one, at, change) => {
        const index = at % one.Statement.length;
        const Statement = one.Statement.map((each, position) =>
          position === index ? change(each as never) : each,
        );
        expect(same(JSON.stringify(one), JSON.stringify({ ...one, Statement }))).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
