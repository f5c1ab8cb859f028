import { describe, expect, test } from '@jest/globals';
import {
  type Claim,
  chooseHolder,
  claims,
  claimsOn,
  holderOf,
  registryOf,
  targetKey,
} from '../../../../src/controllers/pull-secret/claims.ts';
import { clusterPullSecret, namespace, pullSecret, worldOf } from '../objects.ts';

function own(...parameters: Parameters<typeof pullSecret>): Claim {
  return { kind: 'PullSecret', object: pullSecret(...parameters) };
}

function cluster(...parameters: Parameters<typeof clusterPullSecret>): Claim {
  return { kind: 'ClusterPullSecret', object: clusterPullSecret(...parameters) };
}

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

test('names: of a holder, of its registry, of a target', () => {
  const claim = own('a', { registries: [{ name: 'prod' }] });
  expect([holderOf(claim), registryOf(claim), targetKey({ namespace: 'team', secretName: 's' })]).toEqual([
    'PullSecret/a',
    'prod',
    'team/s',
  ]);
});
