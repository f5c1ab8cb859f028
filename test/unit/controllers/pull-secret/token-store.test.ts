import { expect, test } from '@jest/globals';
import { createTokenStore } from '../../../../src/controllers/pull-secret/token-store.ts';
import { token } from './pull-objects.ts';

test('the store keeps what is known of each token apart, until it is forgotten', () => {
  const store = createTokenStore();
  store.set('a', { token: token() });
  store.set('b', { failure: { reason: 'X', message: 'y' } });
  store.forget('b');
  expect([store.get('a'), store.get('b'), store.get('c')]).toEqual([{ token: token() }, {}, {}]);
});
