import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { registry } from '../objects.ts';
import { ACCOUNT, asked, REQUESTED, STOP, to } from './backfill-trial.ts';
import { settingsTrial } from './settings-trial.ts';

describe('a replication backfill that is asked for', () => {
  test('begins for each destination once, is looked at, and its end is told', async () => {
    const trial = await asked(to('eu-west-1', 'eu-west-2', 'eu-west-1'));
    expect(await trial.pass()).toEqual({ requeueAfterMs: 30_000 });
    expect(trial.writes()).toEqual(['startBackfill', 'startBackfill']);
    expect(trial.told()).toEqual([
      `default BackfillStarted: replication backfill to eu-west-1 of ${ACCOUNT}, eu-west-2 of ${ACCOUNT}`,
    ]);
    trial.end('backfill-1', { progress: { total: 4, completed: 4, failed: 0 } });
    expect(await trial.pass()).toEqual({ requeueAfterMs: 30_000 });
    expect(trial.states()).toEqual(['eu-west-1 COMPLETE', 'eu-west-2 PREPARING']);
    expect(trial.told()).toEqual([]);
    trial.end('backfill-2');
    expect(await trial.pass()).toEqual({});
    expect(trial.told()).toEqual([
      `default BackfillFinished: replication backfill is over: eu-west-1 of ${ACCOUNT} COMPLETE, 4 of 4 copied; eu-west-2 of ${ACCOUNT} COMPLETE`,
    ]);
    trial.calls();
    await trial.pass();
    expect(trial.calls()).toEqual(['replication']);
    trial.annotate({ [REQUESTED]: 'two' });
    await trial.pass();
    expect(trial.writes()).toEqual(['startBackfill', 'startBackfill']);
  });

  test('has the images named that could not be copied', async () => {
    const trial = await asked(to('eu-west-1'));
    await trial.pass();
    trial.told();
    trial.end('backfill-1', { progress: { total: 2, completed: 1, failed: 1 } });
    await trial.pass();
    expect(trial.status().fields.replication).toEqual({
      backfillRequest: 'one',
      backfills: [
        {
          region: 'eu-west-1',
          accountId: ACCOUNT,
          state: 'COMPLETE',
          id: 'backfill-1',
          total: 2,
          completed: 1,
          failed: 1,
          message: 'prod/web v1: KMS_ERROR',
          startedAt: '2026-01-01T12:00:00Z',
          endedAt: '2026-01-01T13:00:00Z',
        },
      ],
    });
    expect(trial.told()).toEqual([
      expect.stringMatching(/^default BackfillFailed: .* 1 of 2 copied \(prod\/web/),
    ]);
  });

  test('says why one failed as a whole, or that ECR forgot it', async () => {
    const trial = await asked(to('eu-west-1', 'eu-west-2'));
    await trial.pass();
    trial.end('backfill-1', { status: 'FAILED', failureCode: 'INTERNAL' });
    trial.held.backfills.delete('backfill-2');
    await trial.pass();
    const messages = trial
      .status()
      .fields.replication?.backfills?.map(({ state, message }) => [state, message]);
    expect(messages).toEqual([
      ['FAILED', 'INTERNAL'],
      ['FAILED', 'ECR does not know this backfill any more'],
    ]);
  });

  test('waits where others are under way, and goes on by itself', async () => {
    const trial = await asked(to('eu-west-1'));
    trial.failures.set('startBackfill', new RetryableError('BackfillInProgress', 'another one'));
    expect(await trial.pass()).toEqual({ requeueAfterMs: 30_000 });
    expect(trial.status().fields.replication?.backfills).toMatchObject([
      { state: 'WAITING', message: 'another one' },
    ]);
    trial.failures.clear();
    await trial.pass();
    expect(trial.states()).toEqual(['eu-west-1 PREPARING']);
    expect(trial.status().fields.replication?.backfills?.[0]).not.toHaveProperty('message');
  });

  test('runs ten at a time at most, and for a hundred destinations at most', async () => {
    const regions = Array.from({ length: 120 }, (_, index) => `eu-west-${index}`);
    const rules = [0, 1].map((half) => ({
      destinations: regions
        .slice(half * 60, half * 60 + 60)
        .map((region) => ({ region, accountId: ACCOUNT })),
    }));
    const trial = await asked({ replication: { rules } });
    await trial.pass();
    expect(trial.writes()).toHaveLength(10);
    expect(trial.states()).toHaveLength(100);
  });

  test('that ECR refuses is told, and another kind of failure is a retry of the whole', async () => {
    const trial = await asked(to('eu-west-1'));
    trial.failures.set('startBackfill', new RetryableError('Throttled', 'slow down'));
    expect(await trial.pass()).toEqual({ retry: { kind: 'backoff' } });
    expect(trial.status().fields.replication).toBeUndefined();
    trial.failures.set('startBackfill', new TerminalError('InvalidParameter', 'no such destination'));
    expect(await trial.pass()).toEqual({});
    expect(trial.states()).toEqual(['eu-west-1 REFUSED']);
  });

  test('takes for its own what runs there already', async () => {
    const trial = await asked(to('eu-west-1'));
    await trial.pass();
    // As if the operator had ended before anything was told.
    trial.results.delete('default');
    trial.calls();
    await trial.pass();
    expect(trial.writes()).toEqual([]);
    expect(trial.states()).toEqual(['eu-west-1 PREPARING']);
  });

  test('can be stopped, what waits too', async () => {
    const trial = await asked({
      replication: {
        rules: [
          {
            destinations: [
              { region: 'eu-west-1', accountId: ACCOUNT },
              { region: 'eu-west-1', accountId: '210987654321' },
            ],
          },
        ],
      },
    });
    await trial.pass();
    expect(trial.states()).toEqual(['eu-west-1 PREPARING', 'eu-west-1 WAITING']);
    trial.annotate({ [STOP]: 'now' });
    trial.calls();
    expect(await trial.pass()).toEqual({});
    expect(trial.writes()).toEqual(['stopBackfill']);
    expect(trial.states()).toEqual(['eu-west-1 STOPPED', 'eu-west-1 STOPPED']);
    expect(trial.status().fields.replication?.backfillStopRequest).toBe('now');
    await trial.pass();
    expect(trial.writes()).toEqual([]);
  });

  test.each([
    [
      'mode: Observe',
      { ...to('eu-west-1'), mode: 'Observe' },
      'no replication backfill is begun: mode: Observe',
    ],
    [
      'no destination',
      { replication: { rules: [] } },
      'replication backfill to no destination: none is declared',
    ],
  ])('begins nothing with %s, and says so once', async (_, spec, words) => {
    const trial = await asked(spec);
    await trial.pass();
    expect(trial.writes()).toEqual([]);
    expect(trial.told()).toEqual([expect.stringContaining(words)]);
    await trial.pass();
    expect(trial.told()).toEqual([]);
  });

  test('is asked for at the Registry that has the replication', async () => {
    const trial = settingsTrial(
      registry('default', to('eu-west-1')),
      registry('other', to('eu-west-1'), {
        annotations: { [REQUESTED]: 'one' },
        creationTimestamp: '2025-06-01T00:00:00Z',
      }),
    );
    await trial.pass('default');
    await trial.pass('other');
    expect(trial.writes()).toEqual(['putReplication']);
    expect(trial.told()).toContainEqual(
      'other BackfillFailed: no replication backfill is begun: another Registry for the same account and region has the replication; ask for it there',
    );
  });

  test('waits until the rules are in ECR', async () => {
    const trial = settingsTrial(
      registry('default', to('eu-west-1'), { annotations: { [REQUESTED]: 'one' } }),
    );
    trial.failures.set('putReplication', new RetryableError('Throttled', 'slow down'));
    await trial.pass();
    expect(trial.calls()).toEqual(['replication', 'putReplication']);
    trial.failures.clear();
    expect(await trial.pass()).toEqual({ requeueAfterMs: 10_000 });
    expect(trial.writes()).toEqual(['putReplication', 'startBackfill']);
  });
});
