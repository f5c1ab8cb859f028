import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startAwsSimulator } from '../../lab/aws/aws-simulator.ts';
import { ACCOUNT, REGION } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  API_VERSION,
  conditionOf,
  type EcrLab,
  looks,
  type RegistryObject,
  readyOf,
  repositoryArn,
  startEcrLab,
} from '../repository/ecr-lab.ts';

const NAMESPACE = 'registries';
const OPERATOR = `arn:aws:iam::${ACCOUNT}:user/ecr-operator`;

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const reference = (name: string) => ({ apiVersion: API_VERSION, kind: 'Registry', metadata: { name } });
const registryNow = async (name: string) => {
  const found = await lab.admin.get<RegistryObject>(reference(name));
  if (!found) throw new Error(`no Registry ${name}`);
  return found;
};

describe('a Registry', () => {
  test('shows who we are at AWS, with the keys of the default chain', async () => {
    const registry = await lab.settled(await lab.registry('shown'));
    expect(registry.status).toMatchObject({
      accountId: ACCOUNT,
      identity: OPERATOR,
      registryUri: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`,
      arn: `arn:aws:ecr:${REGION}:${ACCOUNT}`,
      repositories: { managed: 0 },
    });
    expect(registry.status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['Ready', 'True', 'Ready'],
      ['Connected', 'True', 'Verified'],
    ]);
    expect(conditionOf(registry, 'Connected')?.message).toContain(OPERATOR);
    expect((await lab.event(registry, 'Ready')).metadata.namespace).toBe('default');
  });

  test('answers kubectl wait, and kubectl get says the first things', async () => {
    await lab.registry('columns');
    expect(await lab.kubectl('wait', '--for=condition=Ready', 'registry/columns', '--timeout=50s')).toContain(
      'condition met',
    );
    const [head = '', row = ''] = (await lab.kubectl('get', 'ecrreg', 'columns')).split('\n');
    expect(head.split(/\s+/)).toEqual(['NAME', 'READY', 'ACCOUNT', 'REGION', 'URI', 'REPOSITORIES', 'AGE']);
    expect(row).toMatch(new RegExp(`^columns +True +${ACCOUNT} +${REGION} +${ACCOUNT}\\.dkr\\S+ +0 `));
  });

  test('counts its Repositories', async () => {
    await lab.registry('counted');
    const settings = { registryRef: { name: 'counted' } };
    const first = await lab.repository(NAMESPACE, 'first', settings);
    await lab.repository(NAMESPACE, 'second', settings);
    const counted = (managed: number) =>
      waitFor(() => registryNow('counted'), {
        what: `${managed} repositories`,
        until: ({ status }) => status?.repositories?.managed === managed,
      });
    await counted(2);
    await lab.admin.delete(first);
    await counted(1);
  });

  test('that is looked at again without a change stays as it is', async () => {
    // Not compared with ECR again in the time of this test: that is told.
    const driftCheck = { schedule: '0 0 1 1 *', timeZone: 'UTC' };
    const applied = await lab.settled(await lab.registry('still', { driftCheck }));
    const registry = await waitFor(() => lab.admin.get<typeof applied>(applied), {
      what: 'the first comparison',
      until: (found) => found?.status?.lastDriftCheck !== undefined,
    });
    const calls = lab.aws.actions.all().length;
    // Hourly it asks who we are; the keys being the same, it is nothing new. ECR is read for others.
    await lab.advance(7_300_000);
    await lab.settled(await lab.registry('after-still'));
    expect(await lab.admin.get(registry)).toEqual(registry);
    expect(
      lab.aws.actions
        .all()
        .slice(calls)
        .filter(({ action }) => !/^ecr:(Describe|List|Get|BatchGet)/.test(action))
        .every(({ action }) => action === 'sts:GetCallerIdentity'),
    ).toBe(true);
  });

  test('talks to the endpoint of its spec', async () => {
    const other = await startAwsSimulator({ accountId: ACCOUNT, region: REGION });
    try {
      const user = { arn: `arn:aws:iam::${ACCOUNT}:user/at-the-endpoint` };
      other.addUser({ ...user, ...lab.operatorKey });
      const endpoint = { ecr: other.endpoint, sts: other.endpoint };
      const registry = await lab.settled(await lab.registry('endpoint', { endpoint }));
      expect(registry.status?.identity).toBe(user.arn);
      await lab.settled(
        await lab.repository(NAMESPACE, 'at-endpoint', { registryRef: { name: 'endpoint' } }),
      );
      expect(other.as(ACCOUNT, REGION).repository('at-endpoint')).toBeDefined();
      expect(lab.ecr.repository('at-endpoint')).toBeUndefined();
      // Back to the usual one, it is made there.
      await lab.settled(await lab.registry('endpoint', { endpoint: { ecr: lab.aws.endpoint } }));
      await waitFor(() => lab.ecr.repository('at-endpoint'), {
        what: 'the repository at the other endpoint',
      });
    } finally {
      await other.stop();
    }
  });

  test('of another account than the credentials: AccountMismatch, and AWS is never written to', async () => {
    const accountId = '999999999999';
    const writes = lab.aws.actions.writes().length;
    const registry = await lab.settled(await lab.registry('mismatch', { accountId }), 'AccountMismatch');
    expect(readyOf(registry).message).toBe(
      `the credentials belong to account ${ACCOUNT} (${OPERATOR}), but spec.accountId says ${accountId}: nothing is done at AWS until they agree`,
    );
    expect(conditionOf(registry, 'Stalled')?.reason).toBe('AccountMismatch');
    const object = await lab.repository(NAMESPACE, 'mismatched', { registryRef: { name: 'mismatch' } });
    await lab.settled(object, 'AccountMismatch');
    await lab.advance(330_000);
    await lab.settled(await lab.registry('after-mismatch'));
    expect(lab.aws.actions.writes().length).toBe(writes);
    expect(lab.aws.as(accountId, REGION).repositories()).toEqual([]);
    expect(looks(lab, 'mismatched')).toBe(0);
    // Nothing was made, so nothing holds the deletion.
    await lab.admin.delete(object);
    await lab.gone(object);
  });

  test('whose STS denies access says which action, with its words', async () => {
    const fault = lab.aws.faults.add({
      match: { action: 'sts:GetCallerIdentity' },
      fault: { kind: 'access-denied' },
    });
    // Another region, so that no connection is open that has asked already.
    const registry = await lab.settled(await lab.registry('denied', { region: 'eu-west-1' }), 'AccessDenied');
    expect(readyOf(registry).message).toMatch(
      /^sts:GetCallerIdentity on \*: AccessDenied: User: .* is not authorized to perform: sts:GetCallerIdentity .*\(request id \S+\)$/,
    );
    await lab.event(registry, 'AccessDenied', 'sts:GetCallerIdentity');
    fault.remove();
    await lab.settledInTime(registry);
  });
});

describe('a Registry that is referred to', () => {
  test('cannot be deleted, says by whom, and goes by itself afterwards', async () => {
    const registry = await lab.settled(await lab.registry('used'));
    const settings = { registryRef: { name: 'used' }, deletionPolicy: 'Delete' } as const;
    const app = await lab.settled(await lab.repository(NAMESPACE, 'used-app', settings));
    const pullSecret = {
      apiVersion: API_VERSION,
      kind: 'PullSecret',
      metadata: { name: 'pull', namespace: NAMESPACE },
      spec: { registries: [{ name: 'used' }] },
    };
    await lab.admin.create(pullSecret);
    await lab.admin.delete(registry);
    const waiting = await waitFor(() => registryNow('used'), {
      what: 'the Registry to say who holds it',
      until: (now) => readyOf(now).reason === 'InUse',
    });
    expect(waiting.metadata.deletionTimestamp).toBeDefined();
    expect(readyOf(waiting).message).toBe(
      `the deletion waits for what refers to this Registry: PullSecret ${NAMESPACE}/pull, Repository ${NAMESPACE}/used-app`,
    );
    // It still serves what it holds.
    await lab.settled(await lab.repository(NAMESPACE, 'used-app', { ...settings, scanOnPush: true }));
    await lab.admin.delete(pullSecret);
    await lab.gone(pullSecret);
    await lab.admin.delete(app);
    await lab.gone(app);
    await lab.gone(registry);
    expect(lab.ecr.repository('used-app')).toBeUndefined();
  });

  test('names ten and counts the others', async () => {
    const registry = await lab.settled(await lab.registry('popular'));
    const objects = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        lab.repository(NAMESPACE, `fan-${String(index).padStart(2, '0')}`, {
          registryRef: { name: 'popular' },
        }),
      ),
    );
    await Promise.all(objects.map((object) => lab.settled(object)));
    await lab.admin.delete(registry);
    await waitFor(() => registryNow('popular'), {
      what: 'ten names and a count',
      until: (now) => /fan-00, .*fan-09 and 2 more$/.test(readyOf(now).message),
    });
    await Promise.all(objects.map((object) => lab.admin.delete(object)));
    await lab.gone(registry);
  });
});

test('a suspended Registry lets nothing be written, and what waited goes on when it is not any more', async () => {
  await lab.settled(await lab.registry('suspended'));
  const settings = { registryRef: { name: 'suspended' }, scanOnPush: true };
  const before = await lab.settled(await lab.repository(NAMESPACE, 'before', settings));
  await lab.registry('suspended', { suspend: true });
  const stopped = await lab.settled(before, 'RegistrySuspended');
  expect(readyOf(stopped).message).toContain('Registry suspended is suspended');
  const during = await lab.repository(NAMESPACE, 'during', settings);
  await lab.settled(during, 'RegistrySuspended');
  lab.held('before').scanOnPush = false;
  await lab.repository(NAMESPACE, 'before', { ...settings, tags: { any: 'change' } });
  await lab.settled(before, 'RegistrySuspended');
  expect(lab.held('before').scanOnPush).toBe(false);
  expect(lab.ecr.repository('during')).toBeUndefined();
  await lab.registry('suspended', { suspend: false });
  await lab.settled(during);
  await lab.settled(before);
  expect(lab.held('before').scanOnPush).toBe(true);
  expect(lab.held('during').arn).toBe(repositoryArn('during'));
});
