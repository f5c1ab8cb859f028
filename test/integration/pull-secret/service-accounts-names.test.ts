import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { allowSecretNames } from '../../lab/own-account.ts';
import { account, listed, listsIn, marksIn } from './pull-accounts.ts';
import {
  accountIn,
  condition,
  gone,
  type Scene,
  scenes,
  secretIn,
  servedIn,
  settledAs,
  withdrawnFrom,
} from './pull-lab.ts';
import { bytesOf } from './pull-objects.ts';
import { told } from './pull-steps.ts';

jest.setTimeout(60_000);

const BOTH_NAMES = ['ecr-pull', 'team-pull'];

let lab: Lab;
let operator: OperatorProcess;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  await install({});
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

interface Installation {
  readonly secretNames?: readonly string[];
  /** Every one unless told. */
  readonly accounts?: readonly string[];
}

/** (Re)starts the operator with these settings and with rights that go no further. */
async function install({ secretNames = BOTH_NAMES, accounts }: Installation): Promise<void> {
  await operator?.stop();
  const rule = (index: number, resource: string, resourceNames: readonly string[] | undefined) => [
    { op: 'test', path: `/rules/${index}/resources`, value: [resource] },
    { op: 'add', path: `/rules/${index}/resourceNames`, value: resourceNames ?? [] },
  ];
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'ecr-operator' },
  };
  await lab.admin.patch(role, [...rule(3, 'secrets', secretNames), ...rule(4, 'serviceaccounts', accounts)]);
  await allowSecretNames(lab.controlPlane, secretNames);
  operator = await lab.startOperator({
    env: {
      ECR_OPERATOR_PULL_SECRET_NAMES: secretNames.join(','),
      ECR_OPERATOR_SERVICE_ACCOUNT_NAMES: accounts?.join(',') ?? '*',
    },
  });
}

const theirs = (namespace: string) => account(lab, namespace, 'builder', ['zebra', 'apple']);

describe('secretName', () => {
  test('a rename takes the old Secret and its entries away, and asks for no other token', async () => {
    const renamed = scene('renamed');
    const namespace = await renamed.namespace('a');
    await accountIn(lab, namespace);
    await theirs(namespace);
    const all = { serviceAccounts: { mode: 'All' as const } };
    await renamed.serve(1, all);
    const bytes = bytesOf(await secretIn(lab, namespace));
    await listed(lab, namespace, { builder: ['zebra', 'apple', 'ecr-pull'], default: ['ecr-pull'] });
    await account(lab, namespace, 'builder', ['zebra', 'ecr-pull', 'apple']);

    const object = await renamed.clusterPullSecret({ ...all, secretName: 'team-pull' });
    await listed(lab, namespace, { builder: ['zebra', 'apple', 'team-pull'], default: ['team-pull'] });
    await withdrawnFrom(lab, namespace);
    await servedIn(lab, object, 1);
    expect(bytesOf(await secretIn(lab, namespace, 'team-pull'))).toBe(bytes);
    expect(await marksIn(lab, namespace)).toEqual({ builder: 'team-pull', default: 'team-pull' });
    expect(renamed.calls()).toBe(1);
  });

  test('two in one namespace keep out of each other’s entries', async () => {
    const two = scene('two');
    const namespace = await two.namespace('a');
    const first = await two.serve(1);
    const second = await servedIn(lab, await two.pullSecret(namespace, { secretName: 'team-pull' }), 1);
    expect([...((await listsIn(lab, namespace))['default'] ?? [])].sort()).toEqual(BOTH_NAMES);
    await lab.admin.delete(second);
    await gone(lab, second);
    expect(await listsIn(lab, namespace)).toEqual({ default: ['ecr-pull'] });
    expect(await marksIn(lab, namespace)).toEqual({ default: 'ecr-pull' });
    await servedIn(lab, first, 1);
  });

  test('one that the installation no longer has is taken out of the ServiceAccounts, and said of the object', async () => {
    const dropped = scene('dropped');
    const namespace = await dropped.namespace('a');
    await accountIn(lab, namespace);
    await theirs(namespace);
    const serviceAccounts = { mode: 'Named' as const, names: ['default', 'builder'] };
    const old = await dropped.serve(1, { serviceAccounts });
    try {
      await install({ secretNames: ['team-pull'] });
      await listed(lab, namespace, { builder: ['zebra', 'apple'], default: [] });
      expect(await marksIn(lab, namespace)).toEqual({});
      expect(told(await settledAs(lab, old, 'SecretNameNotConfigured', 'Accepted'), 'Accepted').message).toBe(
        'the operator has no right to write Secrets named ecr-pull, only team-pull: choose one of these, or have the installation add it (pullSecretNames, and resourceNames in its ClusterRole)',
      );
      // It is out of the operator's reach, and holds up nothing.
      expect(await secretIn(lab, namespace)).toBeDefined();
      const moved = await dropped.clusterPullSecret({ serviceAccounts, secretName: 'team-pull' });
      await servedIn(lab, moved, 1);
      await listed(lab, namespace, { builder: ['zebra', 'apple', 'team-pull'], default: ['team-pull'] });
    } finally {
      await install({});
    }
    await withdrawnFrom(lab, namespace);
  });
});

describe('an operator that may write to the ServiceAccount default alone', () => {
  test('says ServiceAccountsNotConfigured of what wants more, and does the rest', async () => {
    const narrow = scene('narrow');
    const namespace = await narrow.namespace('a');
    await accountIn(lab, namespace);
    await theirs(namespace);
    await narrow.serve(1, { serviceAccounts: { mode: 'All' } });
    await listed(lab, namespace, { builder: ['zebra', 'apple', 'ecr-pull'], default: ['ecr-pull'] });
    await install({ accounts: ['default'] });
    const sentences = {
      All: 'the operator has no right to write to every ServiceAccount, only to default: name these, or have the installation allow more (serviceAccountNames, and its ClusterRole)',
      Named:
        'the operator has no right to write to ServiceAccount builder, only to default: name these, or have the installation allow more (serviceAccountNames, and its ClusterRole)',
    };
    for (const [mode, message] of Object.entries(sentences)) {
      const names = mode === 'Named' ? { names: ['builder', 'default'] } : {};
      const serviceAccounts = { mode: mode as 'All' | 'Named', ...names };
      const object = await narrow.clusterPullSecret({ serviceAccounts });
      const settled = await settledAs(lab, object, 'ServiceAccountsNotConfigured');
      expect(told(settled, 'Accepted')).toMatchObject({ status: 'False', message });
      expect(condition(settled.status, 'Stalled')).toMatchObject({ status: 'True', message });
      expect((await listsIn(lab, namespace))['default']).toEqual(['ecr-pull']);
    }
    const fresh = await narrow.namespace('fresh');
    await listed(lab, fresh, { default: ['ecr-pull'] });

    const object = await servedIn(
      lab,
      await narrow.clusterPullSecret({ serviceAccounts: { mode: 'Default' } }),
      2,
    );
    expect(condition(object.status, 'Stalled')).toBeUndefined();
    await lab.admin.delete(object);
    await gone(lab, object);
    // What was written with more rights than there are now stays.
    expect(await listsIn(lab, namespace)).toEqual({ builder: ['zebra', 'apple', 'ecr-pull'], default: [] });
    await install({});
    await listed(lab, namespace, { builder: ['zebra', 'apple'], default: [] });
  });
});
