import { expect, test } from '@jest/globals';
import { keyOf, splitKey } from '../../../src/runtime/key.ts';

test.each([
  ['a namespaced object', { namespace: 'team', name: 'app' }, 'team/app'],
  ['a cluster-scoped object', { name: 'default' }, 'default'],
  ['an empty namespace, as some bodies write it,', { namespace: '', name: 'default' }, 'default'],
])('%s has its key', (_what, metadata, key) => {
  expect(keyOf(metadata)).toBe(key);
});

test.each([
  ['a namespaced object', 'team/app', { namespace: 'team', name: 'app' }],
  ['a cluster-scoped object', 'default', { namespace: '', name: 'default' }],
  ['a name with further slashes', 'team/a/b', { namespace: 'team', name: 'a/b' }],
])('the key of %s is taken apart', (_what, key, parts) => {
  expect(splitKey(key)).toEqual(parts);
});
