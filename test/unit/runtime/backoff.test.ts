import { describe, expect, test } from '@jest/globals';
import { type Backoff, backoffDelay, spread } from '../../../src/runtime/backoff.ts';

const BACKOFF: Backoff = { first: 100, cap: 5_000, jitter: 0.2 };
const middle = (): number => 0.5;

describe('backoffDelay', () => {
  test.each([
    ['the first failure waits for the first delay', 1, 100],
    ['each further failure doubles it', 2, 200],
    ['and doubles it again', 6, 3_200],
    ['until the cap', 7, 5_000],
    ['which a very long row of failures does not pass', 1e9, 5_000],
    ['no failure waits as the first one does', 0, 100],
  ])('%s', (_sentence, failures, delay) => {
    expect(backoffDelay(BACKOFF, failures, middle)).toBe(delay);
  });
});

describe('spread', () => {
  test.each([
    ['the least random number takes half of the jitter away', 0, 0.2, 900],
    ['the middle changes nothing', 0.5, 0.2, 1_000],
    ['the greatest adds almost half of it', 0.999_999, 0.2, 1_100],
    ['a jitter of two reaches down to nothing', 0, 2, 0],
    ['a jitter of two reaches up to twice the delay', 0.999_999_9, 2, 2_000],
    ['without jitter nothing is random', 0, 0, 1_000],
  ])('%s', (_sentence, random, jitter, delay) => {
    expect(spread(1_000, jitter, () => random)).toBe(delay);
  });
});
