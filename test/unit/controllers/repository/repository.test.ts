import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { namespace, repositoryClass } from '../objects.ts';
import { lifecycle, MINUTE, OWNER, syncedOf, trial } from './repository-trial.ts';

describe('a pass over a Repository', () => {
  test('makes it whole, says what it did, and then has nothing to do', async () => {
    const one = trial({ things: {} });
    const outcome = await one.pass({ scanOnPush: true, tags: { cost: '1' }, lifecycle: lifecycle(5) });
    expect(one.held('web')).toMatchObject({ scanOnPush: true });
    expect(Object.fromEntries(one.held('web').tags)).toEqual({ cost: '1', [OWNER]: 'c/team/web' });
    expect(syncedOf(outcome)).toEqual(['Synced True Synced']);
    expect(outcome.happenings).toEqual([
      {
        type: 'Normal',
        reason: 'Created',
        message: 'made ECR repository web; lifecycle policy: rule 1 added',
      },
    ]);
    expect(outcome.status).toEqual({
      arn: one.held('web').arn,
      uri: one.held('web').uri,
      registryId: '123456789012',
      createdAt: '2026-01-01T12:00:00Z',
      managedTagKeys: ['cost', OWNER],
      declaredHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    one.calls.length = 0;
    const again = await one.pass({ scanOnPush: true, tags: { cost: '1' }, lifecycle: lifecycle(5) });
    expect([again.happenings, again.status]).toEqual([[], outcome.status]);
    expect(one.writes()).toEqual([]);
    expect(new Set(one.lanes)).toEqual(new Set(['user']));
  });

  test('names its class, mends what others changed, and notes it', async () => {
    const labels = { 'ecr-operator.io/repository-class': 'standard' };
    const one = trial({
      things: {
        namespaces: [namespace('team', { labels })],
        repositoryClasses: [repositoryClass('standard', { scanOnPush: true })],
      },
    });
    await one.pass();
    one.held('web').scanOnPush = false;
    one.later(MINUTE);
    const outcome = await one.pass();
    expect(one.held('web').scanOnPush).toBe(true);
    expect(outcome.happenings).toMatchObject([{ reason: 'DriftMended' }]);
    expect(outcome.status).toMatchObject({
      className: 'standard',
      drift: [{ at: '2026-01-01T12:01:00Z', what: 'scanOnPush from false to true', mended: true }],
    });
  });

  test('takes a change of the class for no drift, nor what is withdrawn because of it', async () => {
    const labels = { 'ecr-operator.io/repository-class': 'standard' };
    const grants = [{ name: 'a', access: 'Pull', to: { accounts: ['123456789012'] } }] as const;
    const one = trial({
      things: {
        namespaces: [namespace('team', { labels })],
        repositoryClasses: [repositoryClass('standard', { grants })],
      },
    });
    await one.pass();
    one.classes.set('standard', repositoryClass('standard', { scanOnPush: true }), '2');
    const changed = await one.pass();
    expect(changed.happenings).toMatchObject([
      { reason: 'Updated', message: expect.stringContaining('scanOnPush from false to true') },
    ]);
    expect(changed.status).not.toHaveProperty('drift');
    expect(one.held('web').policyText).toBeUndefined();
    one.held('web').scanOnPush = false;
    expect((await one.pass()).happenings).toMatchObject([{ reason: 'DriftMended' }]);
  });

  test('of another encryption does all else for what is ours, and does not take over what is not', async () => {
    const one = trial();
    await one.pass();
    const other = { encryption: { type: 'KMS' }, scanOnPush: true } as const;
    const { failure, status } = await one.pass(other);
    expect(failure).toMatchObject({ reason: 'EncryptionImmutable' });
    expect([one.held('web').scanOnPush, status?.arn]).toEqual([true, one.held('web').arn]);
    one.held('web').tags.clear();
    one.held('web').scanOnPush = false;
    one.says({ managedTagKeys: [] });
    await expect(one.pass(other)).rejects.toMatchObject({ reason: 'EncryptionImmutable' });
    expect([one.held('web').scanOnPush, one.held('web').tags.size]).toEqual([false, 0]);
  });

  test('that cannot make it stops there', async () => {
    const failure = new TerminalError('QuotaExceeded', 'full');
    const one = trial({ broken: { createRepository: () => Promise.reject(failure) } });
    await expect(one.pass({ lifecycle: lifecycle(5) })).rejects.toBe(failure);
    expect(one.writes()).toEqual([]);
  });

  test('that cannot take it over stops there, one that cannot put other tags does not', async () => {
    const failure = new RetryableError('AccessDenied', 'no');
    const one = trial({ broken: { tag: () => Promise.reject(failure) } });
    one.addRepository('web');
    await expect(one.pass({ scanOnPush: true })).rejects.toBe(failure);
    expect(one.held('web').scanOnPush).toBe(false);
    one.held('web').tags.set(OWNER, 'c/team/web');
    expect(await one.pass({ scanOnPush: true, tags: { cost: '1' } })).toMatchObject({ failure });
    expect(one.held('web').scanOnPush).toBe(true);
  });

  test('asks nothing of AWS where the cluster already says no', async () => {
    const one = trial({ things: { registries: [] } });
    await expect(one.pass()).rejects.toMatchObject({ reason: 'RegistryNotFound' });
    expect([one.lanes, one.calls]).toEqual([[], []]);
  });
});

describe('a pass that only observes', () => {
  test('tells what is missed in words of its own, and writes nothing', async () => {
    const one = trial();
    const outcome = await one.pass({ mode: 'Observe', lifecycle: lifecycle(5) });
    expect(outcome).toMatchObject({
      conditions: [
        { reason: 'DriftObserved', message: expect.stringMatching(/: there is no ECR repository web$/) },
      ],
      stalled: true,
    });
    expect(one.writes()).toEqual([]);
  });

  test('tells all that differs, also what ECR cannot change', async () => {
    const one = trial();
    one.addRepository('web');
    const policy = JSON.stringify({ Statement: [{ Sid: 'theirs', Resource: 'x'.repeat(10_150) }] });
    one.held('web').policyText = policy;
    const outcome = await one.pass({
      mode: 'Observe',
      encryption: { type: 'KMS' },
      tags: { cost: '1' },
      scanOnPush: true,
      lifecycle: lifecycle(5),
      grants: [{ name: 'a', access: 'Pull', to: { accounts: ['123456789012'] } }],
    });
    expect(outcome.status?.drift?.map(({ what }) => what)).toEqual([
      'encryption from AES256 to KMS, which ECR cannot change',
      'tags to put: cost from absent to 1',
      'scanOnPush from false to true',
      'lifecycle policy: rule 1 to add',
      expect.stringContaining('more than ECR takes'),
    ]);
    expect(outcome).toMatchObject({ conditions: [{ reason: 'DriftObserved' }], stalled: true });
    expect(one.writes()).toEqual([]);
  });

  test('finds nothing wrong with what it kept before', async () => {
    const one = trial();
    await one.pass({ scanOnPush: true });
    one.calls.length = 0;
    const outcome = await one.pass({ scanOnPush: true, mode: 'Observe' });
    expect(syncedOf(outcome)).toEqual(['Synced True Synced']);
    expect(outcome.status).not.toHaveProperty('drift');
    await one.pass({ scanOnPush: true });
    expect(one.writes()).toEqual([]);
    expect(one.held('web').tags.has(OWNER)).toBe(true);
  });
});
