import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { demandReconciler } from '../../../../src/controllers/pull-secret/demand-controller.ts';
import type { PullWorld } from '../../../../src/controllers/pull-secret/pull-world.ts';
import { createTrigger, type Trigger } from '../../../../src/runtime/sources.ts';
import { clusterPullSecret, namespace, pullSecret, registry, type Things, worldOf } from '../objects.ts';
import { cluster, want } from './pull-objects.ts';

/** Who is woken by one pass over `team/ecr-pull` of a world whose demand was that of `before`. */
async function woken(world: PullWorld, before?: Claim) {
  if (before)
    world.demand.set('team/ecr-pull', { holder: before, refused: undefined, wants: [want()], refusals: [] });
  const told: Record<string, string[]> = { tokens: [], deliveries: [], claims: [] };
  const recorded = (name: string): Trigger => {
    const trigger = createTrigger();
    trigger.source((key) => void told[name]?.push(key), new AbortController().signal);
    return trigger;
  };
  const pass = demandReconciler(world, {
    tokens: recorded('tokens'),
    deliveries: recorded('deliveries'),
    claims: recorded('claims'),
  });
  expect(await pass('team/ecr-pull')).toEqual({});
  return told;
}

const deliveries = ['team/ecr-pull'];

describe('a pass over a target', () => {
  test.each<[string, Things, Claim | undefined, object]>([
    [
      'that is wanted first wakes its token, its delivery and its claim',
      { clusterPullSecrets: [clusterPullSecret()] },
      undefined,
      { tokens: ['default|', 'default|'], claims: ['ClusterPullSecret:all'] },
    ],
    [
      'that is wanted as before wakes no token',
      { clusterPullSecrets: [clusterPullSecret()] },
      cluster(),
      { tokens: [], claims: ['ClusterPullSecret:all', 'ClusterPullSecret:all'] },
    ],
    [
      'whose claim has a new generation wakes the token: its schedule may be another',
      { clusterPullSecrets: [clusterPullSecret('all', {}, { generation: 2 })] },
      cluster(),
      { tokens: ['default|'], claims: ['ClusterPullSecret:all', 'ClusterPullSecret:all'] },
    ],
    [
      'whose claim was deleted and made again wakes the token',
      { clusterPullSecrets: [clusterPullSecret('all', {}, { uid: 'another' })] },
      cluster(),
      { tokens: ['default|'], claims: ['ClusterPullSecret:all', 'ClusterPullSecret:all'] },
    ],
    [
      'that changes hands wakes both holders',
      { clusterPullSecrets: [clusterPullSecret()], pullSecrets: [pullSecret()] },
      cluster(),
      { tokens: ['default|'], claims: ['ClusterPullSecret:all', 'PullSecret:team/mine'] },
    ],
    [
      'that nobody wants any more wakes its token, which nobody else wants',
      {},
      cluster(),
      { tokens: ['default|'], claims: ['ClusterPullSecret:all'] },
    ],
    ['that nobody wanted wakes its delivery: there may be something left', {}, undefined, {}],
  ])('%s', async (_what, things, before, expected) => {
    const world = worldOf({ registries: [registry()], namespaces: [namespace()], ...things });
    expect(await woken(world, before)).toEqual({ tokens: [], claims: [], deliveries, ...expected });
  });

  test('remembers the demand, and forgets it with the namespace', async () => {
    const clusterPullSecrets = [clusterPullSecret()];
    const there = worldOf({ registries: [registry()], namespaces: [namespace()], clusterPullSecrets });
    await woken(there);
    expect(there.demand.get('team/ecr-pull')?.wants).toEqual([want()]);
    const gone = worldOf({ registries: [registry()], clusterPullSecrets });
    expect((await woken(gone, cluster()))['tokens']).toEqual(['default|']);
    expect(gone.demand.isKnown('team/ecr-pull')).toBe(false);
    const nobody = worldOf({ namespaces: [namespace()] });
    await woken(nobody);
    expect(nobody.demand.isKnown('team/ecr-pull')).toBe(true);
  });
});
