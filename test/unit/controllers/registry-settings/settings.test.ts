import { describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../../src/api/registry.generated.ts';
import { declaredSettings, SETTINGS } from '../../../../src/controllers/registry-settings/settings.ts';
import { registry, thrownBy } from '../objects.ts';
import { fakeSettingsApi, type HeldSettings } from './fake-settings-api.ts';

const A = { region: 'eu-west-1', accountId: '123456789012' };
const B = { region: 'eu-west-1', accountId: '210987654321' };
const PROFILE = 'arn:aws:signer:us-east-1:123456789012:/signing-profiles/release';
const ROLE = 'arn:aws:iam::123456789012:role/scanner';
const THEIRS = 'arn:aws:iam::123456789012:role/theirs';

type Settings = Partial<RegistrySpec>;

const policyOf = (statement: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'x', Effect: 'Allow', Resource: '*', ...statement }],
  });
const POLICY = policyOf({
  Principal: { AWS: '210987654321' },
  Action: ['ecr:ReplicateImage', 'ecr:CreateRepository'],
});

/** What is to be done about the settings of that spec, in words; it is done, and nothing is left to do then. */
async function planned(
  settings: Settings,
  change: (held: HeldSettings) => void = () => undefined,
  owned: string[] = [],
) {
  const { spec } = registry('default', settings);
  const { api, held } = fakeSettingsApi();
  change(held);
  const words: string[] = [];
  for (const setting of declaredSettings(spec)) {
    const context = { owned, tense: 'done' } as const;
    for (const one of await setting.compare(spec, api, context)) {
      words.push(one.words);
      await one.apply(api);
    }
    expect(await setting.compare(spec, api, context)).toEqual([]);
  }
  return { words, held };
}

