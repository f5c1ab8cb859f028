import { describe, expect, test } from '@jest/globals';
import type { Registry } from '../../../../src/api/registry.generated.ts';
import { type Claim, claimKey } from '../../../../src/controllers/pull-secret/claims.ts';
import type { SecretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import { readyWants } from '../../../../src/controllers/pull-secret/wants.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { clusterPullSecret, HOUR, NOW, namespace, pullSecret, registry, type stored } from '../objects.ts';
import { login, secret, token } from './pull-objects.ts';
import { tokenTrial } from './token-trial.ts';

const FIRST = token({ password: 'hush1', replacesAll: false });
const DENIED = new RetryableError('AccessDenied', 'no');

describe('the token of a Registry', () => {
  test('is asked for once for all namespaces, and again after half of its life', async () => {
    const namespaces = Array.from({ length: 500 }, (_, index) => namespace(`n${index}`));
    const one = tokenTrial({ pullSecrets: [pullSecret()], namespaces });
    expect(await one.pass()).toEqual({ requeueAfterMs: 6 * HOUR });
    expect(await one.pass()).toEqual({ requeueAfterMs: 6 * HOUR });
    expect([one.asked, one.told]).toEqual([[''], [['default|', { token: FIRST }]]]);
    one.clock.advance(6 * HOUR);
    expect(await one.pass()).toEqual({ requeueAfterMs: 6 * HOUR });
    expect([one.asked.length, one.told[1]?.[1].token?.replacesAll]).toEqual([2, true]);
  });

  test('that falls due while the pass looks at its Secrets is renewed in that pass', async () => {
    const one = tokenTrial();
    await one.pass();
    let now = NOW + 6 * HOUR - 1;
    Object.assign(one.clock, { now: () => now++ });
    await one.pass();
    expect(one.asked.length).toBe(2);
  });

  test('is asked for its own scope, beside others of the same Registry', async () => {
    const some = (name: string, repository: string) =>
      pullSecret(
        name,
        { registries: [{ name: 'default', repositories: [repository] }] },
        { namespace: name },
      );
    const one = tokenTrial({
      namespaces: ['a', 'b', 'c'].map((name) => namespace(name)),
      clusterPullSecrets: [],
      pullSecrets: [some('a', 'x'), some('b', 'x'), some('c', 'y')],
    });
    for (const id of one.world.demand.ids()) await one.pass(id);
    expect(one.asked).toEqual(['x', 'y']);
  });

  test('comes due with the other tokens of its Secrets, so that one write takes them all', async () => {
    const spec = { registries: [{ name: 'default' }, { name: 'other' }] };
    const one = tokenTrial({
      registries: [registry(), registry('other', { region: 'eu-west-1' })],
      clusterPullSecrets: [clusterPullSecret('all', spec)],
    });
    one.world.tokens.set('other|', { token: token({ id: 'other|', rotateAt: NOW + 5.5 * HOUR }) });
    expect(await one.pass()).toEqual({ requeueAfterMs: 5.5 * HOUR });
  });

  test('is not brought forward by its own rotation before', async () => {
    const one = tokenTrial();
    one.world.tokens.set('default|', { token: token({ connection: 'earlier', rotateAt: NOW + 5.5 * HOUR }) });
    expect(await one.pass()).toEqual({ requeueAfterMs: 6 * HOUR });
  });

  test('that all have been given is renewed by its own life, whatever Secrets say of theirs', async () => {
    const one = tokenTrial({ secrets: [secret({ logins: [login({ rotateAt: NOW + HOUR })] })] });
    one.world.tokens.set('default|', { token: token({ replacesAll: true }) });
    one.clock.advance(2 * HOUR);
    expect([await one.pass(), one.asked]).toEqual([{ requeueAfterMs: 4 * HOUR }, []]);
  });

  test.each<[string, Partial<SecretState>, number]>([
    ['our Secret', {}, 2 * HOUR],
    ['one within ten minutes', { logins: [login({ rotateAt: NOW + 1_000 })] }, 600_000],
    [
      'one that is due already, which takes this one',
      { logins: [login({ rotateAt: NOW - HOUR })] },
      6 * HOUR,
    ],
    ['one that somebody edited, whose word is worth nothing', { intact: false }, 6 * HOUR],
    ['one that is not ours', { managed: false }, 6 * HOUR],
    ['one of another token', { logins: [login({ id: 'default|x', rotateAt: NOW + 2 * HOUR })] }, 6 * HOUR],
  ])('comes again when an older one is due, in %s', async (_what, more, after) => {
    const logins = [login({ rotateAt: NOW + 2 * HOUR })];
    const one = tokenTrial({ secrets: [secret({ logins, ...more })] });
    expect([await one.pass(), one.asked.length]).toEqual([{ requeueAfterMs: after }, 1]);
  });

  test('comes at a scheduled time too, and once for one that was missed', async () => {
    const rotation = { schedule: '0 15 * * *', timeZone: 'UTC' };
    const one = tokenTrial({ clusterPullSecrets: [clusterPullSecret('all', { rotation })] });
    expect(await one.pass()).toEqual({ requeueAfterMs: 3 * HOUR });
    one.clock.advance(5 * HOUR);
    expect(await one.pass()).toEqual({ requeueAfterMs: 6 * HOUR });
    expect([await one.pass(), one.asked.length]).toEqual([{ requeueAfterMs: 6 * HOUR }, 2]);
  });

  test('comes when somebody asks, at most once in ten minutes', async () => {
    const annotations = { 'ecr-operator.io/rotate-requested-at': 'x' };
    const object = clusterPullSecret('all', {}, { annotations });
    const one = tokenTrial({ clusterPullSecrets: [object] });
    await one.pass();
    one.clock.advance(60_000);
    one.world.requests.see({ kind: 'ClusterPullSecret', object }, one.clock.now());
    expect([await one.pass(), one.asked.length]).toEqual([{ requeueAfterMs: 540_000 }, 1]);
    one.clock.advance(540_000);
    expect([await one.pass(), one.asked.length]).toEqual([{ requeueAfterMs: 6 * HOUR }, 2]);
  });
});

describe('a token of earlier circumstances', () => {
  test('is renewed at once under other credentials, for all; the old one serves until it is there', async () => {
    const one = tokenTrial();
    const old = token({ connection: 'earlier credentials' });
    one.world.tokens.set('default|', { token: old });
    one.answer = DENIED;
    await one.pass();
    expect(one.world.tokens.get('default|').token).toBe(old);
    one.answer = 12 * HOUR;
    one.clock.advance(1_000);
    await one.pass();
    expect(one.world.tokens.get('default|').token).toMatchObject({ password: 'hush2', replacesAll: true });
  });

  test('is in order again when these come back, and the failure to renew it is told no more', async () => {
    const one = tokenTrial();
    await one.pass();
    const registries = one.world.registries as ReturnType<typeof stored>;
    registries.set('default', registry('default', { endpoint: { sts: 'https://sts.example.org' } }), '2');
    one.answer = DENIED;
    await one.pass();
    expect(one.world.tokens.get('default|').failure?.reason).toBe('AccessDenied');
    registries.set('default', registry(), '3');
    expect(await one.pass()).toEqual({ requeueAfterMs: 6 * HOUR });
    expect([one.asked.length, one.world.tokens.get('default|')]).toEqual([2, { token: FIRST }]);
  });

  test.each([
    ['another account', ['another.example']],
    ['one that has more host names by now', []],
  ])('is not used for a Registry that is %s', async (_what, hosts) => {
    const one = tokenTrial();
    one.world.tokens.set('default|', { token: token({ hosts }) });
    one.answer = DENIED;
    await one.pass();
    expect(one.world.tokens.get('default|').token).toBeUndefined();
  });

  test('is kept while it is good where nobody wants it, and then forgotten; AWS is not asked', async () => {
    const one = tokenTrial({ clusterPullSecrets: [] });
    one.world.tokens.set('default|', { token: token() });
    one.clock.advance(7 * HOUR);
    expect([await one.pass(), one.world.tokens.get('default|')]).toEqual([
      { requeueAfterMs: 5 * HOUR },
      { token: token() },
    ]);
    one.clock.advance(5 * HOUR);
    expect([await one.pass(), one.world.tokens.get('default|'), one.asked]).toEqual([{}, {}, []]);
  });

  test('serves again when somebody wants it again: no new call', async () => {
    const one = tokenTrial();
    await one.pass();
    const before = one.world.demand.get('team/ecr-pull');
    expect(one.world.demand.set('team/ecr-pull', undefined)).toEqual(['default|']);
    one.clock.advance(HOUR);
    expect(await one.pass()).toEqual({ requeueAfterMs: 11 * HOUR });
    one.world.demand.set('team/ecr-pull', before);
    expect([await one.pass(), one.asked.length]).toEqual([{ requeueAfterMs: 5 * HOUR }, 1]);
  });

  test('of a Registry that is gone keeps serving, which is told at once, and no more when it is back', async () => {
    const one = tokenTrial();
    await one.pass();
    const registries = one.world.registries as ReturnType<typeof stored>;
    registries.remove('default');
    one.clock.advance(HOUR);
    expect([await one.pass(), one.world.tokens.get('default|')]).toEqual([
      { retry: { kind: 'backoff' } },
      {
        token: FIRST,
        failure: { reason: 'RegistryNotFound', message: 'there is no Registry default' },
      },
    ]);
    registries.set('default', registry(), '2');
    expect(await one.pass()).toEqual({ requeueAfterMs: 5 * HOUR });
    expect([one.asked.length, one.world.tokens.get('default|')]).toEqual([1, { token: FIRST }]);
  });
});

describe('a Registry that comes after those who want its token', () => {
  const tenancy = { rules: [{ repositoryPrefixes: ['team-a'], allow: ['Pull' as const] }] };
  const arrives = (spec: Parameters<typeof registry>[1]) => {
    const one = tokenTrial({ registries: [] });
    (one.world.registries as ReturnType<typeof stored<Registry>>).set(
      'default',
      registry('default', spec),
      '1',
    );
    return one;
  };

  test('is not asked for what its rules do not give to a namespace', async () => {
    const one = arrives({ tenancy });
    expect([await one.pass(), one.asked]).toEqual([{ requeueAfterMs: 1_000 }, []]);
  });

  test('is not asked for what its rules do not give to all, by a claim that reaches no namespace yet', async () => {
    const one = tokenTrial({ registries: [], namespaces: [] });
    const holder: Claim = { kind: 'ClusterPullSecret', object: clusterPullSecret() };
    const wants = readyWants(one.world.registries, holder);
    one.world.demand.set(claimKey(holder), { holder, refused: undefined, wants, refusals: [] });
    (one.world.registries as ReturnType<typeof stored<Registry>>).set(
      'default',
      registry('default', { tenancy }),
      '1',
    );
    expect([wants.length, await one.pass(), one.asked]).toEqual([1, { requeueAfterMs: 1_000 }, []]);
  });

  test('is asked for what its rules give', async () => {
    const one = arrives({});
    expect([await one.pass(), one.asked.length]).toEqual([{ requeueAfterMs: 6 * HOUR }, 1]);
  });
});

describe('what is suspended', () => {
  const suspended = clusterPullSecret('all', { suspend: true });

  test('asks AWS for nothing', async () => {
    const one = tokenTrial({ clusterPullSecrets: [suspended] });
    expect([await one.pass(), one.asked, one.told]).toEqual([{}, [], []]);
  });

  test('does not keep others from their token', async () => {
    const one = tokenTrial({
      namespaces: [namespace(), namespace('x')],
      clusterPullSecrets: [suspended],
      pullSecrets: [pullSecret('mine', {}, { namespace: 'x' })],
    });
    expect([await one.pass(), one.asked.length]).toEqual([{ requeueAfterMs: 6 * HOUR }, 1]);
  });
});

test('no token is logged', async () => {
  const one = tokenTrial();
  await one.pass();
  expect([one.log.messages(), JSON.stringify(one.log.lines).includes('hush')]).toEqual([
    ['token issued'],
    false,
  ]);
});
