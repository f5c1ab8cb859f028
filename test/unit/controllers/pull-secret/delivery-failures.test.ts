import { describe, expect, test } from '@jest/globals';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import { clusterPullSecret, HOUR, namespace, type stored } from '../objects.ts';
import { type DeliveryTrial, deliveryTrial, WANTED } from './delivery-trial.ts';
import { ATTACHED, secret, serviceAccount, token } from './pull-objects.ts';

const CONFLICT = new KubeError(409, 'Conflict', 'no');
const RETRY = { retry: { kind: 'backoff' } };

function result({ world }: DeliveryTrial) {
  return world.results.get('team/ecr-pull');
}

describe('a delivery that fails', () => {
  test.each<[string, string, Error, string]>([
    [
      'Secret that the cache has not seen',
      'apply Secret',
      CONFLICT,
      'Secret ecr-pull changed meanwhile, trying again',
    ],
    [
      'Secret of the same name that has another uid',
      'apply Secret',
      new KubeError(422, 'Invalid', 'Secret is invalid: metadata.uid: Invalid value: field is immutable'),
      'Secret ecr-pull changed meanwhile, trying again',
    ],
    [
      'ServiceAccount whose version is not that of the patch',
      'patch ServiceAccount default',
      new KubeError(422, 'Invalid', 'the server rejected our request'),
      'ServiceAccount default changed meanwhile, trying again',
    ],
  ])('beside a %s is tried again, three times without a word', async (_what, what, error, message) => {
    const one = deliveryTrial();
    one.failures[what] = error;
    for (let count = 0; count < 3; count += 1) {
      expect([await one.pass(), result(one), one.told]).toEqual([RETRY, undefined, []]);
    }
    expect([await one.pass(), result(one)]).toEqual([RETRY, { reason: 'Conflict', message }]);
    delete one.failures[what];
    expect([await one.pass(), result(one)]).toEqual([{}, undefined]);
    one.failures[what] = error;
    await one.pass();
    expect(result(one)).toBeUndefined();
  });

  test('for another reason is told at once', async () => {
    const one = deliveryTrial();
    one.failures['apply Secret'] = new KubeError(403, 'Forbidden', 'exceeded quota');
    expect([await one.pass(), result(one), one.writes]).toEqual([
      RETRY,
      { reason: 'KubernetesForbidden', message: 'exceeded quota' },
      ['apply Secret'],
    ]);
  });

  test('says what to do with a Secret that cannot become ours', async () => {
    const handed = secret({ managed: false, handedOver: true });
    const one = deliveryTrial({ ...WANTED, secrets: [handed] });
    one.failures['apply Secret, forced'] = new KubeError(422, 'Invalid', 'type: field is immutable');
    expect([await one.pass(), result(one)]).toEqual([
      RETRY,
      {
        reason: 'SecretInvalid',
        message:
          'the API server does not take Secret ecr-pull: type: field is immutable; delete it, and it is made anew',
      },
    ]);
  });

  test('in a namespace that turns out to be going is no failure', async () => {
    const words = 'unable to create new content in namespace team because it is being terminated';
    const one = deliveryTrial();
    one.failures['apply Secret'] = new KubeError(403, 'Forbidden', words);
    expect([await one.pass(), result(one)]).toEqual([{}, undefined]);
  });

  test('for one ServiceAccount serves the others and the Secret', async () => {
    const one = deliveryTrial({
      ...WANTED,
      clusterPullSecrets: [clusterPullSecret('all', { serviceAccounts: { mode: 'All' } })],
      serviceAccounts: ['a', 'b', 'c'].map((name) => serviceAccount({ name })),
    });
    one.failures['patch ServiceAccount a'] = new KubeError(403, 'Forbidden', 'no right');
    expect([await one.pass(), result(one)?.message, one.writes]).toEqual([
      RETRY,
      'no right',
      ['apply Secret', 'patch ServiceAccount a', 'patch ServiceAccount b', 'patch ServiceAccount c'],
    ]);
  });
});

