import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { HOUR, registry } from '../objects.ts';
import { passOverAll, scopes, tokenTrial } from './token-trial.ts';

const DOWN = new RetryableError('AWSUnavailable', 'down');
const TOO_LARGE = new TerminalError('ScopeTooLarge', 'too many', { recheckAfterMs: 300_000 });

describe('a scope that cannot be had', () => {
  test.each<[string, Error, object]>([
    ['for which there is no role', new TerminalError('ScopeNeedsRole', 'x'), { kind: 'after' }],
    ['that is too large', TOO_LARGE, { kind: 'after' }],
    ['that the installation refuses', new TerminalError('IdentityTokenRefused', 'x'), { kind: 'after' }],
    ['that the partition lacks', new TerminalError('PublicNotAvailable', 'x'), { kind: 'after' }],
    ['of a Registry that is not there', new RetryableError('RegistryNotFound', 'x'), { kind: 'backoff' }],
  ])('%s is told, and holds up no other', async (_what, error, retry) => {
    const one = tokenTrial(scopes(2));
    one.answer = error;
    expect(await one.pass('default|n0')).toEqual({ retry: expect.objectContaining(retry) });
    expect(one.world.tokens.get('default|n0').failure?.reason).toBe(
      (error as Error & { readonly reason: string }).reason,
    );
    one.answer = 12 * HOUR;
    expect(await one.pass('default|n1')).toEqual({ requeueAfterMs: 6 * HOUR });
  });

  test('is not asked for again before its time, whoever comes to want it, unless the way to it changes', async () => {
    const one = tokenTrial(scopes(1));
    one.answer = TOO_LARGE;
    const { retry } = await one.pass('default|n0');
    const ms = retry?.kind === 'after' ? retry.ms : 0;
    one.clock.advance(60_000);
    expect([await one.pass('default|n0'), one.asked.length]).toEqual([{ requeueAfterMs: ms - 60_000 }, 1]);
    const registries = one.world.registries as unknown as Map<string, unknown>;
    registries.set('default', registry('default', { pullRoleArn: 'arn:aws:iam::123456789012:role/pull' }));
    await one.pass('default|n0');
    expect(one.asked.length).toBe(2);
    one.clock.advance(400_000);
    await one.pass('default|n0');
    expect([one.asked.length, one.told.length]).toEqual([3, 1]);
  });

  test('is asked for again at once by who wants it after nobody did', async () => {
    const one = tokenTrial(scopes(1));
    one.answer = TOO_LARGE;
    await one.pass('default|n0');
    const before = one.world.demand.get('n0/ecr-pull');
    one.world.demand.set('n0/ecr-pull', undefined);
    await one.pass('default|n0');
    one.world.demand.set('n0/ecr-pull', before);
    await one.pass('default|n0');
    expect(one.asked.length).toBe(2);
  });

  test('says nothing of an outage: the others still go one at a time', async () => {
    const one = tokenTrial(scopes(5));
    one.answer = DOWN;
    await passOverAll(one);
    one.clock.advance(60_000);
    one.answer = ({ kind, ...scope }) =>
      kind === 'Repositories' && JSON.stringify(scope).includes('n0') ? TOO_LARGE : Promise.resolve(DOWN);
    await one.pass('default|n0');
    // All at the same moment, as the workers of the queue do.
    await Promise.all(['n1', 'n2', 'n3', 'n4'].map((name) => one.pass(`default|${name}`)));
    expect(one.asked.slice(1)).toEqual(['n0', 'n1']);
  });
});
