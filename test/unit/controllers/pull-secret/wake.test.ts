import { describe, expect, test } from '@jest/globals';
import {
  claimantsAffected,
  deliveryAfterToken,
  targetsIn,
  tokensOfRegistry,
} from '../../../../src/controllers/pull-secret/wake.ts';
import { clusterPullSecret, NOW, namespace, pullSecret, registry, type Things, worldOf } from '../objects.ts';
import { demanded, secret, serviceAccount, token } from './pull-objects.ts';

const OTHER = { registries: [{ name: 'other' }] };

describe('the targets of namespaces', () => {
  const secretNames = ['ecr-pull', 'second'];

  test('are all names that may be written, wanted or not', () => {
    expect([...targetsIn(worldOf({ secretNames }), ['a', 'x'])]).toEqual([
      'a/ecr-pull',
      'a/second',
      'x/ecr-pull',
      'x/second',
    ]);
  });

  test('are none that only stand in ServiceAccounts', () => {
    const serviceAccounts = [serviceAccount({ namespace: 'a', ours: ['second', 'old'] })];
    expect([...targetsIn(worldOf({ secretNames, serviceAccounts }), ['a'])]).toEqual([
      'a/ecr-pull',
      'a/second',
    ]);
  });
});

test('the tokens of a Registry are those of every scope, and of none whose name only begins so', () => {
  const some = { registries: [{ name: 'default', repositories: ['x'] }] };
  const world = demanded(
    worldOf({
      registries: [registry(), registry('default-2')],
      namespaces: ['a', 'b', 'c'].map((name) => namespace(name)),
      pullSecrets: [
        pullSecret('p', { public: { registryRef: { name: 'default' } } }, { namespace: 'a' }),
        pullSecret('p', some, { namespace: 'b' }),
        pullSecret('p', { registries: [{ name: 'default-2' }] }, { namespace: 'c' }),
      ],
    }),
  );
  expect(tokensOfRegistry(world, 'default')).toEqual(['default|', 'default|public.ecr.aws', 'default|x']);
  expect([tokensOfRegistry(world, 'default-2'), tokensOfRegistry(world, 'nobody’s')]).toEqual([
    ['default-2|'],
    [],
  ]);
});

describe('the objects to tell', () => {
  const world = worldOf({
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

  test.each<[string, Parameters<typeof claimantsAffected>[1], string | undefined, string[]]>([
    [
      'of a Registry, in any namespace',
      ({ object }) => object.spec.registries.some(({ name }) => name === 'other'),
      undefined,
      ['PullSecret:b/q', 'ClusterPullSecret:others'],
    ],
    [
      'of a namespace: those that may have let go of it, too',
      () => true,
      'a',
      ['PullSecret:a/p', 'ClusterPullSecret:some', 'ClusterPullSecret:others', 'ClusterPullSecret:going'],
    ],
    ['of a name in a namespace', ({ object }) => object.spec.secretName === 'second', 'b', []],
  ])('%s', (_what, matches, where, keys) => {
    expect([...claimantsAffected(world, matches, where)]).toEqual(keys);
  });
});

describe('a target whose token came is served', () => {
  const two = { registries: [{ name: 'default' }, { name: 'other' }] };
  const LATER = { priority: 'refresh', afterMs: 1_000 };

  test.each<[string, Things, readonly string[], object]>([
    ['at once where it has no Secret', {}, ['default|'], { priority: 'first' }],
    [
      'at once, but behind those without one, where it has one that works',
      { secrets: [secret()] },
      ['default|'],
      { priority: 'refresh' },
    ],
    [
      'later where another of its tokens is on its way: one write takes both',
      { clusterPullSecrets: [clusterPullSecret('all', two)] },
      ['default|'],
      LATER,
    ],
    [
      'at once where the other has come',
      { clusterPullSecrets: [clusterPullSecret('all', two)] },
      ['default|', 'other|'],
      { priority: 'first' },
    ],
    ['at once where nobody wants it any more', { clusterPullSecrets: [] }, [], { priority: 'first' }],
  ])('%s', (_when, things, known, expected) => {
    const world = demanded(
      worldOf({
        registries: [registry(), registry('other')],
        namespaces: [namespace()],
        clusterPullSecrets: [clusterPullSecret()],
        ...things,
      }),
    );
    for (const id of known) world.tokens.set(id, { token: token({ id }) });
    expect(deliveryAfterToken(world, 'team/ecr-pull', NOW)).toEqual(expected);
  });

  test.each([
    ['later where another of its tokens is due, too', NOW, LATER],
    ['at once where the other is not due yet', NOW + 1, { priority: 'first' }],
  ])('%s', (_when, rotateAt, expected) => {
    const world = demanded(
      worldOf({ namespaces: [namespace()], clusterPullSecrets: [clusterPullSecret('all', two)] }),
    );
    world.tokens.set('default|', { token: token() });
    world.tokens.set('other|', { token: token({ id: 'other|', rotateAt }) });
    expect(deliveryAfterToken(world, 'team/ecr-pull', NOW)).toEqual(expected);
  });

  test('at once where the other cannot be had', () => {
    const world = demanded(
      worldOf({ namespaces: [namespace()], clusterPullSecrets: [clusterPullSecret('all', two)] }),
    );
    world.tokens.set('default|', { token: token() });
    world.tokens.set('other|', { failure: { reason: 'X', message: 'x' } });
    expect(deliveryAfterToken(world, 'team/ecr-pull', NOW)).toEqual({ priority: 'first' });
  });
});
