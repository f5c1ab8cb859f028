import { expect, test } from '@jest/globals';
import { type Labels, matchesSelector, type Selector } from '../../../src/runtime/label-selector.ts';

const LABELS: Labels = { app: 'web', tier: 'front', empty: '' };

const expression = (
  key: string,
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  ...values: string[]
): Selector => ({
  matchExpressions: [operator.endsWith('In') ? { key, operator, values } : { key, operator }],
});

test.each<[string, Selector | undefined, boolean]>([
  ['no selector matches everything', undefined, true],
  ['an empty selector matches everything', {}, true],
  ['empty parts match everything', { matchLabels: {}, matchExpressions: [] }, true],
  ['an equal label matches', { matchLabels: { app: 'web' } }, true],
  ['another value does not', { matchLabels: { app: 'db' } }, false],
  ['all labels have to match', { matchLabels: { app: 'web', tier: 'back' } }, false],
  ['an absent label is not an empty one', { matchLabels: { absent: '' } }, false],
  ['an empty label matches an empty value', { matchLabels: { empty: '' } }, true],
  ['In finds the value', expression('app', 'In', 'db', 'web'), true],
  ['In does not find it', expression('app', 'In', 'db'), false],
  ['In never holds without the label', expression('absent', 'In', ''), false],
  ['In without values never holds', { matchExpressions: [{ key: 'app', operator: 'In' }] }, false],
  ['NotIn holds for another value', expression('app', 'NotIn', 'db'), true],
  ['NotIn does not hold for the value', expression('app', 'NotIn', 'web'), false],
  ['NotIn holds without the label', expression('absent', 'NotIn', 'web'), true],
  ['Exists holds with the label', expression('app', 'Exists'), true],
  ['Exists holds with an empty label', expression('empty', 'Exists'), true],
  ['Exists does not hold without it', expression('absent', 'Exists'), false],
  ['DoesNotExist holds without it', expression('absent', 'DoesNotExist'), true],
  ['DoesNotExist does not hold with it', expression('app', 'DoesNotExist'), false],
  [
    'labels and expressions both have to hold',
    { matchLabels: { app: 'web' }, ...expression('tier', 'In', 'back') },
    false,
  ],
  ['what every JavaScript object has is no label', expression('constructor', 'Exists'), false],
  ['nor is its prototype', expression('__proto__', 'Exists'), false],
  ['such a key may still be asked for', expression('toString', 'DoesNotExist'), true],
  ['nor does NotIn see it', expression('constructor', 'NotIn', 'x'), true],
])('%s', (_sentence, selector, matches) => {
  expect(matchesSelector(selector, LABELS)).toBe(matches);
});

test('a label may be called as something that every JavaScript object has', () => {
  const labels = JSON.parse('{ "constructor": "a", "__proto__": "b" }') as Labels;
  expect(matchesSelector(expression('constructor', 'In', 'a'), labels)).toBe(true);
  expect(matchesSelector(expression('__proto__', 'In', 'b'), labels)).toBe(true);
  expect(matchesSelector({ matchLabels: JSON.parse('{ "__proto__": "c" }') }, labels)).toBe(false);
});
