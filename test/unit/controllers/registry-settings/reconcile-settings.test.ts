import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import { registry } from '../objects.ts';
import { ENHANCED, settingsTrial } from './settings-trial.ts';

const BASIC = { scanType: 'BASIC', rules: [] } as const;
const MOUNTING = { accountSettings: { blobMounting: 'ENABLED' } } as const;
const A = 'arn:aws:iam::123456789012:role/a';
const B = 'arn:aws:iam::123456789012:role/b';

describe('a pass over the settings of a Registry', () => {
  test('writes what is declared, tells it, and looks again soon', async () => {
    const trial = settingsTrial(registry('default', ENHANCED));
    expect(await trial.pass()).toEqual({ requeueAfterMs: 10_000 });
    expect(trial.writes()).toEqual(['putScanning']);
    expect(trial.told()).toEqual(['default Updated: scanning from BASIC to ENHANCED']);
    expect(trial.states()).toEqual(['scanning Synced']);
    expect(trial.woken).toEqual(['default']);
    expect(await trial.pass()).toEqual({});
    expect(trial.writes()).toEqual([]);
    expect(trial.told()).toEqual([]);
  });

  test('calls a changed declaration an update, and what somebody else changed drift', async () => {
    const trial = settingsTrial(registry('default', ENHANCED));
    await trial.pass();
    trial.declare({ scanning: { scanType: 'BASIC' } });
    await trial.pass();
    trial.held.scanning = { scanType: 'ENHANCED', rules: [] };
    await trial.pass();
    expect(trial.told().map((words) => words.split(':')[0])).toEqual([
      'default Updated',
      'default Updated',
      'default DriftMended',
    ]);
    expect(trial.results.of(trial.now('default'))?.settings[0]?.lastMended).toBe('2026-01-01T12:00:00Z');
  });

  test.each([
    ['that is suspended', { ...ENHANCED, suspend: true }, {}],
    ['that is only pulled from', { ...ENHANCED, access: 'PullOnly' as const }, {}],
    ['that is going', ENHANCED, { deletionTimestamp: '2026-01-01T00:00:00Z' }],
    ['that declares none', {}, {}],
  ])('makes no call for one %s', async (_, spec, meta) => {
    const trial = settingsTrial(registry('default', spec, meta));
    expect(await trial.pass()).toEqual({});
    expect(trial.calls()).toEqual([]);
  });

  test('of a Registry that is no more forgets it', async () => {
    const trial = settingsTrial(registry('default', ENHANCED));
    await trial.pass();
    const before = trial.now('default');
    trial.remove('default');
    await trial.pass();
    expect(trial.results.of(before)).toBeUndefined();
  });

  test('only observes, where that is the mode', async () => {
    const trial = settingsTrial(registry('default', { ...ENHANCED, mode: 'Observe' }));
    expect(await trial.pass()).toEqual({});
    expect(trial.writes()).toEqual([]);
    expect(trial.states()).toEqual(['scanning Drifted']);
    expect(trial.status()).toMatchObject({ stalled: true, conditions: [{ reason: 'DriftObserved' }] });
  });
});

describe('settings that cannot be written', () => {
  test('keep none of the others back, and are tried again by back-off', async () => {
    const trial = settingsTrial(registry('default', { ...ENHANCED, ...MOUNTING }));
    trial.failures.set(
      'putAccountSetting',
      new RetryableError('Throttled', 'slow down', { occurrence: 'x' }),
    );
    expect(await trial.pass()).toEqual({ retry: { kind: 'backoff' }, requeueAfterMs: 10_000 });
    expect(trial.states()).toEqual(['accountSettings Failed', 'scanning Synced']);
    expect(trial.status()).toMatchObject({
      stalled: false,
      conditions: [
        { status: 'False', reason: 'Throttled', message: 'accountSettings: slow down', occurrence: 'x' },
      ],
    });
    trial.failures.clear();
    await trial.pass();
    expect(trial.states()).toEqual(['accountSettings Synced', 'scanning Synced']);
  });

  test('for good are looked at again after their own time, or as soon as another asks for', async () => {
    const trial = settingsTrial(registry('default', ENHANCED));
    trial.failures.set('putScanning', new TerminalError('BlockedByOrganization', 'no'));
    const { requeueAfterMs = 0 } = await trial.pass();
    expect(requeueAfterMs).toBeGreaterThan(3_000_000);
    expect(trial.status().stalled).toBe(true);
    trial.declare({ ...ENHANCED, ...MOUNTING });
    expect(await trial.pass()).toEqual({ requeueAfterMs: 10_000 });
  });

  test('are drift afterwards, too, where they were as declared before', async () => {
    const trial = settingsTrial(registry('default', ENHANCED));
    await trial.pass();
    trial.failures.set('scanning', new RetryableError('Throttled', 'slow down'));
    await trial.pass();
    trial.failures.clear();
    trial.held.scanning = BASIC;
    trial.told();
    await trial.pass();
    expect(trial.told()).toEqual(['default DriftMended: scanning from BASIC to ENHANCED']);
  });

  test('one exclusion that is refused keeps no other back', async () => {
    const trial = settingsTrial(registry('default', { pullTimeUpdateExclusions: [A, B] }));
    const refused = new TerminalError('InvalidParameter', 'no such role');
    trial.failures.set('registerExclusion', (arn: string) => (arn === A ? refused : undefined));
    await trial.pass();
    expect([...trial.held.exclusions]).toEqual([B]);
    expect(trial.told()).toEqual([
      expect.stringContaining(`default Updated: pull-time update exclusion of ${B}`),
    ]);
    expect(trial.states()).toEqual(['pullTimeUpdateExclusions Failed']);
  });

  test('are told of before what only a change elsewhere mends', async () => {
    const older = registry('older', MOUNTING, { creationTimestamp: '2024-01-01T00:00:00Z' });
    const trial = settingsTrial(registry('default', { ...ENHANCED, ...MOUNTING }), older);
    trial.failures.set('scanning', new RetryableError('Throttled', 'slow down'));
    await trial.pass();
    expect(trial.states()).toEqual(['accountSettings Conflict', 'scanning Failed']);
    expect(trial.status()).toMatchObject({
      stalled: false,
      conditions: [
        { reason: 'Throttled', message: expect.stringMatching(/^scanning: slow down; accountSettings: Reg/) },
      ],
    });
  });

  test('one exclusion that cannot be taken away stays ours', async () => {
    const trial = settingsTrial(registry('default', { pullTimeUpdateExclusions: [A, B] }));
    await trial.pass();
    trial.declare({ pullTimeUpdateExclusions: [B] });
    trial.failures.set('deregisterExclusion', new RetryableError('Throttled', 'slow down'));
    await trial.pass();
    expect(trial.status().fields.pullTimeUpdateExclusions).toEqual([A, B]);
    trial.failures.clear();
    await trial.pass();
    expect([...trial.held.exclusions]).toEqual([B]);
    expect(trial.status().fields.pullTimeUpdateExclusions).toEqual([B]);
  });
});

