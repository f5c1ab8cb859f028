import { describe, expect, test } from '@jest/globals';
import { inputOf } from '../../../../src/controllers/pull-secret/delivery-input.ts';
import { clusterPullSecret, NOW, namespace, pullSecret, registry, type Things, worldOf } from '../objects.ts';
import { demanded, secret } from './pull-objects.ts';

const TARGET = { namespace: 'team', secretName: 'ecr-pull' };
const GOING = { deletionTimestamp: '2026-01-01T00:00:00Z' };

describe('a target is retained', () => {
  const retaining = clusterPullSecret('all', { deletionPolicy: 'Retain' }, GOING);
  const mine = (more: object) => pullSecret('mine', { deletionPolicy: 'Retain', ...more }, GOING);
  const HELD: Things = {
    registries: [registry()],
    namespaces: [namespace()],
    clusterPullSecrets: [clusterPullSecret()],
    secrets: [secret()],
  };
  const held = (holder: string): Things => ({ secrets: [secret({ holder })] });

  test.each<[string, boolean, Things]>([
    ['when its holder goes and says so', true, { clusterPullSecrets: [retaining] }],
    [
      'not while its holder stays',
      false,
      { clusterPullSecrets: [clusterPullSecret('all', { deletionPolicy: 'Retain' })] },
    ],
    ['not when its holder says Delete', false, { clusterPullSecrets: [clusterPullSecret('all', {}, GOING)] }],
    [
      'not by one that does not hold it',
      false,
      { clusterPullSecrets: [retaining], ...held('ClusterPullSecret/x') },
    ],
    ['not without a Secret', false, { clusterPullSecrets: [retaining], secrets: [] }],
    ['by one in its namespace', true, { pullSecrets: [mine({})], ...held('PullSecret/mine') }],
    [
      'not by one of the same name that stays',
      false,
      {
        pullSecrets: [pullSecret('mine', { deletionPolicy: 'Retain' })],
        ...held('PullSecret/mine'),
      },
    ],
    [
      'not by one of the same name in another namespace',
      false,
      {
        pullSecrets: [pullSecret('mine', { deletionPolicy: 'Retain' }, { namespace: 'x', ...GOING })],
        ...held('PullSecret/mine'),
      },
    ],
    [
      'not by one of the same name with another Secret',
      false,
      { pullSecrets: [mine({ secretName: 'x' })], ...held('PullSecret/mine') },
    ],
  ])('%s: %s', (_when, expected, things) => {
    expect(inputOf(demanded(worldOf({ ...HELD, ...things })), TARGET, NOW).retained).toBe(expected);
  });
});
