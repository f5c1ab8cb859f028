import { describe, expect, test } from '@jest/globals';
import type { NamespaceState } from '../../../../src/controllers/world.ts';
import { clusterPullSecret, HOUR, NOW, namespace, registry, type Things } from '../objects.ts';
import { deliveryTrial, WANTED } from './delivery-trial.ts';
import { ATTACHED, login, secret, serviceAccount, token } from './pull-objects.ts';

const GOING = { deletionTimestamp: '2026-01-01T00:00:00Z' };

describe('a delivery', () => {
  test.each<[string, Things, string[]]>([
    [
      'makes the Secret, never by force, then the entry',
      WANTED,
      ['apply Secret', 'patch ServiceAccount default'],
    ],
    ['writes nothing where all is well', { ...WANTED, secrets: [secret()], serviceAccounts: [ATTACHED] }, []],
    [
      'takes back what was edited in a Secret of ours',
      { ...WANTED, secrets: [secret({ intact: false })], serviceAccounts: [ATTACHED] },
      ['apply Secret, forced'],
    ],
    ['leaves a stranger’s Secret alone', { ...WANTED, secrets: [secret({ managed: false })] }, []],
    [
      'takes a stranger’s Secret that is handed over',
      { ...WANTED, secrets: [secret({ managed: false, handedOver: true })], serviceAccounts: [ATTACHED] },
      ['apply Secret, forced'],
    ],
    [
      'takes its entry back from beside a stranger’s Secret',
      { ...WANTED, secrets: [secret({ managed: false })], serviceAccounts: [ATTACHED] },
      ['patch ServiceAccount default'],
    ],
    [
      'takes away what nobody wants, by uid and version',
      { secrets: [secret()], serviceAccounts: [ATTACHED] },
      ['delete Secret {"uid":"uid-of-secret","resourceVersion":"7"}', 'patch ServiceAccount default'],
    ],
    [
      'takes away the entry under a name that is not configured any more',
      { ...WANTED, secretNames: ['other'], serviceAccounts: [ATTACHED] },
      ['patch ServiceAccount default'],
    ],
    [
      'does nothing in a namespace that is going',
      { ...WANTED, namespaces: [namespace('team', { terminating: true })] },
      [],
    ],
    ['does nothing in a namespace that is gone', { ...WANTED, namespaces: [] }, []],
    [
      'gives nothing to a namespace that may not Pull',
      { ...WANTED, registries: [registry('default', { tenancy: { rules: [] } })] },
      [],
    ],
    [
      'waits without a word where the ServiceAccount is not there yet',
      { ...WANTED, serviceAccounts: [] },
      ['apply Secret'],
    ],
  ])('%s', async (_what, things, writes) => {
    const one = deliveryTrial(things);
    expect([await one.pass(), one.writes]).toEqual([{}, writes]);
  });

  test('takes nothing away before anybody looked at who wants it: at a start nobody seems to', async () => {
    const one = deliveryTrial({ secrets: [secret()], serviceAccounts: [ATTACHED] });
    one.world.demand.forget('team/ecr-pull');
    expect([await one.pass(), one.writes]).toEqual([{}, []]);
    one.world.demand.set('team/ecr-pull', undefined);
    await one.pass();
    expect(one.writes.length).toBe(2);
  });

  test('tells each failure once, and that it is over', async () => {
    const one = deliveryTrial({ ...WANTED, secrets: [secret({ terminating: true })] });
    const failure = { reason: 'SecretTerminating', message: expect.stringContaining('finalizer') };
    await one.pass();
    await one.pass();
    expect([one.told, one.world.results.get('team/ecr-pull')]).toEqual([['team/ecr-pull'], failure]);
    const well = deliveryTrial();
    well.world.results.set('team/ecr-pull', { reason: 'X', message: 'x' });
    await well.pass();
    expect([well.told, well.world.results.get('team/ecr-pull')]).toEqual([['team/ecr-pull'], undefined]);
  });

  test.each<[string, NamespaceState[]]>([
    ['going', [namespace('team', { terminating: true })]],
    ['gone', []],
  ])('has nothing to say of a namespace that is %s', async (_how, namespaces) => {
    const one = deliveryTrial({ ...WANTED, namespaces });
    one.world.results.set('team/ecr-pull', { reason: 'X', message: 'x' });
    await one.pass();
    expect([one.told, one.world.results.get('team/ecr-pull')]).toEqual([['team/ecr-pull'], undefined]);
  });
});

