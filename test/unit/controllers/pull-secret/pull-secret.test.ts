import { describe, expect, test } from '@jest/globals';
import type { ClusterPullSecret } from '../../../../src/api/cluster-pull-secret.generated.ts';
import { pullSecretReconciler } from '../../../../src/controllers/pull-secret/pull-secret.ts';
import { createFakeClock } from '../../fake-clock.ts';
import {
  clusterPullSecret,
  HOUR,
  NOW,
  namespace,
  registry,
  secret,
  serviceAccount,
  type Things,
  token,
  worldOf,
} from '../objects.ts';

const ATTACHED = serviceAccount({ pullSecrets: ['ecr-pull'], ours: ['ecr-pull'], annotated: true });
const SERVED: Things = {
  registries: [registry()],
  namespaces: [namespace()],
  secrets: [secret()],
  serviceAccounts: [ATTACHED],
};

function reconciler(things: Things, after = 0) {
  const world = worldOf(things);
  world.tokens.set('default', { token: token() });
  const claimOf = (object: ClusterPullSecret) => ({ kind: 'ClusterPullSecret', object }) as const;
  return pullSecretReconciler(world, createFakeClock(NOW + after), claimOf);
}

describe('a pull secret', () => {
  test('reports how it stands, and looks again when its token becomes worrisome', async () => {
    expect(await reconciler(SERVED).reconcile(clusterPullSecret())).toEqual({
      status: {
        namespaces: { matched: 1, ready: 1, failed: 0 },
        tokens: [
          {
            registry: 'default',
            issuedAt: '2026-01-01T12:00:00Z',
            expiresAt: '2026-01-02T00:00:00Z',
            nextRotation: '2026-01-01T18:00:00Z',
          },
        ],
      },
      conditions: [
        {
          type: 'TokenValid',
          status: 'True',
          reason: 'TokenValid',
          message: 'pulls work, with a token until 2026-01-02T00:00:00Z',
        },
        {
          type: 'Delivered',
          status: 'True',
          reason: 'Delivered',
          message: '1 of 1 namespaces have the Secret',
        },
        { type: 'Refreshed', status: 'True', reason: 'Refreshed', message: 'the last renewal worked' },
      ],
      requeueAfterMs: 9 * HOUR,
    });
  });

  test.each([
    ['when a quarter of the life is left', 0, 9 * HOUR],
    ['at the end of the life', 9 * HOUR, 3 * HOUR],
    ['not any more after the end', 12 * HOUR, undefined],
  ])('is looked at again %s', async (_when, after, expected) => {
    const outcome = await reconciler(SERVED, after).reconcile(clusterPullSecret());
    expect('requeueAfterMs' in outcome ? outcome.requeueAfterMs : undefined).toBe(expected);
  });

  test('of a name that the operator may not write is refused', async () => {
    await expect(
      reconciler(SERVED).reconcile(clusterPullSecret('all', { secretName: 'mine' })),
    ).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'SecretNameNotConfigured',
    });
  });
});

describe('a pull secret that is being deleted', () => {
  const going = clusterPullSecret('all', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' });

  function waiting(left: number) {
    const message = `${left} Secrets and ServiceAccount entries are still to be taken away`;
    return {
      status: {},
      conditions: [{ type: 'Delivered', status: 'False', reason: 'Withdrawing', message }],
    };
  }

  test.each<[string, Things, object | 'released']>([
    ['waits for its Secret and its entry', {}, waiting(2)],
    ['waits for its Secret', { serviceAccounts: [] }, waiting(1)],
    ['waits for its entry', { secrets: [] }, waiting(1)],
    ['goes when nothing is left', { secrets: [], serviceAccounts: [] }, 'released'],
    [
      'does not wait for a Secret that is going',
      { serviceAccounts: [], secrets: [secret({ terminating: true })] },
      'released',
    ],
    ['goes when its name is no longer configured', { secretNames: ['other'] }, 'released'],
    [
      'does not wait for namespaces that are going',
      { namespaces: [namespace('team', { terminating: true })] },
      'released',
    ],
    [
      'does not wait for what another holds',
      { secrets: [secret({ holder: 'ClusterPullSecret/b' })], clusterPullSecrets: [clusterPullSecret('b')] },
      'released',
    ],
    [
      'does not wait for a stranger’s Secret',
      { secrets: [secret({ managed: false })], serviceAccounts: [serviceAccount()] },
      'released',
    ],
  ])('%s', async (_what, more, expected) => {
    expect(await reconciler({ ...SERVED, ...more }).finalize(going)).toEqual(expected);
  });
});
