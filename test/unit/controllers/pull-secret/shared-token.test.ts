import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { HOUR, NOW, namespace, pullSecret } from '../objects.ts';
import { login, secret } from './pull-objects.ts';
import { tokenTrial } from './token-trial.ts';

const ROTATION = { schedule: '0 15 * * *', timeZone: 'UTC' };
const asking = { annotations: { 'ecr-operator.io/rotate-requested-at': 'x' } };

/** Two namespaces share a token: one has a schedule or asks, the other does not. */
function shared(spec: Parameters<typeof pullSecret>[1] = {}, more: object = {}) {
  const busy = pullSecret('busy', spec, { namespace: 'a', ...more });
  const one = tokenTrial({
    namespaces: [namespace('a'), namespace('b')],
    clusterPullSecrets: [],
    pullSecrets: [busy, pullSecret('calm', {}, { namespace: 'b' })],
    secrets: [secret({ namespace: 'b', holder: 'PullSecret/calm', logins: [login()] })],
  });
  const claim: Claim = { kind: 'PullSecret', object: busy };
  const newest = () => one.told.at(-1)?.[1].token;
  return { one, claim, newest };
}

describe('a token that several claims share', () => {
  test('and that comes by the schedule of one is not for the Secrets of the others', async () => {
    const { one, newest } = shared({ rotation: ROTATION });
    await one.pass();
    one.clock.advance(3 * HOUR);
    // The Secret of the other comes due at six.
    expect(await one.pass()).toEqual({ requeueAfterMs: 3 * HOUR });
    expect([one.asked.length, newest()?.replacesAll]).toEqual([2, false]);
    one.clock.advance(3 * HOUR);
    await one.pass();
    expect([one.asked.length, newest()?.replacesAll]).toEqual([3, true]);
  });

  test('and that comes since one asked for it is not for the Secrets of the others', async () => {
    const { one, claim, newest } = shared({}, asking);
    await one.pass();
    one.clock.advance(HOUR);
    one.world.requests.see(claim, NOW + HOUR);
    await one.pass();
    expect([one.asked.length, newest()?.replacesAll]).toEqual([2, false]);
  });

  test('and that came by the schedule of one gives way to other credentials for all', async () => {
    const { one, newest } = shared({ rotation: ROTATION });
    await one.pass();
    one.clock.advance(3 * HOUR);
    const { token } = one.world.tokens.get('default|');
    if (token) one.world.tokens.set('default|', { token: { ...token, connection: 'earlier' } });
    await one.pass();
    expect(newest()?.replacesAll).toBe(true);
  });
});
