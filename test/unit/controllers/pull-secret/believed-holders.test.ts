import { describe, expect, test } from '@jest/globals';
import { demandOf } from '../../../../src/controllers/pull-secret/demand.ts';
import { clusterPullSecret, namespace, pullSecret, registry, type Things, worldOf } from '../objects.ts';
import { secret } from './pull-objects.ts';

const TARGET = { namespace: 'team', secretName: 'ecr-pull' };
const OLDER = { creationTimestamp: '2024-01-01T00:00:00Z' };

/** Of two ClusterPullSecrets, `a` and the older `b`, the one that gets to say what the Secret holds. */
function holder(things: Things): string | undefined {
  const clusterPullSecrets = [clusterPullSecret('a'), clusterPullSecret('b', {}, OLDER)];
  const namespaces = [namespace()];
  const world = worldOf({ registries: [registry()], namespaces, clusterPullSecrets, ...things });
  return demandOf(world, TARGET)?.holder?.object.metadata.name;
}

describe('what a Secret says of its holder', () => {
  test.each<[string, string, Things]>([
    ['counts of a Secret of ours', 'a', { secrets: [secret({ holder: 'ClusterPullSecret/a' })] }],
    [
      'does not count of a Secret of somebody else',
      'b',
      { secrets: [secret({ holder: 'ClusterPullSecret/a', managed: false })] },
    ],
    [
      'does not count of one that is handed over',
      'b',
      { secrets: [secret({ holder: 'ClusterPullSecret/a', managed: false, handedOver: true })] },
    ],
    ['does not count without a Secret', 'b', {}],
    ['does not count where it names nobody who wants it', 'b', { secrets: [secret({ holder: 'x/y' })] }],
    [
      'does not count against a PullSecret of the namespace',
      'mine',
      { pullSecrets: [pullSecret()], secrets: [secret({ holder: 'ClusterPullSecret/a' })] },
    ],
  ])('%s', (_what, expected, things) => {
    expect(holder(things)).toBe(expected);
  });
});
