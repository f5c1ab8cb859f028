import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ACCOUNT, REGION } from '../../lab/lab.ts';
import { conditionOf, type EcrLab, looks, readyOf, startEcrLab } from '../repository/ecr-lab.ts';

const NAMESPACE = 'pulled';
const OTHER_ACCOUNT = '999999999999';
const OPERATOR = `arn:aws:iam::${ACCOUNT}:user/ecr-operator`;
const PULL_ONLY = { access: 'PullOnly' } as const;

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

describe('a Registry with access PullOnly', () => {
  test('may be of another account than the credentials, and says that it is only pulled from', async () => {
    const settings = { ...PULL_ONLY, accountId: OTHER_ACCOUNT };
    const registry = await lab.settled(await lab.registry('other', settings));
    expect(registry.status).toMatchObject({
      accountId: ACCOUNT,
      identity: OPERATOR,
      registryUri: `${OTHER_ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`,
      arn: `arn:aws:ecr:${REGION}:${OTHER_ACCOUNT}`,
    });
    expect(conditionOf(registry, 'Connected')).toMatchObject({
      status: 'True',
      reason: 'Verified',
      message: `AWS knows this operator as ${OPERATOR}; the registry is only pulled from`,
    });
  });

  test('is shown as such by kubectl get -o wide, and one without a word as Manage', async () => {
    await lab.registry('wide', PULL_ONLY);
    const [head = '', ...rows] = (await lab.kubectl('get', 'ecrreg', 'wide', 'default', '-o', 'wide')).split(
      '\n',
    );
    const at = head.indexOf('ACCESS');
    expect(rows.slice(0, 2).map((row) => row.slice(at).split(' ')[0])).toEqual(['PullOnly', 'Manage']);
  });

  test('without any way to AWS says why, as every other', async () => {
    const fault = lab.aws.faults.add({
      match: { action: 'sts:GetCallerIdentity' },
      fault: { kind: 'access-denied' },
    });
    const settings = { ...PULL_ONLY, accountId: OTHER_ACCOUNT, region: 'eu-west-3' };
    const registry = await lab.settled(await lab.registry('refused', settings), 'AccessDenied');
    fault.remove();
    await lab.settledInTime(registry);
  });

  test('keeps Repositories that refer to it from AWS, and does not hold their deletion', async () => {
    await lab.settled(await lab.registry('read', PULL_ONLY));
    const writes = lab.aws.actions.writes().length;
    const settings = { registryRef: { name: 'read' }, deletionPolicy: 'DeleteWithImages' } as const;
    const object = await lab.repository(NAMESPACE, 'never-made', settings);
    const refused = await lab.settled(object, 'RegistryPullOnly');
    expect(readyOf(refused)).toEqual({
      status: 'False',
      reason: 'RegistryPullOnly',
      message:
        'Registry read has access PullOnly, and nothing is ever written to it: refer to a Registry that has access Manage',
    });
    expect(conditionOf(refused, 'Stalled')?.reason).toBe('RegistryPullOnly');
    await lab.event(object, 'RegistryPullOnly');
    await lab.admin.delete(object);
    await lab.gone(object);
    expect([lab.aws.actions.writes().length - writes, looks(lab, 'never-made')]).toEqual([0, 0]);
  });
});

test('a Registry that becomes PullOnly lets nothing more be written, deletions included, until it is Manage', async () => {
  const settings = { registryRef: { name: 'changing' }, scanOnPush: true, deletionPolicy: 'Delete' } as const;
  await lab.settled(await lab.registry('changing'));
  const kept = await lab.settled(await lab.repository(NAMESPACE, 'kept', settings));
  const going = await lab.settled(await lab.repository(NAMESPACE, 'going', settings));
  await lab.registry('changing', PULL_ONLY);
  await lab.settled(kept, 'RegistryPullOnly');
  await lab.settled(going, 'RegistryPullOnly');
  lab.held('kept').scanOnPush = false;
  await lab.repository(NAMESPACE, 'kept', { ...settings, tags: { any: 'change' } });
  await lab.admin.delete(going);
  await lab.settled(kept, 'RegistryPullOnly');
  await lab.settled(going, 'RegistryPullOnly');
  expect([lab.held('kept').scanOnPush, lab.ecr.repository('going')]).toEqual([false, expect.anything()]);
  await lab.registry('changing', { access: 'Manage' });
  await lab.settled(kept);
  await lab.gone(going);
  expect([lab.held('kept').scanOnPush, lab.ecr.repository('going')]).toEqual([true, undefined]);
});

test('an AccountMismatch is over as soon as the Registry is only pulled from, and back when it is not', async () => {
  const accountId = OTHER_ACCOUNT;
  const registry = await lab.settled(await lab.registry('wavering', { accountId }), 'AccountMismatch');
  await lab.registry('wavering', { accountId, ...PULL_ONLY });
  await lab.settled(registry);
  await lab.registry('wavering', { accountId, access: 'Manage' });
  await lab.settled(registry, 'AccountMismatch');
});
