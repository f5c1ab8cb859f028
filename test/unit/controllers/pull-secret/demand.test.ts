import { describe, expect, test } from '@jest/globals';
import { createDemandStore, type Demand, demandOf } from '../../../../src/controllers/pull-secret/demand.ts';
import { clusterPullSecret, namespace, pullSecret, registry, type Things, worldOf } from '../objects.ts';
import { cluster, own, secret, want } from './pull-objects.ts';

const TARGET = { namespace: 'team', secretName: 'ecr-pull' };
const DENIED = { reason: 'TenancyDenied', message: expect.stringContaining('lacks the word Pull') };
const CLOSED = registry('closed', { tenancy: { rules: [] } });
const OF_CLOSED = { registries: [{ name: 'closed' }] };

describe('the demand of a target', () => {
  const served = (holder: Demand['holder']): Demand => ({
    holder,
    refused: undefined,
    wants: [want()],
    refusals: [],
  });

  test.each<[string, Things, unknown]>([
    ['is that of the only claim', { clusterPullSecrets: [clusterPullSecret()] }, served(cluster())],
    [
      'is that of the one who holds it, of several',
      { clusterPullSecrets: [clusterPullSecret()], pullSecrets: [pullSecret()] },
      served(own()),
    ],
    [
      'is that of the recorded holder',
      {
        clusterPullSecrets: [clusterPullSecret('a'), clusterPullSecret('b')],
        secrets: [secret({ holder: 'ClusterPullSecret/b' })],
      },
      served(cluster('b')),
    ],
    [
      'is that of one who may, before one who may not: that one would hold it with nothing',
      { clusterPullSecrets: [clusterPullSecret()], pullSecrets: [pullSecret('mine', OF_CLOSED)] },
      served(cluster()),
    ],
    [
      'has no holder where nobody may, and says why',
      { clusterPullSecrets: [clusterPullSecret('all', OF_CLOSED)] },
      { holder: undefined, refused: { ...DENIED, login: 'closed' }, wants: [], refusals: [] },
    ],
    [
      'has what is allowed of several logins, and why the rest is not',
      {
        clusterPullSecrets: [
          clusterPullSecret('all', { registries: [{ name: 'closed' }, { name: 'default' }] }),
        ],
      },
      {
        holder: cluster('all', { registries: [{ name: 'closed' }, { name: 'default' }] }),
        refused: undefined,
        wants: [want()],
        refusals: [{ ...DENIED, login: 'closed' }],
      },
    ],
    ['is none where nobody wants it', {}, undefined],
    [
      'is none under another name',
      { clusterPullSecrets: [clusterPullSecret('all', { secretName: 'x' })] },
      undefined,
    ],
    [
      'is none under a name that may not be written',
      { clusterPullSecrets: [clusterPullSecret()], secretNames: ['other'] },
      undefined,
    ],
    [
      'is none in a namespace that is going',
      { clusterPullSecrets: [clusterPullSecret()], namespaces: [namespace('team', { terminating: true })] },
      undefined,
    ],
    [
      'is none in a namespace that is not there',
      { clusterPullSecrets: [clusterPullSecret()], namespaces: [] },
      undefined,
    ],
  ])('%s', (_what, things, expected) => {
    const world = worldOf({ registries: [registry(), CLOSED], namespaces: [namespace()], ...things });
    expect(demandOf(world, TARGET)).toEqual(expected);
  });
});

describe('the demand store', () => {
  const wanting = (...names: string[]): Demand => ({
    holder: cluster(),
    refused: undefined,
    wants: names.map((name) => want(name)),
    refusals: [],
  });

  test('tells of each token when it is wanted first and last, by whichever target', () => {
    const store = createDemandStore();
    const news = [
      store.set('n/a', wanting('x', 'y')),
      store.set('n/a', wanting('x', 'y')),
      store.set('n/b', wanting('y', 'z')),
      store.set('n/a', wanting('y')),
      store.set('n/b', undefined),
      store.set('n/a', wanting()),
      store.set('n/a', undefined),
    ];
    expect(news).toEqual([['x|', 'y|'], [], ['z|'], ['x|'], ['z|'], ['y|'], []]);
  });

  test('knows which targets want a token, and what the token is', () => {
    const store = createDemandStore();
    store.set('n/a', wanting('x', 'y'));
    store.set('n/b', wanting('y'));
    expect([[...store.targetsOf('y|')], [...store.targetsOf('x|')], [...store.targetsOf('?')]]).toEqual([
      ['n/a', 'n/b'],
      ['n/a'],
      [],
    ]);
    expect([store.want('y|'), store.want('?'), [...store.ids()]]).toEqual([
      want('y'),
      undefined,
      ['x|', 'y|'],
    ]);
    store.set('n/a', wanting('x'));
    store.set('n/b', wanting());
    expect([store.want('y|'), [...store.targetsOf('y|')], [...store.ids()]]).toEqual([undefined, [], ['x|']]);
  });

  test('that is told of a demand twice over lets go of it at once', () => {
    const store = createDemandStore();
    expect(store.set('n/a', wanting('x', 'x'))).toEqual(['x|']);
    expect(store.set('n/a', undefined)).toEqual(['x|']);
  });

  test('tells what nobody wants from what was not looked at yet', () => {
    const store = createDemandStore();
    expect([store.isKnown('n/a'), store.get('n/a')]).toEqual([false, undefined]);
    store.set('n/a', undefined);
    expect([store.isKnown('n/a'), store.get('n/a')]).toEqual([true, undefined]);
    store.set('n/a', wanting('x'));
    expect([store.isKnown('n/a'), store.get('n/a')]).toEqual([true, wanting('x')]);
    expect(store.forget('n/a')).toEqual(['x|']);
    expect([store.isKnown('n/a'), store.get('n/a'), [...store.ids()]]).toEqual([false, undefined, []]);
  });
});
