import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ACCOUNT } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { conditionOf, readyOf } from '../repository/ecr-lab.ts';
import {
  type RegistrySettings,
  reference,
  registryPolicy,
  type SettingsLab,
  startSettingsLab,
  stateOf,
} from './settings-lab.ts';

jest.setTimeout(60_000);

let lab: SettingsLab;

beforeAll(async () => {
  lab = await startSettingsLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const ON_PUSH: RegistrySettings = {
  scanning: { scanType: 'BASIC', rules: [{ scanFrequency: 'SCAN_ON_PUSH', filters: ['*'] }] },
};
const MOUNTING: RegistrySettings = { accountSettings: { blobMounting: 'ENABLED' } };
const scanTypeAt = (region: string) => lab.at(region).registry.scanning.scanType;

describe('mode: Observe', () => {
  test('writes nothing, and tells what differs until it is declared otherwise', async () => {
    const region = 'ap-east-1';
    const settings = { region, ...ON_PUSH, ...MOUNTING, mode: 'Observe' } as const;
    const object = await lab.settled(await lab.registry('observed', settings), 'DriftObserved');
    expect(lab.writes(region)).toEqual([]);
    expect(object.status?.settings).toEqual([
      {
        name: 'accountSettings',
        state: 'Drifted',
        message: 'ECR differs, and mode: Observe writes nothing: blobMounting from DISABLED to ENABLED',
      },
      {
        name: 'scanning',
        state: 'Drifted',
        message:
          'ECR differs, and mode: Observe writes nothing: scanning from BASIC to BASIC; SCAN_ON_PUSH for *',
      },
    ]);
    expect(object.status?.conditions?.map(({ type }) => type)).toContain('Stalled');
    lab.at(region).call('PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'ENABLED' });
    await lab.look('observed', region);
    await lab.stated('observed', 'accountSettings', 'Synced');
    expect(lab.writes(region)).toEqual([]);
    await lab.settled(await lab.registry('observed', { ...settings, mode: 'Enforce' }));
    expect(lab.writes(region)).toEqual(['PutRegistryScanningConfiguration']);
  });
});

describe('two Registries for one account and region', () => {
  test('have each setting once: the recorded holder keeps it, the other says so of that one alone', async () => {
    const region = 'ap-south-1';
    const enhanced: RegistrySettings = { scanning: { scanType: 'ENHANCED' } };
    await lab.settled(await lab.registry('holder', { region, ...ON_PUSH }));
    const second = await lab.registry('second', { region, ...enhanced, ...MOUNTING });
    const object = await lab.settled(second, 'Conflict');
    expect(scanTypeAt(region)).toBe('BASIC');
    expect(stateOf(object, 'scanning')).toMatchObject({
      state: 'Conflict',
      message: expect.stringContaining('Registry holder, for the same account and region, declares it too'),
    });
    expect(stateOf(object, 'accountSettings')?.state).toBe('Synced');
    expect(readyOf(object).message).toContain('scanning: Registry holder');
    await lab.look('second', region);
    await lab.look('holder', region);
    expect(lab.writes(region)).toEqual(['PutRegistryScanningConfiguration', 'PutAccountSetting']);

    // It lets go by not declaring it any more, and cannot have it back.
    await lab.registry('holder', { region });
    await lab.settled(second);
    expect(scanTypeAt(region)).toBe('ENHANCED');
    const late = await lab.settled(await lab.registry('holder', { region, ...ON_PUSH }), 'Conflict');
    expect(stateOf(late, 'scanning')?.message).toContain('Registry second');
    expect(scanTypeAt(region)).toBe('ENHANCED');

    await lab.admin.delete(second);
    await lab.settled(late);
    expect(scanTypeAt(region)).toBe('BASIC');
  });

  test('of which the older cannot write: they keep no other from a setting, and do not take it later', async () => {
    const region = 'ap-south-2';
    const rested = await lab.registry('a-rested', { region, suspend: true, ...ON_PUSH });
    await lab.settled(
      await lab.registry('b-looks', { region, mode: 'Observe', ...ON_PUSH }),
      'DriftObserved',
    );
    const credentials = { roleArn: `arn:aws:iam::${ACCOUNT}:role/of-nobody` };
    await lab.registry('c-refused', { region, credentials, ...ON_PUSH });
    // Until the keys of that one are found to be refused it is the older.
    const works = await lab.settled(await lab.registry('d-works', { region, ...ON_PUSH }));
    expect(stateOf(works, 'scanning')?.holder).toBe(true);
    await lab.registry('a-rested', { region, suspend: false, ...ON_PUSH });
    const late = await lab.settled(rested, 'Conflict');
    expect(stateOf(late, 'scanning')?.message).toContain('Registry d-works');
    expect(lab.writes(region)).toEqual(['PutRegistryScanningConfiguration']);
  });

  test('of which none has it yet: the older has', async () => {
    const region = 'ap-southeast-5';
    const fault = lab.aws.faults.add({
      match: { action: 'ecr:PutRegistryScanningConfiguration', region },
      fault: { kind: 'access-denied' },
    });
    const older = await lab.settled(await lab.registry('a-older', { region, ...ON_PUSH }), 'AccessDenied');
    const younger = await lab.registry('b-younger', { region, ...ON_PUSH });
    await lab.settled(younger, 'Conflict');
    fault.remove();
    await lab.settledInTime(older);
    await lab.look('a-older', region);
    expect(stateOf(await lab.now('b-younger'), 'scanning')?.state).toBe('Conflict');
  });
});

describe('a setting that AWS refuses', () => {
  const region = 'ca-central-1';

  test('keeps none of the others back, nor Repositories, and has AWS’s words', async () => {
    const fault = lab.aws.faults.add({
      match: { action: 'ecr:PutRegistryScanningConfiguration', region },
      fault: { kind: 'access-denied' },
    });
    const settings = { region, ...ON_PUSH, ...MOUNTING, policy: { document: registryPolicy(region) } };
    const object = await lab.settled(await lab.registry('refused', settings), 'AccessDenied');
    const { wide } = lab.at(region).registry;
    expect(wide.accountSettings.get('BLOB_MOUNTING')).toBe('ENABLED');
    expect(wide.policyText).toContain('ReplicateImage');
    expect(object.status?.settings?.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'accountSettings Synced',
      'policy Synced',
      'scanning Failed',
    ]);
    expect(readyOf(object).message).toMatch(
      /^scanning: ecr:PutRegistryScanningConfiguration on \*: AccessDeniedException: User: .*\(request id/,
    );
    expect(object.status?.conditions?.map(({ type }) => type)).toContain('Reconciling');
    await lab.namespace('beside');
    await lab.settled(await lab.repository('beside', 'beside', { registryRef: { name: 'refused' } }));
    fault.remove();
    await lab.settledInTime(object);
    expect(lab.at(region).registry.scanning.rules).toHaveLength(1);
  });

  test('for the whole organization is looked at again after an hour', async () => {
    const blocked = 'ca-west-1';
    const fault = lab.aws.faults.add({
      match: { action: 'ecr:PutRegistryScanningConfiguration', region: blocked },
      fault: { kind: 'error', name: 'BlockedByOrganizationPolicyException', message: 'not in this house' },
    });
    const object = await lab.registry('blocked', { region: blocked, ...ON_PUSH });
    const stalled = await lab.settled(object, 'BlockedByOrganization');
    expect(stalled.status?.conditions?.map(({ type }) => type)).toContain('Stalled');
    expect(readyOf(stalled).message).toContain('not in this house');
    await lab.checked('blocked');
    await lab.look('blocked', blocked);
    await lab.settled(await lab.registry('beside-blocked', { region: 'us-west-2', ...ON_PUSH }));
    const hits = fault.hits();
    for (let time = 0; time < 8; time += 1) {
      await lab.advance(75_000);
      await lab.look('beside-blocked', 'us-west-2');
    }
    // Two passes may have been under way; by back-off there would be six more at least.
    expect(fault.hits()).toBeLessThanOrEqual(hits + 2);
    fault.remove();
    await lab.settledInTime(object, 'Ready', 1_200_000);
  });

  test('because its document is none says where', async () => {
    const policy = { document: '{ "Version": ' };
    const object = await lab.registry('no-json', { region: 'us-west-1', policy });
    expect(readyOf(await lab.settled(object, 'InvalidDocument')).message).toContain('policy.document');
  });
});

test('a suspended Registry has nothing written, and nothing is taken from it', async () => {
  const region = 'sa-east-1';
  await lab.settled(await lab.registry('resting', { region, ...ON_PUSH }));
  await lab.registry('resting', { region, ...ON_PUSH, suspend: true });
  await waitFor(() => lab.now('resting'), {
    what: 'resting to be suspended',
    until: (found) => conditionOf(found, 'Suspended') !== undefined,
  });
  lab.at(region).call('PutRegistryScanningConfiguration', { scanType: 'ENHANCED' });
  const writes = lab.writes(region).length;
  const other = await lab.registry('awake', { region, ...ON_PUSH });
  await lab.settled(other, 'Conflict');
  expect(lab.writes(region)).toHaveLength(writes);
  await lab.registry('resting', { region, ...ON_PUSH, suspend: false });
  await waitFor(() => scanTypeAt(region), { what: 'the mending', until: (type) => type === 'BASIC' });
});

test('a drift check looks at the settings too', async () => {
  const region = 'me-south-1';
  const driftCheck = { schedule: '0 * * * *', timeZone: 'UTC' };
  const object = await lab.settled(await lab.registry('swept', { region, ...ON_PUSH, driftCheck }));
  await lab.checked('swept');
  // What was written is looked at again by then.
  await lab.advance(10_000);
  await lab.look('swept', region);
  lab.at(region).call('PutRegistryScanningConfiguration', { scanType: 'ENHANCED' });
  await lab.advance(3_600_000);
  await waitFor(() => scanTypeAt(region), { what: 'the mending', until: (type) => type === 'BASIC' });
  await lab.event(object, 'DriftMended', 'scanning from ENHANCED to BASIC');
});

test('a Registry that is deleted leaves the settings as they are', async () => {
  const region = 'me-central-1';
  const object = await lab.settled(await lab.registry('leaving', { region, ...ON_PUSH }));
  const writes = lab.writes(region);
  await lab.admin.delete(reference('leaving'));
  await lab.gone(object);
  expect(lab.writes(region)).toEqual(writes);
  expect(lab.at(region).registry.scanning.rules).toHaveLength(1);
});

test('after a restart the status stays as it is, ours are known as ours, and drift as drift', async () => {
  const region = 'il-central-1';
  const scanner = `arn:aws:iam::${ACCOUNT}:role/scanner`;
  const settings = { region, ...ON_PUSH, pullTimeUpdateExclusions: [scanner] };
  const object = await lab.settled(await lab.registry('restarted', settings));
  await lab.operator.stop();
  lab.at(region).call('PutRegistryScanningConfiguration', { scanType: 'ENHANCED' });
  const env = { ECR_OPERATOR_DRIFT_SCHEDULE: '0 0 1 1 *', ECR_OPERATOR_IMAGE_SCHEDULE: '0 0 1 1 *' };
  await lab.startOperator({ server: lab.proxy.url, env });
  await lab.event(object, 'DriftMended', 'scanning from ENHANCED to BASIC');
  const mended = await lab.settled(object);
  const since = (it: typeof object) =>
    it.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  expect(since(mended)).toBe(since(object));
  await lab.settled(await lab.registry('restarted', { region, ...ON_PUSH, pullTimeUpdateExclusions: [] }));
  expect(lab.at(region).registry.wide.exclusions.size).toBe(0);
});
