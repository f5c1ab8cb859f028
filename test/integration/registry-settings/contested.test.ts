import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { type RegistryObject, readyOf } from '../repository/ecr-lab.ts';
import {
  type RegistrySettings,
  type SettingsLab,
  startSettingsLab,
  stateOf,
  syncedOf,
} from './settings-lab.ts';

jest.setTimeout(120_000);

let lab: SettingsLab;

beforeAll(async () => {
  lab = await startSettingsLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const REGION = 'eu-west-1';
const SETTINGS: RegistrySettings = {
  region: REGION,
  scanning: { scanType: 'BASIC', rules: [{ scanFrequency: 'SCAN_ON_PUSH', filters: ['*'] }] },
  accountSettings: { blobMounting: 'ENABLED' },
};
const theirs = () => lab.at(REGION).call('PutRegistryScanningConfiguration', { scanType: 'ENHANCED' });
const counts = () => ({ calls: lab.calls(REGION).length, writes: lab.writes(REGION).length });

/** Somebody else writes before each step of lab time. The pause is that of the second writer: nothing depends on it. */
async function flap(steps: number, stepMs: number): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    theirs();
    await lab.advance(stepMs);
    await setTimeout(60);
  }
}

/** The Registry, once the fight is told of; it goes on meanwhile, since a slow machine may not have come so far. */
function flapUntilContested(name: string) {
  const step = async () => {
    await flap(1, 1_000);
    return lab.now(name);
  };
  const until = (found: RegistryObject) => stateOf(found, 'scanning')?.state === 'Contested';
  return waitFor(step, { what: 'the fight to be told of', until, intervalMs: 50 });
}

test('a second writer each second for a minute meets back-off and not a fight, and is told of', async () => {
  const object = await lab.settled(await lab.registry('fought-over', SETTINGS));
  const before = counts();
  theirs();
  await lab.look('fought-over', REGION);
  await flap(60, 1_000);
  const after = counts();
  // Looks every ten seconds at most, of two reads each; what is written is written ever more seldom.
  expect(after.writes - before.writes).toBeLessThanOrEqual(6);
  expect(after.calls - before.calls).toBeLessThanOrEqual(30);

  const contested = await flapUntilContested('fought-over');
  expect(readyOf(contested)).toMatchObject({ status: 'False', reason: 'Contested' });
  expect(syncedOf(contested).message).toMatch(
    /^scanning: somebody else keeps writing it: it was put right \d+ times since \S+Z, and is not again before \S+Z; CloudTrail says who writes it$/,
  );
  expect(stateOf(contested, 'accountSettings')).toMatchObject({ state: 'Synced' });
  expect(contested.status?.conditions?.map(({ type }) => type)).toContain('Reconciling');
  const event = await lab.event(contested, 'Contested', 'somebody else keeps writing it');
  expect(event.type).toBe('Warning');
  await lab.event(contested, 'DriftMended', 'scanning from ENHANCED to BASIC; SCAN_ON_PUSH for');

  // Ever more seldom: ten minutes of it cost no more writes than the minute.
  const minute = counts();
  await flap(60, 10_000);
  expect(counts().writes - minute.writes).toBeLessThanOrEqual(6);

  // It heals by itself when the other one stops.
  const healed = async () => {
    // It may say so still, of the write before the other one's last.
    await lab.settledInTime(object);
    return lab.at(REGION).registry.scanning.scanType;
  };
  await waitFor(healed, { what: 'the scanning to be ours', until: (type) => type === 'BASIC' });
  expect(stateOf(await lab.now('fought-over'), 'scanning')?.state).toBe('Synced');
});

test('is told as an Event where Ready speaks of another setting, which AWS refuses', async () => {
  const region = 'eu-west-3';
  lab.aws.faults.add({
    match: { action: 'ecr:PutAccountSetting', region },
    fault: { kind: 'access-denied' },
  });
  const refused: RegistrySettings = { region, accountSettings: { blobMounting: 'ENABLED' } };
  const object = await lab.settled(await lab.registry('refused-too', refused), 'AccessDenied');
  await lab.registry('refused-too', { ...SETTINGS, region });
  await lab.stated('refused-too', 'scanning', 'Synced');
  for (const time of [1, 2, 3]) {
    const mended = () =>
      lab.writes(region).filter((one) => one === 'PutRegistryScanningConfiguration').length;
    const before = mended();
    lab.at(region).call('PutRegistryScanningConfiguration', { scanType: 'ENHANCED' });
    await lab.look('refused-too', region);
    await waitFor(() => mended() > before, { what: `mending ${time}` });
  }
  await lab.event(object, 'Contested', /^scanning: somebody else keeps writing it/);
  expect(readyOf(await lab.now('refused-too')).reason).toBe('AccessDenied');
});

test('what a person changes back once is put right at once, and no contest', async () => {
  const region = 'eu-west-2';
  const object = await lab.settled(await lab.registry('once', { ...SETTINGS, region }));
  for (const _ of [1, 2, 3]) {
    lab.at(region).call('PutRegistryScanningConfiguration', { scanType: 'ENHANCED' });
    await lab.look('once', region);
    await waitFor(() => lab.at(region).registry.scanning.scanType === 'BASIC', { what: 'the mending' });
    await lab.advance(1_900_000);
  }
  expect(stateOf(await lab.settled(object), 'scanning')?.state).toBe('Synced');
});
