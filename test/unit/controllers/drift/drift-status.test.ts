import { describe, expect, test } from '@jest/globals';
import type { RegistryStatus } from '../../../../src/api/registry.generated.ts';
import { driftStatus } from '../../../../src/controllers/drift/drift-status.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { HOUR, NOW, registry } from '../objects.ts';

const schedule = '*/30 * * * *';
const at = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const MINUTE = 60_000;

/** A Registry of generation 1 that said this before. */
const said = (status: RegistryStatus = {}, spec: Parameters<typeof registry>[1] = {}) => ({
  ...registry('default', spec),
  status: { observedGeneration: 1, ...status },
});

describe('the times of comparisons', () => {
  test('are those of the last one, and of the next after it', () => {
    const { times, total } = driftStatus({
      registry: said(),
      check: { at: NOW + 5_000, total: 7 },
      schedule,
    });
    expect(times).toEqual({ lastDriftCheck: at(NOW + 5_000), nextDriftCheck: at(NOW + 30 * MINUTE) });
    expect(total).toBe(7);
  });

  const told = {
    lastDriftCheck: at(NOW),
    nextDriftCheck: at(NOW + 30 * MINUTE),
    repositories: { managed: 1, total: 3 },
  };

  test.each<[string, number, boolean]>([
    ['half an hour later', 30 * MINUTE, false],
    ['nearly an hour later', 54 * MINUTE, false],
    ['an hour later, done a little sooner', HOUR - 20_000, true],
    ['two hours later', 2 * HOUR, true],
  ])('are written once an hour at most: %s', (_what, later, written) => {
    const { times } = driftStatus({ registry: said(told), check: { at: NOW + later, total: 3 }, schedule });
    expect(times.lastDriftCheck === at(NOW + later)).toBe(written);
    if (!written)
      expect(times).toEqual({ lastDriftCheck: told.lastDriftCheck, nextDriftCheck: told.nextDriftCheck });
  });

  test('are written at once after a change of the spec, by its new schedule', () => {
    const driftCheck = { schedule: '0 6 * * *', timeZone: 'Asia/Kolkata' };
    const changed = {
      ...said(told, { driftCheck }),
      metadata: registry('default', {}, { generation: 2 }).metadata,
    };
    const { times } = driftStatus({ registry: changed, check: { at: NOW + 60_000 }, schedule });
    expect(times).toEqual({ lastDriftCheck: at(NOW + 60_000), nextDriftCheck: at(NOW + 12.5 * HOUR) });
  });

  test('stay as they are until the first comparison after a start, and when one fails', () => {
    const failure = new RetryableError('AWSUnavailable', 'away');
    for (const check of [undefined, { at: NOW + 2 * HOUR, failure }]) {
      const { times, total } = driftStatus({ registry: said(told), check, schedule });
      expect(times).toEqual({ lastDriftCheck: told.lastDriftCheck, nextDriftCheck: told.nextDriftCheck });
      expect(total).toBe(3);
    }
  });

  test.each<[string, Parameters<typeof registry>[1]]>([
    ['is only pulled from', { access: 'PullOnly' }],
    ['is suspended', { suspend: true }],
  ])('are not told of a Registry that %s', (_what, spec) => {
    const check = { at: NOW, total: 3 };
    expect(driftStatus({ registry: said(told, spec), check, schedule })).toEqual({
      times: {},
      conditions: [],
    });
  });
});

describe('what is wrong with comparisons', () => {
  test('is said in a condition, which is there only then', () => {
    const fine = driftStatus({ registry: said(), check: { at: NOW }, schedule });
    expect(fine.conditions).toEqual([]);
    const failure = new RetryableError('AWSUnavailable', 'away');
    const failed = driftStatus({ registry: said(), check: { at: NOW, failure }, schedule });
    expect(failed.conditions).toEqual([
      { type: 'DriftChecked', status: 'False', reason: 'AWSUnavailable', message: 'away' },
    ]);
  });

  test.each<[string, { readonly schedule: string; readonly timeZone: string }]>([
    ['InvalidSchedule', { schedule: '99 * * * *', timeZone: 'UTC' }],
    ['InvalidTimeZone', { schedule: '0 * * * *', timeZone: 'Europe/Atlantis' }],
  ])('as %s, the operator’s own schedule is followed', (reason, driftCheck) => {
    const { conditions, times } = driftStatus({
      registry: said({}, { driftCheck }),
      check: { at: NOW },
      schedule,
    });
    expect(conditions).toMatchObject([
      { reason, message: expect.stringContaining(`is followed, ${schedule}`) },
    ]);
    expect(times.nextDriftCheck).toBe(at(NOW + 30 * MINUTE));
  });
});
