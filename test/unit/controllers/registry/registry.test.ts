import { describe, expect, test } from '@jest/globals';
import { registryReconciler } from '../../../../src/controllers/registry/registry.ts';
import type { Connections } from '../../../../src/ecr/connection.ts';
import { TerminalError } from '../../../../src/runtime/errors.ts';
import {
  clusterPullSecret,
  pullSecret,
  registry,
  repository,
  repositoryClass,
  type Things,
  worldOf,
} from '../objects.ts';

/** Without the name of the session, which changes by the hour. */
const ROLE = 'arn:aws:sts::123456789012:assumed-role/ecr';
const IDENTITY = { accountId: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/ecr/operator' };
const ELSEWHERE = { registries: [{ name: 'other' }] };

function reconciler(things: Things, verify = async () => IDENTITY) {
  return registryReconciler(worldOf(things), { to: () => ({ verify }) } as unknown as Connections);
}

/** The status of a Repository that has its repository. */
const HELD = { arn: 'arn:aws:ecr:us-east-1:123456789012:repository/x' };

describe('a Registry', () => {
  test('says who we are, its addresses, and how many repositories are managed', async () => {
    const repositories = [
      repository({}, { name: 'a' }, HELD),
      repository({}, { name: 'b' }, HELD),
      repository({}, { name: 'refused' }),
      repository({ registryRef: { name: 'other' } }, { name: 'c' }, HELD),
    ];
    expect(
      await reconciler({ repositories }).reconcile(registry('default', { region: 'cn-north-1' })),
    ).toEqual({
      status: {
        accountId: '123456789012',
        identity: ROLE,
        registryUri: '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
        arn: 'arn:aws-cn:ecr:cn-north-1:123456789012',
        repositories: { managed: 2 },
      },
      conditions: [
        {
          type: 'Connected',
          status: 'True',
          reason: 'Verified',
          message: `AWS knows this operator as ${ROLE}`,
        },
      ],
      requeueAfterMs: 3_600_000,
    });
  });

  test('that is only pulled from says so, and that we may be of another account', async () => {
    const pulled = registry('shared', { accountId: '210987654321', access: 'PullOnly' });
    expect(await reconciler({}).reconcile(pulled)).toMatchObject({
      status: {
        accountId: '123456789012',
        registryUri: '210987654321.dkr.ecr.us-east-1.amazonaws.com',
        arn: 'arn:aws:ecr:us-east-1:210987654321',
      },
      conditions: [
        {
          status: 'True',
          reason: 'Verified',
          message: `AWS knows this operator as ${ROLE}; the registry is only pulled from`,
        },
      ],
    });
  });

  test('tells of its registry-wide settings what was found last', async () => {
    const declared = registry('default', { accountSettings: { blobMounting: 'ENABLED' } });
    const message = 'ECR differs';
    const drifted = { name: 'accountSettings', state: 'Drifted', message } as const;
    const result = {
      uid: declared.metadata.uid,
      generation: 1,
      about: '',
      settings: [{ ...drifted, reason: 'DriftObserved', terminal: true }],
      owned: [],
    };
    const connections = { to: () => ({ verify: async () => IDENTITY }) } as unknown as Connections;
    const told = registryReconciler(worldOf({}), connections, undefined, { of: () => result });
    expect(await told.reconcile(declared)).toMatchObject({
      status: { settings: [drifted] },
      conditions: [
        { type: 'Connected', status: 'True' },
        { type: 'SettingsSynced', status: 'False', reason: 'DriftObserved' },
      ],
      stalled: true,
    });
  });

  test('fails with what stands between it and AWS', async () => {
    const mismatch = new TerminalError('AccountMismatch', 'no');
    const failing = reconciler({}, async () => {
      throw mismatch;
    });
    await expect(failing.reconcile(registry())).rejects.toBe(mismatch);
  });
});

describe('a Registry that is being deleted', () => {
  test('goes where nothing refers to it', async () => {
    const things = {
      repositories: [repository({ registryRef: { name: 'other' } })],
      pullSecrets: [pullSecret('mine', ELSEWHERE)],
      clusterPullSecrets: [clusterPullSecret('all', ELSEWHERE)],
      repositoryClasses: [
        repositoryClass('plain', { scanOnPush: true }),
        repositoryClass('far', { undeclared: { registryRef: { name: 'other' }, prefixes: ['a'] } }),
      ],
    };
    expect(await reconciler(things).finalize(registry())).toBe('released');
  });

  test('waits for all that refers to it, and names them', async () => {
    const things = {
      repositories: [repository()],
      pullSecrets: [pullSecret()],
      clusterPullSecrets: [clusterPullSecret()],
      repositoryClasses: [
        repositoryClass('cached', { undeclared: { registryRef: { name: 'default' }, prefixes: ['a'] } }),
      ],
    };
    const status = { identity: 'x', observedGeneration: 1, conditions: [] };
    expect(await reconciler(things).finalize({ ...registry(), status })).toEqual({
      status: { identity: 'x' },
      conditions: [
        {
          type: 'Connected',
          status: 'False',
          reason: 'InUse',
          message:
            'the deletion waits for what refers to this Registry: ClusterPullSecret all, PullSecret team/mine, Repository team/web, RepositoryClass cached',
        },
      ],
    });
  });

  test('waits for what has its credentials ask for a token of ECR Public', async () => {
    const pullSecrets = [
      pullSecret('mine', { registries: [], public: { registryRef: { name: 'default' } } }),
    ];
    expect(await reconciler({ pullSecrets }).finalize(registry())).toMatchObject({
      conditions: [{ message: expect.stringContaining('PullSecret team/mine') }],
    });
  });

  test('names ten of many and counts the others', async () => {
    const repositories = Array.from({ length: 13 }, (_, index) => repository({}, { name: `r${10 + index}` }));
    const outcome = await reconciler({ repositories }).finalize(registry());
    const named = Array.from({ length: 10 }, (_, index) => `Repository team/r${10 + index}`).join(', ');
    expect(outcome).toMatchObject({
      conditions: [{ message: `the deletion waits for what refers to this Registry: ${named} and 3 more` }],
    });
  });
});
