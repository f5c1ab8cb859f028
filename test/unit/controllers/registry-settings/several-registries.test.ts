import { expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../../src/api/registry.generated.ts';
import { registry } from '../objects.ts';
import { ENHANCED, settingsTrial } from './settings-trial.ts';

const BASIC = { scanning: { scanType: 'BASIC', rules: [] } } as const;
const A = 'arn:aws:iam::123456789012:role/a';

const older = (spec: Partial<RegistrySpec>) =>
  registry('older', spec, { creationTimestamp: '2024-01-01T00:00:00Z' });

test('one that only observes keeps no other from a setting, and tells what differs', async () => {
  const trial = settingsTrial(older({ ...BASIC, mode: 'Observe' }), registry('default', ENHANCED));
  await trial.pass('older');
  expect(trial.states('older')).toEqual(['scanning Synced']);
  await trial.pass('default');
  expect(trial.states('default')).toEqual(['scanning Synced']);
  expect(trial.held.scanning.scanType).toBe('ENHANCED');
  await trial.pass('older');
  expect(trial.states('older')).toEqual(['scanning Drifted']);

  // What it found as declared, it never had.
  trial.declare(BASIC, 'older', { creationTimestamp: '2024-01-01T00:00:00Z' });
  await trial.pass('older');
  expect(trial.states('older')).toEqual(['scanning Conflict']);
  expect(trial.held.scanning.scanType).toBe('ENHANCED');
});

test('one that had a setting keeps it while it only observes', async () => {
  const trial = settingsTrial(older(BASIC), registry('default', ENHANCED));
  await trial.pass('older');
  trial.declare({ ...BASIC, mode: 'Observe' }, 'older');
  await trial.pass('older');
  await trial.pass('default');
  expect(trial.states('default')).toEqual(['scanning Conflict']);
  expect(trial.status('older').fields.settings).toEqual([
    { name: 'scanning', state: 'Synced', holder: true },
  ]);
  expect(trial.status('default').fields.settings).toEqual([
    { name: 'scanning', state: 'Conflict', message: expect.stringContaining('Registry older,') },
  ]);
});

test('who has a setting is known after a restart', async () => {
  const settings = [{ name: 'scanning', state: 'Failed', holder: true }] as const;
  const trial = settingsTrial(older(BASIC), { ...registry('default', ENHANCED), status: { settings } });
  trial.failures.set('scanning', new Error('no'));
  await trial.pass('default');
  trial.failures.clear();
  await trial.pass('older');
  expect(trial.states('older')).toEqual(['scanning Conflict']);
});

test('one that had a setting has it still when a look at it fails, and without it one has not', async () => {
  const trial = settingsTrial(registry('default', ENHANCED));
  trial.failures.set('scanning', new Error('no'));
  await trial.pass();
  expect(trial.status().fields.settings?.[0]).not.toHaveProperty('holder');
  trial.failures.clear();
  await trial.pass();
  trial.failures.set('scanning', new Error('no'));
  await trial.pass();
  expect(trial.status().fields.settings?.[0]).toMatchObject({ state: 'Failed', holder: true });
});

test('one that declares a setting no more has let go of it, though its status still says so', async () => {
  const declared = older(BASIC);
  const settings = [{ name: 'scanning', state: 'Synced', holder: true }] as const;
  const trial = settingsTrial({ ...declared, status: { settings } }, registry('default', ENHANCED));
  trial.declare({}, 'older', { creationTimestamp: '2024-01-01T00:00:00Z' });
  await trial.pass('older');
  expect(trial.woken).toContain('older');
  await trial.pass('default');
  trial.declare(BASIC, 'older', { creationTimestamp: '2024-01-01T00:00:00Z' });
  await trial.pass('older');
  expect(trial.states('older')).toEqual(['scanning Conflict']);
  expect(trial.held.scanning.scanType).toBe('ENHANCED');
});

test('one that lets go of a setting while it is suspended has let go of it', async () => {
  const since = { creationTimestamp: '2024-01-01T00:00:00Z' };
  const mounting = { accountSettings: { blobMounting: 'ENABLED' } } as const;
  const trial = settingsTrial(
    older({ ...BASIC, ...mounting }),
    registry('default', { ...ENHANCED, ...mounting }),
  );
  await trial.pass('older');
  trial.declare({ ...mounting, suspend: true }, 'older', since);
  await trial.pass('older');
  await trial.pass('default');
  expect(trial.states('default')).toEqual(['accountSettings Conflict', 'scanning Synced']);
  trial.declare({ ...BASIC, ...mounting }, 'older', since);
  await trial.pass('older');
  expect(trial.states('older')).toEqual(['accountSettings Synced', 'scanning Conflict']);
});

test('exclusions that one that only observes found are not its own to take away', async () => {
  const exclusions = (list: string[], more: object = {}) => ({ pullTimeUpdateExclusions: list, ...more });
  const trial = settingsTrial(registry('default', exclusions([A], { mode: 'Observe' })));
  trial.held.exclusions.add(A);
  await trial.pass();
  trial.declare(exclusions([]));
  await trial.pass();
  expect([...trial.held.exclusions]).toEqual([A]);
});
