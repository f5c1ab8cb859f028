import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RegistryStatusSettingName } from '../../../src/api/registry.generated.ts';
import type { RegistryHandle } from '../../lab/aws/registry-handle.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  OTHER_ACCOUNT,
  type RegistrySettings,
  registryPolicy,
  type SettingsLab,
  startSettingsLab,
  stateOf,
  syncedOf,
} from './settings-lab.ts';

jest.setTimeout(60_000);

let lab: SettingsLab;

beforeAll(async () => {
  lab = await startSettingsLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const PROFILE = `arn:aws:signer:us-east-1:${ACCOUNT}:/signing-profiles/release`;
const SCANNER = `arn:aws:iam::${ACCOUNT}:role/scanner`;
const AUDITOR = `arn:aws:iam::${ACCOUNT}:user/audit/me`;

interface Case {
  readonly name: RegistryStatusSettingName;
  readonly region: string;
  readonly first: RegistrySettings;
  readonly changed: RegistrySettings;
  /** What the setting is when it is off; account settings have no such thing. */
  readonly off?: RegistrySettings;
  readonly held: (ecr: RegistryHandle) => unknown;
  /** Somebody else's change. */
  readonly disturb: (ecr: RegistryHandle) => unknown;
  readonly words: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: 'replication',
    region: 'eu-west-1',
    first: { replication: { rules: [{ destinations: [{ region: 'eu-west-2', accountId: ACCOUNT }] }] } },
    changed: {
      replication: {
        rules: [
          {
            destinations: [
              { region: 'eu-west-2', accountId: ACCOUNT },
              { region: 'eu-west-1', accountId: OTHER_ACCOUNT },
            ],
            filters: ['prod', 'base/'],
          },
        ],
      },
    },
    off: { replication: { rules: [] } },
    held: (ecr) => ecr.registry.wide.replication,
    disturb: (ecr) => ecr.call('PutReplicationConfiguration', { replicationConfiguration: { rules: [] } }),
    words: /^replication from off to eu-west-1 of 210987654321, eu-west-2 of 123456789012 for base\/, prod$/,
  },
  {
    name: 'scanning',
    region: 'eu-west-2',
    first: { scanning: { scanType: 'BASIC', rules: [{ scanFrequency: 'SCAN_ON_PUSH', filters: ['*'] }] } },
    changed: {
      scanning: {
        scanType: 'ENHANCED',
        rules: [
          { scanFrequency: 'SCAN_ON_PUSH', filters: ['dev/*'] },
          { scanFrequency: 'CONTINUOUS_SCAN', filters: ['prod/*', 'base/*'] },
        ],
      },
    },
    off: { scanning: { scanType: 'BASIC' } },
    held: (ecr) => ecr.registry.scanning,
    disturb: (ecr) => ecr.call('PutRegistryScanningConfiguration', { scanType: 'BASIC' }),
    words:
      /^scanning from BASIC to ENHANCED; CONTINUOUS_SCAN for base\/\*, prod\/\*; SCAN_ON_PUSH for dev\/\*$/,
  },
  {
    name: 'policy',
    region: 'eu-west-3',
    first: { policy: { document: registryPolicy('eu-west-3') } },
    changed: { policy: { document: registryPolicy('eu-west-3', '999999999999') } },
    off: { policy: { document: '' } },
    held: (ecr) => ecr.registry.wide.policyText,
    disturb: (ecr) => ecr.call('PutRegistryPolicy', { policyText: registryPolicy('eu-west-3') }),
    words: /^registry policy: statement replicate from \{.*210987654321.* to \{.*999999999999/,
  },
  {
    name: 'accountSettings',
    region: 'eu-central-1',
    first: { accountSettings: { blobMounting: 'ENABLED' } },
    changed: {
      accountSettings: {
        registryPolicyScope: 'V2',
        basicScanTypeVersion: 'AWS_NATIVE',
        blobMounting: 'ENABLED',
      },
    },
    held: (ecr) => Object.fromEntries(ecr.registry.wide.accountSettings),
    disturb: (ecr) => ecr.call('PutAccountSetting', { name: 'BLOB_MOUNTING', value: 'DISABLED' }),
    words: /^blobMounting from DISABLED to ENABLED$/,
  },
  {
    name: 'signing',
    region: 'eu-north-1',
    first: { signing: { rules: [{ signingProfileArn: PROFILE }] } },
    changed: { signing: { rules: [{ signingProfileArn: PROFILE, filters: ['prod/*'] }] } },
    off: { signing: { rules: [] } },
    held: (ecr) => ecr.registry.wide.signing,
    disturb: (ecr) => ecr.call('DeleteSigningConfiguration', {}),
    words: /^signing from none to arn:aws:signer:.*release for prod\/\*$/,
  },
  {
    name: 'pullTimeUpdateExclusions',
    region: 'eu-south-1',
    first: { pullTimeUpdateExclusions: [SCANNER] },
    changed: { pullTimeUpdateExclusions: [AUDITOR] },
    off: { pullTimeUpdateExclusions: [] },
    held: (ecr) => [...ecr.registry.wide.exclusions.keys()],
    disturb: (ecr) => ecr.call('DeregisterPullTimeUpdateExclusion', { principalArn: AUDITOR }),
    words: /^pull-time update exclusion of .*user\/audit\/me from absent to present$/,
  },
];

describe.each(CASES)('$name of a registry', ({ name, region, first, changed, off, held, disturb, words }) => {
  const registry = `r-${region}`;
  const inEcr = () => structuredClone(held(lab.at(region)));
  let [untouched, once, twice]: unknown[] = [];

  test('is put as it is declared, and told', async () => {
    untouched = inEcr();
    const object = await lab.settled(await lab.registry(registry, { region, ...first }));
    once = inEcr();
    expect(once).not.toEqual(untouched);
    expect(object.status?.settings).toEqual([{ name, state: 'Synced', holder: true }]);
    expect(syncedOf(object)).toEqual({
      status: 'True',
      reason: 'Synced',
      message: `ECR holds what is declared: ${name}`,
    });
    expect(await lab.event(object, 'Updated')).toMatchObject({ type: 'Normal' });
  });

  test('follows a change', async () => {
    await lab.settled(await lab.registry(registry, { region, ...changed }));
    twice = inEcr();
    expect(twice).not.toEqual(once);
  });

  test('is not written again, nor is the status, where nothing has changed', async () => {
    const before = await lab.checked(registry);
    const writes = lab.writes(region);
    await lab.look(registry, region);
    expect(lab.writes(region)).toEqual(writes);
    expect((await lab.now(registry)).status).toEqual(before.status);
  });

  test('is put right where somebody else has changed it, which is told', async () => {
    disturb(lab.at(region));
    expect(inEcr()).not.toEqual(twice);
    await lab.look(registry, region);
    await waitFor(() => isDeepStrictEqual(inEcr(), twice), { what: 'the mending' });
    const object = await waitFor(() => lab.now(registry), {
      what: 'the time of the mending',
      until: (found) => stateOf(found, name)?.lastMended !== undefined,
    });
    expect((await lab.event(object, 'DriftMended')).message).toMatch(words);
    await lab.settled(object);
  });

  test('can be switched off', async () => {
    if (!off) return;
    await lab.settled(await lab.registry(registry, { region, ...off }));
    const now = inEcr();
    expect(now).not.toEqual(twice);
    expect(name === 'signing' ? (now ?? []) : now).toEqual(
      name === 'signing' ? (untouched ?? []) : untouched,
    );
    await lab.settled(await lab.registry(registry, { region, ...changed }));
    expect(inEcr()).toEqual(twice);
  });

  test('is left alone where it is not declared', async () => {
    const object = await lab.settled(await lab.registry(registry, { region }));
    expect(inEcr()).toEqual(twice);
    expect(object.status?.settings).toBeUndefined();
    expect(object.status?.pullTimeUpdateExclusions).toBeUndefined();
    expect(syncedOf(object).status).toBeUndefined();
    disturb(lab.at(region));
    const disturbed = inEcr();
    const calls = lab.calls(region).length;
    await lab.settled(await lab.registry(registry, { region, mode: 'Enforce' }));
    expect(inEcr()).toEqual(disturbed);
    expect(lab.calls(region)).toHaveLength(calls);
  });
});

test('exclusions that somebody else has put into ECR stay', async () => {
  const region = 'eu-south-2';
  const theirs = `arn:aws:iam::${ACCOUNT}:role/theirs`;
  lab.at(region).call('RegisterPullTimeUpdateExclusion', { principalArn: theirs });
  const settings = { region, pullTimeUpdateExclusions: [SCANNER] };
  const object = await lab.settled(await lab.registry('exclusions', settings));
  expect(object.status?.pullTimeUpdateExclusions).toEqual([SCANNER]);
  await lab.settled(await lab.registry('exclusions', { ...settings, pullTimeUpdateExclusions: [] }));
  expect([...lab.at(region).registry.wide.exclusions.keys()]).toEqual([theirs]);
});