describe('settings of a registry', () => {
  test('are left alone where they are not declared', () => {
    expect(declaredSettings(registry().spec)).toEqual([]);
    expect(SETTINGS.map(({ name }) => name).sort()).toEqual([
      'accountSettings',
      'policy',
      'pullTimeUpdateExclusions',
      'replication',
      'scanning',
      'signing',
    ]);
  });

  test.each<[string, Settings, (held: HeldSettings) => void]>([
    [
      'replication, in another order',
      { replication: { rules: [{ destinations: [A, B], filters: ['b', 'a'] }, { destinations: [A] }] } },
      (held) => {
        held.replication = [
          { destinations: [A], filters: [] },
          { destinations: [B, A], filters: ['a', 'b'] },
        ];
      },
    ],
    ['replication that is off', { replication: { rules: [] } }, () => undefined],
    [
      'scanning, in another order and with a rule that says nothing',
      { scanning: { scanType: 'BASIC', rules: [{ scanFrequency: 'SCAN_ON_PUSH', filters: ['b', 'a'] }] } },
      (held) => {
        held.scanning = {
          scanType: 'BASIC',
          rules: [
            { scanFrequency: 'MANUAL', filters: [] },
            { scanFrequency: 'SCAN_ON_PUSH', filters: ['a', 'b'] },
          ],
        };
      },
    ],
    [
      'a policy, in the form that ECR gives it',
      { policy: { document: POLICY } },
      (held) => {
        held.policy = policyOf({
          Action: ['ecr:CreateRepository', 'ecr:ReplicateImage'],
          Principal: { AWS: 'arn:aws:iam::210987654321:root' },
        });
      },
    ],
    ['no policy', { policy: { document: '' } }, () => undefined],
    [
      'account settings that are declared, whatever the others are',
      { accountSettings: { blobMounting: 'ENABLED' } },
      (held) => {
        held.accountSettings.set('blobMounting', 'ENABLED').set('registryPolicyScope', 'V1');
      },
    ],
    [
      'signing, in another order',
      {
        signing: {
          rules: [{ signingProfileArn: PROFILE, filters: ['b', 'a'] }, { signingProfileArn: PROFILE }],
        },
      },
      (held) => {
        held.signing = [
          { signingProfileArn: PROFILE, filters: [] },
          { signingProfileArn: PROFILE, filters: ['a', 'b'] },
        ];
      },
    ],
    [
      'exclusions, beside those of others',
      { pullTimeUpdateExclusions: [ROLE, ROLE] },
      (held) => void held.exclusions.add(THEIRS).add(ROLE),
    ],
  ])('that mean the same are not written: %s', async (_, settings, change) => {
    expect((await planned(settings, change)).words).toEqual([]);
  });

  test.each<[string, Settings, (held: HeldSettings) => void, string[]]>([
    [
      'another destination',
      { replication: { rules: [{ destinations: [A] }] } },
      (held) => {
        held.replication = [{ destinations: [B], filters: [] }];
      },
      ['replication from eu-west-1 of 210987654321 to eu-west-1 of 123456789012'],
    ],
    [
      'a filter where there shall be none',
      { replication: { rules: [{ destinations: [A] }] } },
      (held) => {
        held.replication = [{ destinations: [A], filters: ['prod'] }];
      },
      ['replication from eu-west-1 of 123456789012 for prod to eu-west-1 of 123456789012'],
    ],
    [
      'replication where there shall be none',
      { replication: { rules: [] } },
      (held) => {
        held.replication = [{ destinations: [A], filters: [] }];
      },
      ['replication from eu-west-1 of 123456789012 to off'],
    ],
    [
      'another type of scanning',
      { scanning: { scanType: 'ENHANCED' } },
      () => undefined,
      ['scanning from BASIC to ENHANCED'],
    ],
    [
      'another frequency',
      { scanning: { scanType: 'BASIC', rules: [{ scanFrequency: 'SCAN_ON_PUSH', filters: ['*'] }] } },
      (held) => {
        held.scanning = { scanType: 'BASIC', rules: [{ scanFrequency: 'MANUAL', filters: ['*'] }] };
      },
      ['scanning from BASIC; MANUAL for * to BASIC; SCAN_ON_PUSH for *'],
    ],
    [
      'a policy where there is none',
      { policy: { document: POLICY } },
      () => undefined,
      ['registry policy: statement x added'],
    ],
    [
      'a policy where there shall be none',
      { policy: { document: '' } },
      (held) => {
        held.policy = POLICY;
      },
      ['registry policy: statement x removed'],
    ],
    [
      'account settings, each by itself',
      {
        accountSettings: {
          blobMounting: 'ENABLED',
          registryPolicyScope: 'V2',
          basicScanTypeVersion: 'AWS_NATIVE',
        },
      },
      (held) =>
        void held.accountSettings.set('blobMounting', 'DISABLED').set('basicScanTypeVersion', 'AWS_NATIVE'),
      ['blobMounting from DISABLED to ENABLED', 'registryPolicyScope from unset to V2'],
    ],
    [
      'signing where there shall be none',
      { signing: { rules: [] } },
      (held) => {
        held.signing = [{ signingProfileArn: PROFILE, filters: ['prod/*'] }];
      },
      [`signing from ${PROFILE} for prod/* to none`],
    ],
    [
      'other repositories that are signed',
      { signing: { rules: [{ signingProfileArn: PROFILE, filters: ['prod/*'] }] } },
      (held) => {
        held.signing = [{ signingProfileArn: PROFILE, filters: ['*'] }];
      },
      [`signing from ${PROFILE} for * to ${PROFILE} for prod/*`],
    ],
    [
      'an exclusion that is missing',
      { pullTimeUpdateExclusions: [ROLE] },
      (held) => void held.exclusions.add(THEIRS),
      [`pull-time update exclusion of ${ROLE} from absent to present`],
    ],
  ])('that mean something else are written: %s', async (_, settings, change, words) => {
    expect((await planned(settings, change)).words).toEqual(words);
  });

  test('exclusions of ours that are not declared any more go, those of others stay', async () => {
    const change = (held: HeldSettings) => void held.exclusions.add(THEIRS).add(ROLE);
    const { words, held } = await planned({ pullTimeUpdateExclusions: [] }, change, [ROLE, `${ROLE}-gone`]);
    expect(words).toEqual([`pull-time update exclusion of ${ROLE} from present to absent`]);
    expect([...held.exclusions]).toEqual([THEIRS]);
  });

  test('signing without rules is no configuration at all', async () => {
    const { spec } = registry('default', { signing: { rules: [] } });
    const { api, held, calls } = fakeSettingsApi();
    held.signing = [{ signingProfileArn: PROFILE, filters: [] }];
    const [signing] = declaredSettings(spec);
    const [change] = (await signing?.compare(spec, api, { owned: [], tense: 'done' })) ?? [];
    await change?.apply(api);
    expect(calls).toEqual(['signing', 'deleteSigning']);
  });

  test('a policy that is no JSON is refused before ECR is asked to take it', async () => {
    const result = await planned({ policy: { document: '{"a' } }).catch((error: unknown) => error);
    expect(
      thrownBy(() => {
        throw result;
      }),
    ).toEqual(['TerminalError', 'InvalidDocument', expect.stringContaining('policy.document is not JSON')]);
  });

  test('long words are cut', async () => {
    const rules = Array.from({ length: 25 }, (_, index) => ({
      destinations: [{ ...A, region: `eu-west-${index}` }],
    }));
    const [words = ''] = (await planned({ replication: { rules } })).words;
    expect(words.length).toBeLessThan(400);
    expect(words.endsWith('…')).toBe(true);
  });

  test('a declaration has the same text, however its keys are ordered', () => {
    const texts = [
      { scanning: { scanType: 'BASIC', rules: [] } },
      { scanning: { rules: [], scanType: 'BASIC' } },
      { scanning: { scanType: 'BASIC' } },
    ].map((spec) =>
      declaredSettings(registry('default', spec as Settings).spec)[0]?.declaration(
        registry('default', spec as Settings).spec,
      ),
    );
    expect(new Set(texts).size).toBe(1);
  });
});
