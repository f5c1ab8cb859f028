import { describe, expect, test } from '@jest/globals';
import { canonical, canonicalSet, listOf, parseDocument, sameSet } from '../../../src/ecr/json-document.ts';
import { TerminalError } from '../../../src/runtime/errors.ts';

function refusal(text: string): unknown {
  try {
    return parseDocument(text, 'spec.policy.document');
  } catch (error) {
    return error instanceof TerminalError ? [error.reason, error.message] : error;
  }
}

describe('a document', () => {
  test('is a JSON object', () => {
    expect(parseDocument(' {"a":[1,null,"x"]} ', 'spec.policy.document')).toEqual({ a: [1, null, 'x'] });
  });

  test.each([
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"{}"'],
    ['a number', '7'],
  ])('that is %s is refused, and the field is named', (_what, text) => {
    expect(refusal(text)).toEqual([
      'InvalidDocument',
      'spec.policy.document must be one JSON object, in braces',
    ]);
  });

  test('that is not JSON is refused with the field and the place', () => {
    expect(refusal('{"a":}')).toEqual([
      'InvalidDocument',
      `spec.policy.document is not JSON: Unexpected token '}', "{"a":}" is not valid JSON`,
    ]);
  });
});

describe('canonical JSON', () => {
  test('has one text for one value, whatever the order of its members', () => {
    expect(canonical({ b: [2, 1], a: { d: null, c: 'x' } })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}');
  });

  test('of a set has no order and no repetition', () => {
    expect(canonicalSet(['b', { y: 1, x: 2 }, 'a', 'b'])).toEqual(['"a"', '"b"', '{"x":2,"y":1}']);
  });

  test.each<[boolean, readonly string[] | undefined, readonly string[] | undefined]>([
    [true, ['a', 'b', 'a'], ['b', 'a']],
    [true, undefined, []],
    [false, ['a'], ['a', 'b']],
    [false, ['a'], undefined],
  ])('says %s of whether the sets %j and %j are the same', (same, a, b) => {
    expect(sameSet(a, b)).toBe(same);
  });

  test('a scalar is a list of one, and nothing an empty list', () => {
    expect([listOf('x'), listOf(['x']), listOf(null), listOf(undefined), listOf(0)]).toEqual([
      ['x'],
      ['x'],
      [],
      [],
      [0],
    ]);
  });
});
