import { describe, expect, test } from '@jest/globals';
import { timestamp } from '../../../../src/runtime/clock.ts';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { NOW } from '../objects.ts';
import { type Given, MINUTE, trial } from './repository-trial.ts';

describe('a policy with somebody whom AWS does not know', () => {
  const role = 'arn:aws:iam::111122223333:role/ci';
  const grants = [{ name: 'ci', access: 'Pull', to: { roles: [role] } }] as const;
  const refused = async (given: Given = {}) => {
    const one = trial(given);
    await one.pass();
    one.addAccount('111122223333');
    return one;
  };

  test('is refused with whom it may be, and tried again', async () => {
    const one = await refused();
    const { failure } = await one.pass({ grants });
    expect(failure).toBeInstanceOf(RetryableError);
    expect(failure).toMatchObject({
      reason: 'PrincipalNotFound',
      message: expect.stringContaining(`AWS knows nothing of one of: ${role}`),
    });
  });

  test('names those in statements of others who are no more, but not where the document is whole', async () => {
    const error = new RetryableError('PrincipalNotFound', 'Principal not found');
    const one = await refused({ broken: { setRepositoryPolicy: () => Promise.reject(error) } });
    const theirs = { Sid: 'theirs', Effect: 'Allow', Principal: { AWS: 'AROAEXAMPLE' }, Action: 'ecr:*' };
    const mine = { ...theirs, Sid: 'mine', Principal: { AWS: 'AROAMINE' } };
    one.held('web').policyText = JSON.stringify({ Statement: [theirs, mine] });
    one.says({ managedStatements: ['mine'] });
    const { failure } = await one.pass({ grants });
    expect(String(failure)).toContain('take out AROAEXAMPLE (statement theirs);');
    const document = JSON.stringify({ Statement: [{ ...theirs, Principal: { AWS: role } }] });
    const whole = await one.pass({ policy: { document } });
    expect(String(whole.failure)).toContain(role);
    expect(String(whole.failure)).not.toContain('AROAEXAMPLE');
  });

  test('is no longer waited for after ten minutes', async () => {
    const one = await refused();
    await one.pass({ grants });
    one.later(10 * MINUTE);
    expect((await one.pass({ grants })).failure).toBeInstanceOf(RetryableError);
    one.later(MINUTE);
    const { failure, status } = await one.pass({ grants });
    expect(status?.refusedPolicy?.since).toBe(timestamp(NOW));
    expect(failure).toBeInstanceOf(TerminalError);
    expect(failure).toMatchObject({ reason: 'PrincipalNotFound', recheckAfterMs: 15 * MINUTE });
  });

  test('is waited for anew when the spec names another, however long something was wrong before', async () => {
    const one = await refused();
    const lastTransitionTime = timestamp(NOW - 60 * MINUTE);
    one.says({
      conditions: [
        { type: 'Synced', status: 'False', reason: 'AccessDenied', message: 'x', lastTransitionTime },
      ],
    });
    await one.pass({ grants });
    one.later(11 * MINUTE);
    const roles = [`${role}-corrected`];
    const { failure, status } = await one.pass({ grants: [{ ...grants[0], to: { roles } }] });
    expect(failure).toBeInstanceOf(RetryableError);
    expect(failure).toMatchObject({ reason: 'PrincipalNotFound' });
    expect(status?.refusedPolicy?.since).toBe(timestamp(NOW + 11 * MINUTE));
    expect((await one.pass()).status).not.toHaveProperty('refusedPolicy');
  });

  test('other refusals are told as they are', async () => {
    const error = new RetryableError('AccessDenied', 'no');
    const one = await refused({ broken: { putImageScanningConfiguration: () => Promise.reject(error) } });
    expect((await one.pass({ scanOnPush: true })).failure).toBe(error);
  });
});