describe('a Secret that somebody keeps undoing', () => {
  const edited = { ...WANTED, secrets: [secret({ intact: false })], serviceAccounts: [ATTACHED] };

  async function contested(one: DeliveryTrial) {
    for (let count = 0; count < 6; count += 1) expect(await one.pass()).toEqual({});
    one.writes.length = 0;
    return one.pass();
  }

  test('is put right less and less often, and that is told', async () => {
    const one = deliveryTrial(edited);
    expect([await contested(one), one.writes, result(one)]).toEqual([
      { requeueAfterMs: 10_000 },
      [],
      {
        reason: 'SecretContested',
        message:
          'somebody keeps changing Secret ecr-pull, which was put right 5 times: tried again at 2026-01-01T12:00:10Z; find who writes to it, or choose another secretName',
      },
    ]);
    one.clock.advance(10_000);
    expect([await one.pass(), one.writes, result(one)]).toEqual([{}, ['apply Secret, forced'], undefined]);
  });

  test('is told to be deleted where it is missing each time', async () => {
    const one = deliveryTrial({ ...WANTED, serviceAccounts: [ATTACHED] });
    await contested(one);
    expect(result(one)?.message).toMatch(/^somebody keeps deleting Secret ecr-pull,/);
  });

  test('does not keep its ServiceAccounts from what they need', async () => {
    const one = deliveryTrial({ ...edited, serviceAccounts: [serviceAccount()] });
    await contested(one);
    one.writes.length = 0;
    one.clock.advance(9_000);
    await one.pass();
    expect(one.writes).toEqual([]);
    one.clock.advance(999);
    // The shorter of both waits counts: here both have been put right as often.
    expect(await one.pass()).toEqual({ requeueAfterMs: 1 });
  });

  test('does not hide that a ServiceAccount is looked at sooner', async () => {
    const one = deliveryTrial({ ...edited, serviceAccounts: [ATTACHED] });
    for (let count = 0; count < 6; count += 1) await one.pass();
    const accounts = [serviceAccount()];
    const world = one.world as unknown as { serviceAccountsIn: () => readonly unknown[] };
    world.serviceAccountsIn = () => accounts;
    one.clock.advance(10_000);
    for (let count = 0; count < 6; count += 1) await one.pass();
    // The Secret waits 20 s by now, the ServiceAccount 10 s.
    expect(await one.pass()).toEqual({ requeueAfterMs: 10_000 });
    expect(result(one)?.reason).toBe('SecretContested');
  });

  test('is no fight of rotations, nor of holders', async () => {
    const one = deliveryTrial({ ...edited, secrets: [secret({ holder: 'ClusterPullSecret/x' })] });
    for (let count = 0; count < 20; count += 1) expect(await one.pass()).toEqual({});
    const renewed = deliveryTrial({ ...edited, secrets: [secret()] });
    for (let count = 1; count < 20; count += 1) {
      renewed.world.tokens.set('default|', { token: token({ issuedAt: token().issuedAt + count * HOUR }) });
      expect(await renewed.pass()).toEqual({});
    }
    expect([one.writes.length, renewed.writes.length]).toEqual([20, 19]);
  });

  test('is no fight any more once the namespace was gone', async () => {
    const one = deliveryTrial(edited);
    await contested(one);
    const namespaces = one.world.namespaces as ReturnType<typeof stored>;
    namespaces.remove('team');
    await one.pass();
    namespaces.set('team', namespace(), '2');
    expect([await one.pass(), one.writes]).toEqual([{}, ['apply Secret, forced']]);
  });

  test('is no fight where we took it away ourselves', async () => {
    const one = deliveryTrial(edited);
    await contested(one);
    const before = one.world.demand.get('team/ecr-pull');
    one.world.demand.set('team/ecr-pull', undefined);
    await one.pass();
    one.world.demand.set('team/ecr-pull', before);
    one.writes.length = 0;
    await one.pass();
    expect(one.writes).toContain('apply Secret, forced');
  });
});
