import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { accountCallsIn } from '../../lab/account-record.ts';
import { ACCOUNT, type Lab, REGION } from '../../lab/lab.ts';
import { comparedRights, rightsIn } from '../../lab/rights.ts';
import { gone, pullNames, scenes, secretIn, servedIn, settledAs } from '../pull-secret/pull-lab.ts';
import { type PullObject, registry } from '../pull-secret/pull-objects.ts';
import { livedPullSecrets } from '../pull-secret/whole-life.ts';
import { keysInSecret, PULL_SECRETS_ONLY, startModeLab } from './mode-lab.ts';

const ONLY = { ECR_OPERATOR_CONTROLLERS: 'pull-secrets' };

jest.setTimeout(90_000);

let lab: Lab;
let scene: ReturnType<typeof scenes>;

beforeAll(async () => {
  lab = await startModeLab(PULL_SECRETS_ONLY);
  scene = scenes(lab);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** Everything that such an operator does to a cluster. */
async function touchEverything(): Promise<void> {
  const { admin } = lab;
  const name = 'all';
  await keysInSecret(lab);
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } } as never);
  const credentials = { secretRef: { name: 'aws-credentials' } };
  const aws = await admin.apply<PullObject>(
    registry(name, { accountId: ACCOUNT, region: REGION, credentials }),
  );
  await settledAs(lab, aws, 'Ready');
  for (const object of [...(await livedPullSecrets(lab, name)), aws]) {
    await admin.delete(object);
    await gone(lab, object);
  }
}

test('the shipped roles hold every right that is used, and no other, with a Lease to compete for', async () => {
  const operator = await lab.startOperator({ env: { ...ONLY, ECR_OPERATOR_LEADER_ELECT: 'true' } });
  await touchEverything();
  expect(await operator.stop()).toBe(true);
  const rights = rightsIn(await lab.kubectl('kustomize', PULL_SECRETS_ONLY), { file: 'pull-secrets-only' });
  const calls = await accountCallsIn(lab.controlPlane.files.auditLog);
  expect(comparedRights({ calls, rights })).toMatchObject({ missing: [], denied: [], unused: [] });
});

describe('an operator with --controllers=pull-secrets', () => {
  beforeAll(async () => {
    await lab.startOperator({ env: ONLY });
  }, 120_000);

  test('works where the CRDs of the other kinds are not installed, and asks for none of them', async () => {
    const kinds = (await lab.kubectl('get', 'crd', '-o', 'name')).trim().split('\n');
    expect(kinds.map((kind) => kind.replace(/.*\/(\w+)\..*/, '$1'))).toEqual([
      'clusterpullsecrets',
      'pullsecrets',
      'registries',
    ]);
    const own = scene('works');
    await own.namespace(0);
    await own.serve(1);
    expect(await pullNames(lab, 'works-0')).toEqual(['ecr-pull']);
  });

  test('says of a Registry with registry-wide settings that it does not keep them, and writes none', async () => {
    const own = scene('settings');
    const settings = { accountSettings: { blobMounting: 'ENABLED' } } as const;
    const object = await settledAs(lab, await own.registry(settings), 'PullSecretsOnly');
    const ready = object.status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready?.message).toContain('--controllers=pull-secrets');
    expect(ready?.message).toContain('accountSettings');
    const asked = lab.aws.actions.all().filter(({ region }) => region === own.region);
    expect(new Set(asked.map(({ action }) => action))).toEqual(new Set(['sts:GetCallerIdentity']));
    const { accountSettings: _, ...spec } = object.spec as object as Record<string, unknown>;
    await lab.admin.patch(object, { spec: { ...spec, accountSettings: null } });
    await settledAs(lab, object, 'Ready');
  });

  test('gives tokens by the tenancy of the Registry, which hangs on no object that it cannot see', async () => {
    const own = scene('tenancy');
    const role = `arn:aws:iam::${ACCOUNT}:role/ecr-pull-tenancy`;
    lab.aws.addRole({ arn: role, trusts: ['*'] });
    await own.registry({
      pullRoleArn: role,
      tenancy: {
        rules: [
          { allow: ['Pull'], repositoryPrefixes: ['a'], namespaceSelector: { matchLabels: { team: 'a' } } },
        ],
      },
    });
    const inside = await own.namespace('a', { team: 'a' });
    const outside = await own.namespace('b', { team: 'b' });
    const served = await servedIn(lab, await own.pullSecret(inside), 1);
    expect(served.status?.tokenScope).toBe('Scoped');
    await settledAs(lab, await own.pullSecret(outside), 'TenancyDenied');
    const whole = await own.pullSecret(inside, { registries: [{ name: own.name, repositories: ['b/web'] }] });
    await settledAs(lab, whole, 'TenancyDenied');
    expect(await secretIn(lab, outside)).toBeUndefined();
  });
});
