import { describe, expect, test } from '@jest/globals';
import {
  claimKey,
  claimsNear,
  currentOf,
  namespacesNear,
} from '../../../../src/controllers/pull-secret/claims.ts';
import { clusterPullSecret, namespace, pullSecret, worldOf } from '../objects.ts';
import { cluster, own } from './pull-objects.ts';

const WORLD = worldOf({
  namespaces: [namespace(), namespace('other')],
  pullSecrets: [pullSecret('a', { suspend: true }), pullSecret('b', {}, { namespace: 'other' })],
  clusterPullSecrets: [clusterPullSecret('a', { suspend: true })],
});

test.each([
  ['team', ['PullSecret:team/a', 'ClusterPullSecret:a']],
  ['other', ['PullSecret:other/b', 'ClusterPullSecret:a']],
  ['nowhere', ['ClusterPullSecret:a']],
])('near the namespace %s are its own claims, and those of the cluster', (name, keys) => {
  expect([...claimsNear(WORLD, name)].map(claimKey)).toEqual(keys);
});

test.each([
  ['of a namespace is its own', own(), ['team']],
  ['of a namespace that is gone is none', own('a', {}, { namespace: 'gone' }), []],
  ['of the cluster are all', cluster(), ['team', 'other']],
])('near a claim %s', (_what, claim, names) => {
  expect([...namespacesNear(WORLD, claim)].map(({ name }) => name)).toEqual(names);
});

describe('a claim as it is now', () => {
  test('is that of its kind and key, whatever it was', () => {
    for (const claim of [own('a'), cluster('a')]) {
      expect(claim.object.spec.suspend).toBeUndefined();
      const now = currentOf(WORLD, claim);
      expect([now && claimKey(now), now?.object.spec.suspend]).toEqual([claimKey(claim), true]);
    }
  });

  test('is none where it is gone, though another kind has that name', () => {
    const gone = [own('b'), own('a', {}, { namespace: 'other' }), cluster('b')];
    expect(gone.map((claim) => currentOf(WORLD, claim))).toEqual([undefined, undefined, undefined]);
  });
});
