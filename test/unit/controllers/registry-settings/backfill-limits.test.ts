import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { registry } from '../objects.ts';
import { ACCOUNT, asked, REQUESTED, STOP, to } from './backfill-trial.ts';

/** To one region, so that the second waits for the first. */
const TWO = {
  replication: {
    rules: [
      { destinations: [ACCOUNT, '210987654321'].map((accountId) => ({ region: 'eu-west-1', accountId })) },
    ],
  },
};

describe('a replication backfill that is asked for', () => {
  test.each([
    ['other settings alone', { scanning: { scanType: 'BASIC' } }],
    ['nothing', {}],
  ])('begins nothing where %s is declared, and says so once; not later either', async (_, spec) => {
    const trial = await asked(spec as object);
    await trial.pass();
    const words =
      'default BackfillFailed: no replication backfill is begun: the Registry declares no replication';
    expect(trial.told()).toEqual([words]);
    expect(trial.status().fields.replication).toEqual({ backfillRequest: 'one' });
    await trial.pass();
    expect(trial.told()).toEqual([]);
    trial.put(registry('default', to('eu-west-1'), { annotations: { [REQUESTED]: 'one' } }));
    await trial.pass();
    expect(trial.writes()).toEqual(['putReplication']);
    trial.put(registry('default', spec as object));
    await trial.pass();
    expect(trial.status().fields).not.toHaveProperty('replication');
  });

  test('is looked at until it is over, though the replication is declared no more', async () => {
    const trial = await asked(to('eu-west-1'));
    await trial.pass();
    trial.put(registry('default', {}));
    expect(await trial.pass()).toEqual({ requeueAfterMs: 30_000 });
    expect(trial.states()).toEqual(['eu-west-1 PREPARING']);
    trial.end('backfill-1');
    trial.told();
    expect(await trial.pass()).toEqual({});
    expect(trial.told()).toEqual([expect.stringContaining('default BackfillFinished')]);
    await trial.pass();
    expect(trial.status().fields).not.toHaveProperty('replication');
  });

  test('of which some wait goes no further, and is not stopped, where only observing is the mode', async () => {
    const trial = await asked(TWO);
    await trial.pass();
    expect(trial.states()).toEqual(['eu-west-1 PREPARING', 'eu-west-1 WAITING']);
    const annotations = { [REQUESTED]: 'one', [STOP]: 'now' };
    trial.put(registry('default', { ...TWO, mode: 'Observe' }, { annotations }));
    trial.calls();
    await trial.pass();
    trial.end('backfill-1');
    expect(await trial.pass()).toEqual({});
    expect(trial.states()).toEqual(['eu-west-1 COMPLETE', 'eu-west-1 WAITING']);
    expect(trial.writes()).toEqual([]);
    trial.put(registry('default', TWO, { annotations: { [REQUESTED]: 'one' } }));
    await trial.pass();
    expect(trial.writes()).toEqual(['startBackfill']);
  });

  test('of which some wait ends with what is under way, where the replication is declared no more', async () => {
    const trial = await asked(TWO);
    await trial.pass();
    trial.put(registry('default', { scanning: { scanType: 'BASIC' } }));
    await trial.pass();
    expect(trial.states()).toEqual(['eu-west-1 PREPARING', 'eu-west-1 STOPPED']);
  });

  test('of which some wait goes no further where another Registry has the replication', async () => {
    const trial = await asked(TWO);
    await trial.pass();
    const before = trial.results.of(trial.now('default'));
    if (!before) throw new Error('no result');
    trial.results.set('default', { ...before, settings: [] });
    trial.put(registry('older', TWO, { creationTimestamp: '2024-01-01T00:00:00Z' }));
    trial.end('backfill-1');
    trial.calls();
    await trial.pass();
    expect(trial.states()).toEqual(['eu-west-1 COMPLETE', 'eu-west-1 WAITING']);
    expect(trial.writes()).toEqual([]);
  });

  test('waits while somebody else keeps writing the replication', async () => {
    const trial = await asked(to('eu-west-1'), {});
    for (let pass = 0; pass < 3; pass += 1) {
      trial.held.replication = [];
      await trial.pass();
    }
    trial.annotate({ [REQUESTED]: 'one' });
    trial.held.replication = [];
    trial.calls();
    await trial.pass();
    expect(trial.writes()).toEqual([]);
  });

  test('that ECR refuses keeps none to the same region back', async () => {
    const trial = await asked(TWO);
    const refused = new TerminalError('InvalidParameter', 'no');
    trial.failures.set('startBackfill', (to: { accountId: string }) =>
      to.accountId === ACCOUNT ? refused : undefined,
    );
    await trial.pass();
    expect(trial.states()).toEqual(['eu-west-1 REFUSED', 'eu-west-1 PREPARING']);
  });

  test('waits where the account has as many as it may', async () => {
    const trial = await asked(to('eu-west-1'));
    trial.failures.set('startBackfill', new TerminalError('QuotaExceeded', 'ten run'));
    expect(await trial.pass()).toEqual({ requeueAfterMs: 30_000 });
    expect(trial.states()).toEqual(['eu-west-1 WAITING']);
  });

  test('is told in as many words as a status takes', async () => {
    const trial = await asked(to('eu-west-1'), { [REQUESTED]: 'r'.repeat(1_000), [STOP]: 's'.repeat(1_000) });
    trial.failures.set('startBackfill', new TerminalError('InvalidParameter', 'm'.repeat(3_000)));
    await trial.pass();
    const { backfillRequest, backfillStopRequest } = trial.status().fields.replication ?? {};
    expect([backfillRequest?.length, backfillStopRequest?.length]).toEqual([256, 256]);
    await trial.pass();
    expect(trial.writes()).toEqual([]);

    const failing = await asked(to('eu-west-1'));
    await failing.pass();
    failing.end('backfill-1', { status: 'FAILED', failureCode: 'f'.repeat(3_000) });
    await failing.pass();
    expect(failing.status().fields.replication?.backfills?.[0]?.message?.length).toBeLessThanOrEqual(1_024);
  });

  test('does not take for its own what is being stopped', async () => {
    const trial = await asked(to('eu-west-1'));
    await trial.pass();
    trial.end('backfill-1', { status: 'STOPPING', endedAt: undefined });
    trial.annotate({ [REQUESTED]: 'two' });
    trial.failures.set('startBackfill', new RetryableError('BackfillInProgress', 'another one'));
    await trial.pass();
    expect(trial.states()).toEqual(['eu-west-1 WAITING']);
  });

  test('that waited, and was begun when the operator ended, is taken for its own too', async () => {
    const trial = await asked(TWO);
    await trial.pass();
    const before = trial.results.of(trial.now('default'));
    trial.end('backfill-1');
    await trial.pass();
    expect(trial.states()).toEqual(['eu-west-1 COMPLETE', 'eu-west-1 PREPARING']);
    if (before) trial.results.set('default', before);
    trial.failures.set('startBackfill', new RetryableError('BackfillInProgress', 'another one'));
    await trial.pass();
    expect(trial.states()).toEqual(['eu-west-1 COMPLETE', 'eu-west-1 PREPARING']);
  });
});
