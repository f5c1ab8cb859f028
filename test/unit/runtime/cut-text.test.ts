import { expect, test } from '@jest/globals';
import { cutText } from '../../../src/runtime/cut-text.ts';

test.each([
  ['short stays', 'abc', 'abc'],
  ['that just fits stays', 'abcd', 'abcd'],
  ['too long is cut', 'abcde', 'abcd'],
  ['ending in a whole character of two code units keeps it', 'ab😀c', 'ab😀'],
  ['cut within a character has no half of it', 'abc😀', 'abc\uFFFD'],
  ['that has a half of its own has none', '\uD83Dab', '\uFFFDab'],
])('a text %s', (_what, text, cut) => {
  expect(cutText(text, 4)).toBe(cut);
});