describe('what is retained', () => {
  const retained = {
    clusterPullSecrets: [clusterPullSecret('all', { deletionPolicy: 'Retain' as const }, GOING)],
    serviceAccounts: [ATTACHED],
    secrets: [secret()],
  };

  test('stays, the Secret and its entry; the Secret is released last', async () => {
    const one = deliveryTrial(retained);
    expect([await one.pass(), one.writes]).toEqual([{}, ['patch ServiceAccount default', 'release Secret']]);
  });

  test('says whose it is until the entry is released too: without that the entry would be taken away', async () => {
    const one = deliveryTrial(retained);
    one.failures['patch ServiceAccount default'] = new Error('no');
    await one.pass();
    expect(one.writes).toEqual(['patch ServiceAccount default']);
  });
});

describe('a Secret that is older than the token of a start', () => {
  const TIMES = { issuedAt: NOW - 5 * HOUR, rotateAt: NOW + HOUR, expiresAt: NOW + 7 * HOUR };
  const old = login(TIMES);
  const things = { ...WANTED, secrets: [secret({ logins: [old] })], serviceAccounts: [ATTACHED] };

  test.each<[string, number, Partial<ReturnType<typeof token>>, object, string[]]>([
    [
      'is spared, and looked at again when it is due and nothing came',
      0,
      {},
      { requeueAfterMs: HOUR + 60_000 },
      [],
    ],
    [
      'is looked at a minute after it is due: its successor is on its way',
      HOUR - 1,
      {},
      { requeueAfterMs: 60_001 },
      [],
    ],
    ['takes it when it is due and nothing else came', HOUR + 60_000, {}, {}, ['apply Secret, forced']],
    [
      'does not take it when that is due itself',
      HOUR + 60_000,
      { rotateAt: NOW },
      { requeueAfterMs: 6 * HOUR - 60_000 },
      [],
    ],
    ['takes even that when its own has run out', 7 * HOUR, { rotateAt: NOW }, {}, ['apply Secret, forced']],
    [
      'is looked at again for a token that is a second newer',
      0,
      { issuedAt: NOW - 5 * HOUR + 1_000 },
      { requeueAfterMs: HOUR + 60_000 },
      [],
    ],
    [
      'is not looked at again for a token that is no newer',
      0,
      { ...TIMES, issuedAt: TIMES.issuedAt + 999 },
      {},
      [],
    ],
  ])('%s', async (_what, after, more, next, writes) => {
    const one = deliveryTrial(things);
    one.world.tokens.set('default|', { token: token({ replacesAll: false, ...more }) });
    one.clock.advance(after);
    expect([await one.pass(), one.writes]).toEqual([next, writes]);
  });

  test('is not looked at again where there is no newer one', async () => {
    const one = deliveryTrial(things);
    one.world.tokens.forget('default|');
    expect(await one.pass()).toEqual({});
  });
});

test('several ServiceAccounts are served beside one Secret', async () => {
  const spec = { serviceAccounts: { mode: 'All' as const } };
  const one = deliveryTrial({
    ...WANTED,
    clusterPullSecrets: [clusterPullSecret('all', spec)],
    serviceAccounts: ['default', 'builder'].map((name) => serviceAccount({ name })),
    secrets: [secret()],
  });
  await one.pass();
  expect(one.writes).toEqual(['patch ServiceAccount default', 'patch ServiceAccount builder']);
});
