import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { registry } from '../objects.ts';
import { ENHANCED, settingsTrial } from './settings-trial.ts';

const BASIC = { scanType: 'BASIC', rules: [] } as const;
const MOUNTING = { accountSettings: { blobMounting: 'ENABLED' } } as const;

/** As the status would have it. */
function ready(reason: string) {
  const stamp = { message: 'x', lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 1 };
  return {
    conditions: [
      { type: 'Ready', status: 'False', reason, ...stamp },
      { type: 'SettingsSynced', status: 'False', reason, ...stamp },
    ],
  } as const;
}

/** Somebody else writes the scanning before each of these passes. */
async function fight(trial: ReturnType<typeof settingsTrial>, passes = 5) {
  for (let pass = 0; pass < passes; pass += 1) {
    trial.held.scanning = BASIC;
    await trial.pass();
    trial.clock.advance(10_000);
  }
}

describe('what goes wrong with a setting is told as an Event of its own', () => {
  test('where Ready speaks of another one: that somebody else keeps writing it, once', async () => {
    const trial = settingsTrial(registry('default', { ...ENHANCED, ...MOUNTING }));
    trial.failures.set('putAccountSetting', new RetryableError('AccessDenied', 'no'));
    await trial.pass();
    trial.put({ ...trial.now('default'), status: ready('AccessDenied') });
    trial.told();
    await fight(trial);
    expect(trial.status().conditions[0]?.reason).toBe('AccessDenied');
    const told = trial.told().filter((words) => !words.includes('DriftMended'));
    expect(told).toEqual([
      expect.stringMatching(
        /^default Contested: scanning: somebody else keeps writing it: it was put right 3 times/,
      ),
    ]);
  });

  test('and not twice: where Ready tells of it, that is its Event', async () => {
    const trial = settingsTrial(registry('default', { ...ENHANCED, ...MOUNTING }));
    await trial.pass();
    trial.told();
    await fight(trial);
    expect(trial.told().filter((words) => words.includes('Contested'))).toEqual([]);
  });

  test('and once more where the reason is another', async () => {
    const trial = settingsTrial(registry('default', { ...ENHANCED, ...MOUNTING }));
    trial.failures.set('putAccountSetting', new RetryableError('AWSError', 'no'));
    trial.failures.set('putScanning', new TerminalError('InvalidParameter', 'no'));
    await trial.pass();
    trial.put({ ...trial.now('default'), status: ready('AWSError') });
    trial.told();
    trial.failures.set('putScanning', new TerminalError('BlockedByOrganization', 'never'));
    await trial.pass();
    expect(trial.told()).toEqual(['default BlockedByOrganization: scanning: never']);
  });

  test('and a second one with the same reason', async () => {
    const trial = settingsTrial(registry('default', { ...ENHANCED, ...MOUNTING }));
    trial.failures.set('putScanning', new TerminalError('InvalidParameter', 'no'));
    await trial.pass();
    trial.put({ ...trial.now('default'), status: ready('InvalidParameter') });
    trial.told();
    trial.held.accountSettings.set('blobMounting', 'DISABLED');
    trial.failures.set('putAccountSetting', new TerminalError('InvalidParameter', 'neither'));
    await trial.pass();
    await trial.pass();
    expect(trial.told()).toEqual(['default InvalidParameter: accountSettings: neither']);
  });
});

test('of several failures the message has each, cut where it is long, and no request id', async () => {
  const trial = settingsTrial(registry('default', { ...ENHANCED, ...MOUNTING }));
  const long = 'x'.repeat(3_000);
  trial.failures.set(
    'putAccountSetting',
    new RetryableError('AWSError', long, { occurrence: 'request id 1' }),
  );
  trial.failures.set('putScanning', new RetryableError('AWSError', 'no', { occurrence: 'request id 2' }));
  await trial.pass();
  const { fields, conditions } = trial.status();
  expect(fields.settings?.map(({ message = '' }) => message.length <= 1_024)).toEqual([true, true]);
  expect(conditions[0]).not.toHaveProperty('occurrence');
});

test('of several exclusions that are refused one that a retry mends decides when to try again', async () => {
  const [a, b] = ['a', 'b'].map((name) => `arn:aws:iam::123456789012:role/${name}`) as [string, string];
  const trial = settingsTrial(registry('default', { pullTimeUpdateExclusions: [a, b] }));
  const terminal = new TerminalError('InvalidParameter', 'no such role');
  const retryable = new RetryableError('Throttled', 'slow down');
  trial.failures.set('registerExclusion', (arn: string) => (arn === a ? terminal : retryable));
  expect(await trial.pass()).toEqual({ retry: { kind: 'backoff' } });
});

test('what was contested before a restart is drift after it', async () => {
  const status = {
    settings: [{ name: 'scanning', state: 'Contested', holder: true }],
    conditions: [{ ...ready('Contested').conditions[1] }],
  } as const;
  const trial = settingsTrial({ ...registry('default', ENHANCED), status });
  await trial.pass();
  expect(trial.told()).toEqual(['default DriftMended: scanning from BASIC to ENHANCED']);
});

test('a spec that changes in something else is told of as before, without a moment of doubt', async () => {
  const trial = settingsTrial(registry('default', ENHANCED));
  await trial.pass();
  const before = trial.status();
  trial.declare({ ...ENHANCED, driftCheck: { schedule: '0 * * * *', timeZone: 'UTC' } });
  expect(trial.status()).toEqual(before);
  trial.declare({ ...ENHANCED, mode: 'Observe' });
  expect(trial.status().conditions).toMatchObject([{ status: 'Unknown', reason: 'Pending' }]);
});

test('the next attempt is told of in the same words, whenever it is looked at', async () => {
  const trial = settingsTrial(registry('default', ENHANCED));
  await trial.pass();
  await fight(trial, 3);
  const told = async (): Promise<string | undefined> => {
    trial.held.scanning = BASIC;
    await trial.pass();
    return trial.status().conditions[0]?.message;
  };
  const first = await told();
  for (const ms of [1, 400, 998]) {
    trial.clock.advance(ms);
    expect(await told()).toBe(first);
  }
});

test('before the first pass a request for a backfill is told of as before, though nothing is declared', () => {
  const replication = { backfillRequest: 'one' };
  const trial = settingsTrial({ ...registry(), status: { replication } });
  expect(trial.status()).toEqual({ fields: { replication }, conditions: [], stalled: false });
});

test('one that only observes keeps in mind when it last put a setting right', async () => {
  const trial = settingsTrial(registry('default', ENHANCED));
  await trial.pass();
  await fight(trial, 1);
  trial.declare({ ...ENHANCED, mode: 'Observe' });
  trial.held.scanning = BASIC;
  await trial.pass();
  expect(trial.status().fields.settings).toMatchObject([
    { state: 'Drifted', holder: true, lastMended: '2026-01-01T12:00:00Z' },
  ]);
});

test('nobody is woken for a Registry that declares nothing and never did', async () => {
  const trial = settingsTrial(registry());
  await trial.pass();
  expect(trial.woken).toEqual([]);
});

test('a way to AWS that no retry mends is tried again after its own time', async () => {
  const trial = settingsTrial(registry('default', ENHANCED));
  trial.refuse(new TerminalError('AccountMismatch', 'no', { recheckAfterMs: 300_000 }));
  const { retry } = await trial.pass();
  expect(retry).toMatchObject({ kind: 'after' });
  trial.refuse(new RetryableError('AWSUnreachable', 'no'));
  expect(await trial.pass()).toEqual({ retry: { kind: 'backoff' } });
  expect(trial.calls()).toEqual([]);
});
