import { describe, expect, test } from '@jest/globals';
import { tokensReconciler } from '../../../../src/controllers/pull-secret/tokens.ts';
import type { RegistryAccess } from '../../../../src/controllers/registry-access.ts';
import type { TokenState } from '../../../../src/ecr/token-store.ts';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { createFakeClock } from '../../fake-clock.ts';
import {
  clusterPullSecret,
  HOUR,
  NOW,
  namespace,
  pullSecret,
  registry,
  secret,
  type Things,
  token,
  worldOf,
} from '../objects.ts';

interface Trial {
  readonly pass: () => Promise<object>;
  readonly told: TokenState[];
  readonly logged: unknown[][];
  readonly world: ReturnType<typeof worldOf>;
  readonly clock: ReturnType<typeof createFakeClock>;
  /** How often AWS was asked. */
  asked: number;
  /** The life of tokens, or what is thrown in their place. */
  answer: number | Error;
}

function trial(things: Things): Trial {
  const clock = createFakeClock(NOW);
  const world = worldOf({ registries: [registry()], ...things });
  const told: TokenState[] = [];
  const logged: unknown[][] = [];
  const log = (...words: unknown[]): void => void logged.push(words);
  const getAuthorizationToken = async () => {
    one.asked += 1;
    if (one.answer instanceof Error) throw one.answer;
    return { password: `hush${one.asked}`, expiresAt: clock.now() + one.answer };
  };
  const access = {
    registry: () => registry(),
    connect: async () => ({ ecr: { getAuthorizationToken } }),
  } as unknown as RegistryAccess;
  const pass = tokensReconciler({
    world,
    access,
    clock,
    log: { debug: log, info: log, warn: log, error: log } as never,
    random: () => 0,
    onToken: (_, state) => void told.push(state),
  });
  const one: Trial = { pass: () => pass('default'), told, logged, world, clock, asked: 0, answer: 12 * HOUR };
  return one;
}

const WANTED = { clusterPullSecrets: [clusterPullSecret()] };
const FIRST = token({ password: 'hush1', replacesAll: false });

describe('the token of a Registry', () => {
  test('is asked for once for all namespaces, and again after half of its life', async () => {
    const namespaces = Array.from({ length: 500 }, (_, index) => namespace(`n${index}`));
    const one = trial({ ...WANTED, pullSecrets: [pullSecret()], namespaces });
    expect(await one.pass()).toEqual({ requeueAfterMs: 6 * HOUR });
    expect(await one.pass()).toEqual({ requeueAfterMs: 6 * HOUR });
    expect([one.asked, one.told]).toEqual([1, [{ token: FIRST }]]);
    one.clock.advance(6 * HOUR);
    expect(await one.pass()).toEqual({ requeueAfterMs: 6 * HOUR });
    expect([one.asked, one.told[1]?.token?.replacesAll]).toEqual([2, true]);
  });

  test('that all have been given is renewed by its own life, whatever Secrets say of theirs', async () => {
    const one = trial({ ...WANTED, secrets: [secret({ rotateAt: NOW + HOUR })] });
    one.world.tokens.set('default', { token: token({ replacesAll: true }) });
    one.clock.advance(2 * HOUR);
    expect([await one.pass(), one.asked]).toEqual([{ requeueAfterMs: 4 * HOUR }, 0]);
  });

  test('is asked for at once under other credentials, for all; the old one serves until it is there', async () => {
    const one = trial(WANTED);
    const old = token({ connection: 'earlier credentials' });
    one.world.tokens.set('default', { token: old });
    one.answer = new RetryableError('AccessDenied', 'no');
    await one.pass();
    expect(one.world.tokens.get('default').token).toBe(old);
    one.answer = 12 * HOUR;
    await one.pass();
    expect(one.world.tokens.get('default').token).toEqual(token({ password: 'hush2', replacesAll: true }));
  });

  test('of a Registry that is another account by now is not used', async () => {
    const one = trial(WANTED);
    one.world.tokens.set('default', { token: token({ host: 'another.example' }) });
    one.answer = new RetryableError('AccessDenied', 'no');
    await one.pass();
    expect(one.world.tokens.get('default').token).toBeUndefined();
  });

  test('is not asked for where nobody wants it, and then forgotten', async () => {
    const going = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    const one = trial({ clusterPullSecrets: [clusterPullSecret('all', {}, going)] });
    one.world.tokens.set('default', { token: token() });
    expect([await one.pass(), one.asked, one.world.tokens.get('default')]).toEqual([{}, 0, {}]);
  });

  test.each([
    ['our Secret', {}, 2 * HOUR],
    ['one within ten minutes', { rotateAt: NOW + 1_000 }, 600_000],
    ['one that is due already, which takes this one', { rotateAt: NOW - HOUR }, 6 * HOUR],
    ['one that somebody edited, whose word is worth nothing', { intact: false }, 6 * HOUR],
    ['one that is not ours', { managed: false }, 6 * HOUR],
    ['one of another Registry', { registry: 'default-2 host' }, 6 * HOUR],
  ])('comes again when an older one is due, in %s', async (_what, more, after) => {
    const one = trial({ ...WANTED, secrets: [secret({ rotateAt: NOW + 2 * HOUR, ...more })] });
    expect([await one.pass(), one.asked]).toEqual([{ requeueAfterMs: after }, 1]);
  });
});

describe('a failure', () => {
  const throttled = new RetryableError('Throttled', 'later', { occurrence: 'request id 1' });
  const failure = { reason: 'Throttled', message: 'later', occurrence: 'request id 1' };

  test('keeps the token that is there, and is told', async () => {
    const one = trial(WANTED);
    await one.pass();
    one.clock.advance(6 * HOUR);
    one.answer = throttled;
    expect([await one.pass(), one.world.tokens.get('default')]).toEqual([
      { retry: { kind: 'backoff' } },
      { token: FIRST, failure },
    ]);
    one.answer = 12 * HOUR;
    await one.pass();
    expect(one.world.tokens.get('default')).toEqual({
      token: expect.objectContaining({ password: 'hush3' }),
    });
  });

  test('that no retry mends waits, and starts over', async () => {
    const one = trial(WANTED);
    one.answer = new TerminalError('AccountMismatch', 'no', { recheckAfterMs: 1_000 });
    expect(await one.pass()).toEqual({ retry: { kind: 'after', ms: expect.any(Number) } });
    expect(one.told).toEqual([{ failure: { reason: 'AccountMismatch', message: 'no' } }]);
  });

  test.each([
    ['expired: no clock may make a loop', -1_000, '2026-01-01T11:59:59.000Z'],
    ['with less than ten minutes to live', 599_000, '2026-01-01T12:09:59.000Z'],
  ])('is also a token that came %s', async (_how, life, end) => {
    const one = trial(WANTED);
    one.answer = life;
    expect(await one.pass()).toEqual({ retry: { kind: 'backoff' } });
    expect(one.told).toEqual([
      {
        failure: {
          reason: 'TokenUnusable',
          message: `the token that came runs out at ${end}, too soon for use: compare this machine's clock with AWS's`,
        },
      },
    ]);
  });
});

test('no token is logged', async () => {
  const one = trial(WANTED);
  await one.pass();
  expect([one.logged.length, JSON.stringify(one.logged).includes('hush')]).toEqual([1, false]);
});
