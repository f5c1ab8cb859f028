import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { elementTexts, memberTexts, withoutSpace } from '../../../src/ecr/json-text.ts';

describe('the text of JSON', () => {
  test.each<[string, string, string[]]>([
    ['an empty list', '[ ]', []],
    ['one element', '[1]', ['1']],
    ['white space around, not within', '[ {"a" : 1} ,\n [2, 3] ]', ['{"a" : 1}', '[2, 3]']],
    ['numbers as they are written', '[1.0, 12345678901234567890]', ['1.0', '12345678901234567890']],
    ['signs within strings', '["a,]}", "\\"[{,", "\\\\"]', ['"a,]}"', '"\\"[{,"', '"\\\\"']],
  ])('is cut into the elements of a list: %s', (_what, text, elements) => {
    expect(elementTexts(text)).toEqual(elements);
  });

  test('is cut into the members of an object', () => {
    expect(memberTexts('{ "a:b" : {"c": ":"},\n"\\u0041":[ 1 ] }')).toEqual([
      ['a:b', '{"c": ":"}'],
      ['A', '[ 1 ]'],
    ]);
  });

  test('loses the white space between its signs, not that in strings', () => {
    expect(withoutSpace('{\n  "a b" : [ "c  \\" d", 1 ]\n}')).toBe('{"a b":["c  \\" d",1]}');
  });

  test('any values come out as they went in, however they are indented', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.nat(4),
        (list, object, indent) => {
          const text = JSON.stringify(list, null, indent);
          expect(elementTexts(text).map((one) => JSON.parse(one))).toEqual(JSON.parse(text));
          const members = memberTexts(JSON.stringify(object, null, indent));
          const plain = JSON.stringify(object);
          expect(members.map(([key, value]) => [key, JSON.parse(value)])).toEqual(
            Object.entries(JSON.parse(plain)),
          );
          expect(withoutSpace(JSON.stringify(object, null, indent))).toBe(plain);
        },
      ),
      { numRuns: 300 },
    );
  });
});