describe('two Registries for one account and region', () => {
  const other = (spec: object) => registry('other', spec, { creationTimestamp: '2025-06-01T00:00:00Z' });

  test('have each setting once, and the second takes over what the first lets go', async () => {
    const trial = settingsTrial(registry('default', ENHANCED), other({ scanning: BASIC, ...MOUNTING }));
    await trial.pass('default');
    await trial.pass('other');
    expect(trial.states('other')).toEqual(['accountSettings Synced', 'scanning Conflict']);
    expect(trial.status('other')).toMatchObject({
      stalled: true,
      conditions: [{ reason: 'Conflict', message: expect.stringContaining('scanning: Registry default,') }],
    });
    expect(trial.held.scanning.scanType).toBe('ENHANCED');
    trial.declare({});
    await trial.pass('default');
    await trial.pass('other');
    expect(trial.held.scanning.scanType).toBe('BASIC');
    // It lost, though it is the older.
    trial.declare(ENHANCED);
    await trial.pass('default');
    expect(trial.states('default')).toEqual(['scanning Conflict']);
  });

  test('exclusions that are another one’s are not ours to take away', async () => {
    const spec = { pullTimeUpdateExclusions: [A] };
    const settings = [{ name: 'pullTimeUpdateExclusions', state: 'Conflict' }] as const;
    const loser = { ...other(spec), status: { settings, pullTimeUpdateExclusions: [A, B] } };
    const trial = settingsTrial(registry('default', spec), loser);
    await trial.pass('other');
    expect(trial.status('other').fields).toEqual({
      settings: [{ ...settings[0], message: expect.stringContaining('Registry default') }],
    });
  });
});

describe('after a restart', () => {
  const status = {
    settings: [
      { name: 'scanning', state: 'Synced', holder: true, lastMended: '2025-12-31T00:00:00Z' },
      { name: 'pullTimeUpdateExclusions', state: 'Synced', holder: true },
    ],
    pullTimeUpdateExclusions: [A],
    conditions: [
      {
        type: 'SettingsSynced',
        status: 'True',
        reason: 'Synced',
        message: 'all is well',
        observedGeneration: 1,
        lastTransitionTime: '2025-12-31T00:00:00Z',
      },
    ],
  } as const;
  const spec = { ...ENHANCED, pullTimeUpdateExclusions: [] };

  test('what the status says stays until the first pass, of that spec alone', () => {
    const trial = settingsTrial({ ...registry('default', spec), status });
    expect(trial.status()).toEqual({
      fields: { settings: status.settings, pullTimeUpdateExclusions: [A] },
      conditions: [{ type: 'SettingsSynced', status: 'True', reason: 'Synced', message: 'all is well' }],
      stalled: false,
    });
    trial.declare(spec);
    expect(trial.status().conditions).toMatchObject([{ status: 'Unknown', reason: 'Pending' }]);
  });

  test('ours are known as ours, drift is known as drift, and a new spec is no drift', async () => {
    const trial = settingsTrial({ ...registry('default', spec), status });
    trial.held.exclusions.add(A);
    await trial.pass();
    expect(trial.told()).toEqual([
      'default DriftMended: scanning from BASIC to ENHANCED',
      `default DriftMended: pull-time update exclusion of ${A} from present to absent`,
    ]);
    const changed = settingsTrial({ ...registry('default', spec, { generation: 2 }), status });
    await changed.pass();
    expect(changed.told()).toEqual(['default Updated: scanning from BASIC to ENHANCED']);
  });
});

test('a spec that was not looked at yet is not told of as if it were', async () => {
  const trial = settingsTrial(registry('default', ENHANCED));
  await trial.pass();
  expect(trial.status().conditions).toMatchObject([
    { status: 'True', reason: 'Synced', message: 'ECR holds what is declared: scanning' },
  ]);
  trial.declare({ ...ENHANCED, ...MOUNTING });
  expect(trial.status().conditions).toMatchObject([{ status: 'Unknown', reason: 'Pending' }]);
});
