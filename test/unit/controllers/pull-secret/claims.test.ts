import { describe, expect, test } from '@jest/globals';
import { OPT_OUT_LABEL } from '../../../../src/api/names.ts';
import {
  type Claim,
  chooseHolder,
  claimKey,
  claims,
  claimsOn,
  holderOf,
  registriesNamed,
  targetKey,
} from '../../../../src/controllers/pull-secret/claims.ts';
import { clusterPullSecret, namespace, pullSecret, worldOf } from '../objects.ts';
import { cluster, own } from './pull-objects.ts';

const OLD = { creationTimestamp: '2024-01-01T00:00:00Z' };
const NEW = { creationTimestamp: '2026-01-01T00:00:00Z' };

describe('of several that want one Secret', () => {
  test.each<[string, readonly Claim[], string | undefined, string | undefined]>([
    ['nobody', [], 'ClusterPullSecret/a', undefined],
    ['the only one', [cluster('a')], undefined, 'ClusterPullSecret/a'],
    [
      'the namespace’s own, though newer',
      [cluster('a', {}, OLD), own('b', {}, NEW)],
      undefined,
      'PullSecret/b',
    ],
    [
      'the namespace’s own, though another is recorded',
      [cluster('a'), own('b')],
      'ClusterPullSecret/a',
      'PullSecret/b',
    ],
    [
      'the recorded one, though newer',
      [cluster('a', {}, OLD), cluster('b', {}, NEW)],
      'ClusterPullSecret/b',
      'ClusterPullSecret/b',
    ],
    ['the older', [cluster('a', {}, NEW), cluster('b', {}, OLD)], undefined, 'ClusterPullSecret/b'],
    [
      'the older, where a stranger is recorded',
      [own('a', {}, NEW), own('b', {}, OLD)],
      'PullSecret/x',
      'PullSecret/b',
    ],
    ['the first by name of the same age', [own('b'), own('a'), own('c')], undefined, 'PullSecret/a'],
    [
      'the recorded one of several of the same kind in the namespace, though newer',
      [own('a', {}, OLD), own('b', {}, NEW), cluster('c', {}, OLD)],
      'PullSecret/b',
      'PullSecret/b',
    ],
    [
      'of one name, the one of the recorded kind only',
      [cluster('b'), cluster('a')],
      'PullSecret/b',
      'ClusterPullSecret/a',
    ],
  ])('%s holds it', (_who, candidates, recorded, expected) => {
    const inEveryOrder = [candidates, [...candidates].reverse()].map((some) => chooseHolder(some, recorded));
    expect(inEveryOrder.map((one) => one && holderOf(one))).toEqual([expected, expected]);
  });
});

describe('a claim reaches', () => {
  const selector = { namespaceSelector: { matchLabels: { pull: 'yes' } } };
  const going = { deletionTimestamp: '2026-01-01T00:00:00Z' };
  const labels = { pull: 'yes' };
  const OUT = { [OPT_OUT_LABEL]: 'disabled' };

  test.each<[string, boolean, Claim, Parameters<typeof claims>[1]]>([
    ['into its own namespace', true, own(), namespace('team')],
    ['into no other', false, own(), namespace('other')],
    ['into every namespace without a selector', true, cluster(), namespace('other')],
    ['into those that its selector matches', true, cluster('a', selector), namespace('other', { labels })],
    ['into no others', false, cluster('a', selector), namespace('other')],
    ['nowhere when it is going', false, own('a', {}, going), namespace('team')],
    ['nowhere when it is going, for the whole cluster', false, cluster('a', {}, going), namespace('other')],
    ['into no namespace that is going', false, cluster(), namespace('other', { terminating: true })],
    [
      'into no namespace that it excludes, though its selector matches',
      false,
      cluster('a', { ...selector, excludeNamespaces: ['x', 'other'] }),
      namespace('other', { labels }),
    ],
    [
      'into one whose name only begins like an excluded one',
      true,
      cluster('a', { excludeNamespaces: ['oth'] }),
      namespace('other'),
    ],
    ['into no namespace that opted out', false, cluster(), namespace('other', { labels: OUT })],
    [
      'into no namespace that opted out, though its selector asks for just that',
      false,
      cluster('a', { namespaceSelector: { matchLabels: OUT } }),
      namespace('other', { labels: OUT }),
    ],
    [
      'into one whose label says anything else: only the one word opts out',
      true,
      cluster(),
      namespace('other', { labels: { [OPT_OUT_LABEL]: 'enabled' } }),
    ],
    [
      'into its own namespace, though that opted out of what comes from outside',
      true,
      own(),
      namespace('team', { labels: OUT }),
    ],
    [
      'everywhere, suspended as it is: it keeps what it holds',
      true,
      cluster('a', { suspend: true }),
      namespace('other'),
    ],
  ])('%s', (_where, expected, claim, into) => {
    expect(claims(claim, into)).toBe(expected);
  });

  test('the Secret of its own name only', () => {
    const world = worldOf({
      pullSecrets: [
        pullSecret('a'),
        pullSecret('b', { secretName: 'other' }),
        pullSecret('c', {}, { namespace: 'x' }),
      ],
      clusterPullSecrets: [clusterPullSecret('d'), clusterPullSecret('e', selector)],
    });
    expect(claimsOn(world, namespace('team'), 'ecr-pull').map(holderOf)).toEqual([
      'PullSecret/a',
      'ClusterPullSecret/d',
    ]);
  });
});

test('names: of a holder, in triggers, of a target', () => {
  expect([holderOf(own('a')), claimKey(own('a')), holderOf(cluster('b')), claimKey(cluster('b'))]).toEqual([
    'PullSecret/a',
    'PullSecret:team/a',
    'ClusterPullSecret/b',
    'ClusterPullSecret:b',
  ]);
  expect(targetKey({ namespace: 'team', secretName: 's' })).toBe('team/s');
});

test('the Registries that are named are those of the list and that of ECR Public', () => {
  const registries = [{ name: 'a' }, { name: 'b' }];
  expect(registriesNamed({ registries })).toEqual(['a', 'b']);
  expect(registriesNamed({ registries, public: { registryRef: { name: 'c' } } })).toEqual(['a', 'b', 'c']);
});
