import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { accountCallsIn } from '../../lab/account-record.ts';
import { ACCOUNT, type Lab, REGION, startLab } from '../../lab/lab.ts';
import { comparedRights, rightsIn } from '../../lab/rights.ts';
import { keysInSecret } from '../modes/mode-lab.ts';
import { gone, settledAs } from '../pull-secret/pull-lab.ts';
import { API_VERSION, core, type PullObject, registry } from '../pull-secret/pull-objects.ts';
import { livedPullSecrets } from '../pull-secret/whole-life.ts';

jest.setTimeout(60_000);

const BASE = join(import.meta.dirname, '../../../deploy/kustomize/base');

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ audit: true });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** Everything that the operator does to a cluster. */
async function touchEverything(): Promise<void> {
  const { admin } = lab;
  const name = 'all';
  await keysInSecret(lab);
  await admin.create(core('Namespace', name));
  const credentials = { secretRef: { name: 'aws-credentials' } };
  const aws = await admin.apply<PullObject>(
    registry(name, {
      accountId: ACCOUNT,
      region: REGION,
      credentials,
      tenancy: { rules: [{ allow: ['Pull', 'Create', 'Public'] }] },
    }),
  );
  const metadata = { name, namespace: name };
  const repository = await admin.apply<PullObject>({
    apiVersion: API_VERSION,
    kind: 'Repository',
    metadata,
    spec: { registryRef: { name } },
  } as never);
  const publicRepository = await admin.apply<PullObject>({
    apiVersion: API_VERSION,
    kind: 'PublicRepository',
    metadata,
    spec: { registryRef: { name }, catalogData: { logoImage: 'bG9nbw==' } },
  } as never);
  const ofRegistry = await Promise.all(
    (
      [
        ['PullThroughCacheRule', { upstreamRegistry: 'quay' }],
        ['RepositoryCreationTemplate', { appliedFor: ['REPLICATION'] }],
      ] as const
    ).map(([kind, spec]) =>
      admin.apply<PullObject>({
        apiVersion: API_VERSION,
        kind,
        metadata: { name },
        spec: { registryRef: { name }, ...spec },
      } as never),
    ),
  );
  const filling = await admin.apply<PullObject>({
    apiVersion: API_VERSION,
    kind: 'RepositoryClass',
    metadata: { name },
    spec: { scanOnPush: true },
  } as never);
  await settledAs(lab, repository, 'Ready');
  await settledAs(lab, publicRepository, 'Ready');
  await settledAs(lab, filling, 'Ready');
  for (const object of ofRegistry) await settledAs(lab, object, 'Ready');
  const claims = await livedPullSecrets(lab, name);
  lab.aws.as(ACCOUNT, REGION).removeRepository(name);
  for (const object of [...claims, repository, publicRepository, ...ofRegistry, filling, aws]) {
    await admin.delete(object);
    await gone(lab, object);
  }
}

test('the shipped roles hold every right that is used, and no other', async () => {
  const operator = await lab.startOperator({ env: { ECR_OPERATOR_LEADER_ELECT: 'true' } });
  await touchEverything();
  expect(await operator.stop()).toBe(true);
  const rights = rightsIn(await lab.kubectl('kustomize', BASE), { file: 'base' });
  const calls = await accountCallsIn(lab.controlPlane.files.auditLog);
  expect(comparedRights({ calls, rights })).toMatchObject({ missing: [], denied: [], unused: [] });
});
