import { describe, expect, test } from '@jest/globals';
import { clusterPullSecret, HOUR, namespace, type Things } from '../objects.ts';
import { claimTrial } from './claim-trial.ts';
import { ATTACHED, secret, serviceAccount, token } from './pull-objects.ts';

describe('a pull secret', () => {
  test('reports how it stands, and looks again when its token becomes worrisome', async () => {
    expect(await claimTrial().pass()).toEqual({
      status: {
        namespaces: { matched: 1, ready: 1, failed: 0 },
        tokenScope: 'PullOnly',
        tokens: [
          {
            registry: 'default',
            scope: 'PullOnly',
            count: 1,
            issuedAt: '2026-01-01T12:00:00Z',
            expiresAt: '2026-01-02T00:00:00Z',
            nextRotation: '2026-01-01T18:00:00Z',
          },
        ],
      },
      conditions: [
        expect.objectContaining({ type: 'TokenValid', status: 'True' }),
        expect.objectContaining({ type: 'Delivered', status: 'True' }),
        expect.objectContaining({ type: 'Accepted', status: 'True' }),
        expect.objectContaining({ type: 'Refreshed', status: 'True' }),
      ],
      happenings: [],
      stalled: false,
      requeueAfterMs: 9 * HOUR,
    });
  });

  test.each([
    ['when a quarter of the life is left', 0, 9 * HOUR],
    ['at the end of the life', 9 * HOUR, 3 * HOUR],
    ['not any more after the end', 12 * HOUR, undefined],
  ])('is looked at again %s', async (_when, after, expected) => {
    expect((await claimTrial({ after }).pass()).requeueAfterMs).toBe(expected);
  });

  test('is stalled where only a change of it or of the installation helps', async () => {
    const object = clusterPullSecret('all', { repairPods: true });
    const { stalled, conditions } = await claimTrial({ object }).pass();
    expect([stalled, conditions[2]?.reason]).toEqual([true, 'RepairPodsNotConfigured']);
  });

  test('tells of a failed renewal long before its token runs out', async () => {
    const one = claimTrial();
    const failure = { reason: 'AccessDenied', message: 'no', occurrence: 'request id 1' };
    one.world.tokens.set('default|', { token: token(), failure });
    expect((await one.pass()).happenings).toEqual([
      { type: 'Warning', reason: 'AccessDenied', message: 'no' },
    ]);
  });

  test('says of which login it tells, where there are several', async () => {
    const object = clusterPullSecret('all', { registries: [{ name: 'default' }, { name: 'other' }] });
    const one = claimTrial({ object });
    one.world.tokens.set('other|', { failure: { reason: 'AccessDenied', message: 'no' } });
    expect((await one.pass()).happenings).toEqual([
      { type: 'Warning', reason: 'AccessDenied', message: 'other: no' },
    ]);
  });
});

describe('a pull secret that is being deleted', () => {
  const going = clusterPullSecret('all', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' });
  const waiting = (left: number): object => {
    const message = `${left} Secrets and ServiceAccount entries are still to be taken away`;
    return {
      status: {},
      conditions: [{ type: 'Delivered', status: 'False', reason: 'Withdrawing', message }],
    };
  };

  test.each<[string, Things, object | 'released']>([
    ['waits for its Secret and its entry', {}, waiting(2)],
    ['waits for its Secret', { serviceAccounts: [] }, waiting(1)],
    ['waits for its entry', { secrets: [] }, waiting(1)],
    [
      'waits for every entry',
      { serviceAccounts: ['a', 'b', 'c'].map((name) => ({ ...ATTACHED, name })) },
      waiting(4),
    ],
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
      {
        secrets: [secret({ holder: 'ClusterPullSecret/b' })],
        clusterPullSecrets: [going, clusterPullSecret('b')],
      },
      'released',
    ],
    [
      'does not wait for what another wants, though it has not taken that over yet',
      { clusterPullSecrets: [going, clusterPullSecret('b')] },
      'released',
    ],
    [
      'does not wait for what stands beside the Secret of another, though that is going, too',
      { secrets: [secret({ holder: 'ClusterPullSecret/b' })] },
      'released',
    ],
    [
      'does not wait for a stranger’s Secret',
      { secrets: [secret({ managed: false })], serviceAccounts: [serviceAccount()] },
      'released',
    ],
  ])('%s', async (_what, things, expected) => {
    const one = claimTrial({ object: going, things: { clusterPullSecrets: [going], ...things } });
    expect(await one.finalize()).toEqual(expected);
  });

  test('keeps what its status said', async () => {
    const status = { observedGeneration: 1, conditions: [], namespaces: { matched: 1, ready: 1, failed: 0 } };
    const one = claimTrial({ object: { ...going, status } });
    expect(await one.finalize()).toMatchObject({ status: { namespaces: status.namespaces } });
  });
});
