import { describe, expect, test } from '@jest/globals';
import { registryOf } from '../../../../src/controllers/pull-secret/claims.ts';
import {
  claimantsAffected,
  registriesNamed,
  targetsIn,
  targetsOfRegistry,
} from '../../../../src/controllers/pull-secret/wake.ts';
import { clusterPullSecret, namespace, pullSecret, worldOf } from '../objects.ts';

const OTHER = { registries: [{ name: 'other' }] };

const world = worldOf({
  secretNames: ['ecr-pull', 'second'],
  namespaces: [
    namespace('a', { labels: { pull: 'yes' } }),
    namespace('b'),
    namespace('c', { terminating: true }),
  ],
  pullSecrets: [
    pullSecret('p', { secretName: 'second' }, { namespace: 'a' }),
    pullSecret('q', OTHER, { namespace: 'b' }),
  ],
  clusterPullSecrets: [
    clusterPullSecret('some', { namespaceSelector: { matchLabels: { pull: 'yes' } } }),
    clusterPullSecret('others', OTHER),
    clusterPullSecret('going', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  ],
});

test('every name that may be written is a target of a namespace, wanted or not', () => {
  expect([...targetsIn(world, ['a', 'x'])]).toEqual(['a/ecr-pull', 'a/second', 'x/ecr-pull', 'x/second']);
});

describe('the targets of a Registry', () => {
  test.each([
    ['default', ['a/second', 'a/ecr-pull']],
    ['other', ['b/ecr-pull', 'a/ecr-pull']],
    ['nobody’s', []],
  ])('%s are those that want its token, each once', (name, keys) => {
    expect([...targetsOfRegistry(world, name)].sort()).toEqual([...keys].sort());
  });
});

describe('the objects to tell', () => {
  test.each<[string, Parameters<typeof claimantsAffected>[1], string | undefined, string[]]>([
    [
      'of a Registry, in any namespace',
      (claim) => registryOf(claim) === 'other',
      undefined,
      ['PullSecret:b/q', 'ClusterPullSecret:others'],
    ],
    [
      'of a namespace',
      () => true,
      'a',
      ['PullSecret:a/p', 'ClusterPullSecret:some', 'ClusterPullSecret:others', 'ClusterPullSecret:going'],
    ],
    ['of a name in a namespace', ({ object }) => object.spec.secretName === 'second', 'b', []],
  ])('%s', (_what, matches, where, keys) => {
    expect([...claimantsAffected(world, matches, where)]).toEqual(keys);
  });
});

test.each([
  ['of a new object', pullSecret('p', OTHER), undefined, ['other']],
  ['of a deleted one', undefined, pullSecret('p', OTHER), ['other']],
  ['of a changed one, before and after', pullSecret(), pullSecret('p', OTHER), ['default', 'other']],
])('the Registries %s are woken', (_what, now, before, names) => {
  expect(registriesNamed(now, before)).toEqual(names);
});
