import { expect, test } from '@jest/globals';
import { createDeliveryResults } from '../../../../src/controllers/pull-secret/delivery-results.ts';

test('a result is news when it says something else than the last one', () => {
  const results = createDeliveryResults();
  const failure = { reason: 'X', message: 'x' };
  expect([
    results.set('n/a', undefined),
    results.set('n/a', failure),
    results.set('n/a', { ...failure, occurrence: '2' }),
    results.set('n/a', { ...failure, message: 'y' }),
    results.set('n/a', { reason: 'Y', message: 'y' }),
    results.set('n/b', failure),
    results.set('n/a', undefined),
    results.set('n/a', undefined),
  ]).toEqual([false, true, false, true, true, true, true, false]);
  expect([results.get('n/a'), results.get('n/b')]).toEqual([undefined, failure]);
});
