import { describe, expect, test } from '@jest/globals';
import { dockerLogin, encodedConfig } from '../../../../src/controllers/pull-secret/docker-config.ts';
import { secretBody } from '../../../../src/controllers/pull-secret/secret-body.ts';
import { clusterPullSecret, HOST, HOUR, namespace, type stored } from '../objects.ts';
import { type DeliveryTrial, deliveryTrial, WANTED } from './delivery-trial.ts';
import { ATTACHED, cluster, login, secret, serviceAccount, token } from './pull-objects.ts';

function result({ world }: DeliveryTrial) {
  return world.results.get('team/ecr-pull');
}

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

  test('is no fight where others write beside what is ours, into what they are let keep', async () => {
    const spec = { foreignEntries: 'Keep' as const };
    const holder = cluster('all', spec);
    const shared = secret({ intact: false, foreignEntries: 'Keep' });
    const one = deliveryTrial({
      ...edited,
      clusterPullSecrets: [clusterPullSecret('all', spec)],
      secrets: [shared],
    });
    const content = {
      logins: [login()],
      data: encodedConfig({ [HOST]: dockerLogin('hush'), 'x.example': {} }),
    };
    const { metadata, data } = secretBody({
      target: { namespace: 'team', secretName: 'ecr-pull' },
      holder,
      content,
    });
    one.found = { metadata: { ...metadata, resourceVersion: '8' }, data };
    for (let count = 0; count < 20; count += 1) expect(await one.pass()).toEqual({});
    one.found = { metadata: { ...metadata, resourceVersion: '8' }, data: {} };
    expect(await contested(one)).toEqual({ requeueAfterMs: 10_000 });
  });

  test('takes a new token at once where it is as it should be again', async () => {
    const one = deliveryTrial(edited);
    await contested(one);
    const world = one.world as unknown as { secret: () => ReturnType<typeof secret> };
    world.secret = () => secret({ resourceVersion: '99' });
    one.world.tokens.set('default|', { token: token({ issuedAt: token().issuedAt + HOUR }) });
    expect([await one.pass(), one.writes]).toEqual([{}, ['apply Secret, forced']]);
  });
});
