import { describe, expect, test } from '@jest/globals';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { clusterPullSecret, HOUR, registry } from '../objects.ts';
import { token } from './pull-objects.ts';
import { passOverAll, scopes, tokenTrial } from './token-trial.ts';

const FIRST = token({ password: 'hush1', replacesAll: false });
const DOWN = new RetryableError('AWSUnavailable', 'down', { occurrence: 'request id 1' });

describe('a failure', () => {
  test('keeps the token that is there, and is told until a token comes', async () => {
    const one = tokenTrial();
    await one.pass();
    one.clock.advance(6 * HOUR);
    one.answer = DOWN;
    // Chance is 0 here: the shortest of the delays.
    expect([await one.pass(), one.world.tokens.get('default|')]).toEqual([
      { requeueAfterMs: 900 },
      {
        token: FIRST,
        failure: { reason: 'AWSUnavailable', message: 'down', occurrence: 'request id 1' },
      },
    ]);
    one.answer = 12 * HOUR;
    one.clock.advance(900);
    await one.pass();
    expect(one.world.tokens.get('default|')).toEqual({
      token: expect.objectContaining({ password: 'hush3' }),
    });
  });

  test('is told once, and again in other words only', async () => {
    const one = tokenTrial();
    for (const [reason, message, occurrence] of [
      ['AccessDenied', 'no', '1'],
      ['AccessDenied', 'no', '2'],
      ['AccessDenied', 'no to the role', '3'],
      ['AWSUnavailable', 'no to the role', '4'],
    ] as const) {
      one.answer = new RetryableError(reason, message, { occurrence });
      await one.pass();
      one.clock.advance(60_000);
    }
    expect(one.asked.length).toBe(4);
    expect(one.told.map(([, { failure }]) => failure?.occurrence)).toEqual(['1', '3', '4']);
  });

  test.each([
    ['expired: no clock may make a loop', -1_000, '2026-01-01T11:59:59.000Z'],
    ['with less than ten minutes to live', 599_999, '2026-01-01T12:09:59.999Z'],
  ])('is also a token that came %s', async (_how, life, end) => {
    const one = tokenTrial();
    one.answer = life;
    expect(await one.pass()).toEqual({ requeueAfterMs: 900 });
    const message = `the token that came runs out at ${end}, too soon for use: compare this machine's clock with AWS's`;
    expect(one.told).toEqual([['default|', { failure: { reason: 'TokenUnusable', message } }]]);
  });

  test('is no token that lives for just ten minutes', async () => {
    const one = tokenTrial();
    one.answer = 600_000;
    expect(await one.pass()).toEqual({ requeueAfterMs: 600_000 });
  });

  test('says nothing of a token or a password', async () => {
    const one = tokenTrial();
    one.answer = DOWN;
    await one.pass();
    expect(one.log.lines).toEqual([
      {
        level: 'warn',
        fields: { token: 'default|', reason: 'AWSUnavailable', error: 'down' },
        message: 'token not issued',
      },
    ]);
  });
});

describe('a Registry that fails', () => {
  test('costs one call at a time, however many tokens of it there are, and each says why', async () => {
    const one = tokenTrial(scopes(50));
    one.answer = DOWN;
    const calls: number[] = [];
    for (const _ of [1, 2, 3]) {
      await passOverAll(one);
      calls.push(one.asked.length);
      one.clock.advance(60_000);
    }
    expect([calls, one.told.length]).toEqual([[1, 2, 3], 50]);
    expect(one.world.tokens.get('default|n49').failure?.reason).toBe('AWSUnavailable');
  });

  test('that answers again wakes all of them at once', async () => {
    const one = tokenTrial(scopes(3));
    one.answer = DOWN;
    await passOverAll(one);
    expect(one.recovered).toEqual([]);
    one.clock.advance(900);
    one.answer = 12 * HOUR;
    await one.pass('default|n1');
    expect(one.recovered).toEqual(['default']);
    await passOverAll(one);
    expect([one.asked, one.recovered]).toEqual([['n0', 'n1', 'n0', 'n2'], ['default']]);
  });

  test('holds up no other Registry, nor ECR Public with the same credentials', async () => {
    const spec = {
      registries: [{ name: 'default' }, { name: 'other' }],
      public: { registryRef: { name: 'default' } },
    };
    const one = tokenTrial({
      registries: [registry(), registry('other')],
      clusterPullSecrets: [clusterPullSecret('all', spec)],
    });
    one.answer = DOWN;
    await one.pass();
    one.answer = 12 * HOUR;
    expect([await one.pass('other|'), await one.pass('default|public.ecr.aws')]).toEqual([
      { requeueAfterMs: 6 * HOUR },
      { requeueAfterMs: 6 * HOUR },
    ]);
  });

  test('is asked at once under other credentials: they may have other rights', async () => {
    const one = tokenTrial();
    one.answer = DOWN;
    await one.pass();
    const credentials = { roleArn: 'arn:aws:iam::123456789012:role/other' };
    const changed = registry('default', { credentials });
    (one.world.registries as unknown as Map<string, unknown>).set('default', changed);
    await one.pass();
    expect(one.asked.length).toBe(2);
  });
});
