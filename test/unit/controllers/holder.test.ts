import { expect, test } from '@jest/globals';
import { type Contender, holderAmong } from '../../../src/controllers/holder.ts';

const one = (key: string, holds: boolean, creationTimestamp?: string): Contender => ({
  key,
  holds,
  creationTimestamp,
});

test.each<[string, readonly Contender[], string | undefined]>([
  ['nobody among none', [], undefined],
  ['the only one', [one('a', false)], 'a'],
  [
    'the recorded holder, however young',
    [one('a', false, '2026-01-01T00:00:00Z'), one('b', true, '2026-06-01T00:00:00Z')],
    'b',
  ],
  [
    'the older where nobody holds it',
    [one('a', false, '2026-06-01T00:00:00Z'), one('b', false, '2026-01-01T00:00:00Z')],
    'b',
  ],
  [
    'the older of two who say that they hold it',
    [one('a', true, '2026-06-01T00:00:00Z'), one('b', true, '2026-01-01T00:00:00Z')],
    'b',
  ],
  [
    'the first by name of the same age',
    [one('b', false, '2026-01-01T00:00:00Z'), one('a', false, '2026-01-01T00:00:00Z')],
    'a',
  ],
  ['one with a time before one without', [one('a', false), one('b', false, '2026-01-01T00:00:00Z')], 'b'],
])('the thing belongs to %s', (_, contenders, key) => {
  expect(holderAmong(contenders)?.key).toBe(key);
  expect(holderAmong([...contenders].reverse())?.key).toBe(key);
});
