import { describe, expect, test } from '@jest/globals';
import { sdkRegistrySettingsApi } from '../../../src/ecr/sdk-registry-settings-api.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, simulate } from '../lab-aws/simulated-clients.ts';

const ELSEWHERE = { region: 'eu-west-1', accountId: ACCOUNT };
const SCANNER = `arn:aws:iam::${ACCOUNT}:role/scanner`;
const PROFILE = `arn:aws:signer:${REGION}:${ACCOUNT}:/signing-profiles/release`;

async function adapter() {
  const lab = await simulate();
  const handle = lab.aws.as(ACCOUNT, REGION);
  return {
    api: sdkRegistrySettingsApi(lab.ecr, { accountId: ACCOUNT, region: REGION }),
    aws: lab.aws,
    wide: handle.registry.wide,
    handle,
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

const policyOf = (account: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'replicate',
        Effect: 'Allow',
        Principal: { AWS: account },
        Action: 'ecr:ReplicateImage',
        Resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/*`,
      },
    ],
  });

describe('settings of a registry', () => {
  test('are read as they are where nothing was ever set', async () => {
    await using on = await adapter();
    expect(await on.api.replication()).toEqual([]);
    expect(await on.api.scanning()).toEqual({ scanType: 'BASIC', rules: [] });
    expect(await on.api.policy()).toBeUndefined();
    expect(await on.api.signing()).toEqual([]);
    expect(await on.api.exclusions()).toEqual([]);
    expect(await on.api.accountSetting('blobMounting')).toBe('DISABLED');
    expect(await on.api.runningBackfills()).toEqual([]);
  });

  test('come back as they were put: replication', async () => {
    await using on = await adapter();
    const rules = [
      { destinations: [ELSEWHERE, { region: REGION, accountId: OTHER_ACCOUNT }], filters: ['prod', 'base/'] },
      { destinations: [ELSEWHERE], filters: [] },
    ];
    await on.api.putReplication(rules);
    expect(await on.api.replication()).toEqual(rules);
    await on.api.putReplication([]);
    expect(await on.api.replication()).toEqual([]);
  });

  test('come back as they were put: scanning', async () => {
    await using on = await adapter();
    const scanning = {
      scanType: 'ENHANCED',
      rules: [
        { scanFrequency: 'CONTINUOUS_SCAN', filters: ['prod/*'] },
        { scanFrequency: 'SCAN_ON_PUSH', filters: ['*'] },
      ],
    } as const;
    await on.api.putScanning(scanning);
    expect(await on.api.scanning()).toEqual(scanning);
  });

  test('come back as they were put: policy, which may be deleted twice', async () => {
    await using on = await adapter();
    await on.api.putPolicy(policyOf(OTHER_ACCOUNT));
    expect(await on.api.policy()).toContain(`arn:aws:iam::${OTHER_ACCOUNT}:root`);
    await on.api.deletePolicy();
    await on.api.deletePolicy();
    expect(await on.api.policy()).toBeUndefined();
  });

  test('come back as they were put: account settings', async () => {
    await using on = await adapter();
    await on.api.putAccountSetting('registryPolicyScope', 'V2');
    await on.api.putAccountSetting('basicScanTypeVersion', 'AWS_NATIVE');
    await on.api.putAccountSetting('blobMounting', 'ENABLED');
    expect(Object.fromEntries(on.wide.accountSettings)).toEqual({
      REGISTRY_POLICY_SCOPE: 'V2',
      BASIC_SCAN_TYPE_VERSION: 'AWS_NATIVE',
      BLOB_MOUNTING: 'ENABLED',
    });
    expect(await on.api.accountSetting('registryPolicyScope')).toBe('V2');
  });

  test('come back as they were put: signing, which may be deleted twice', async () => {
    await using on = await adapter();
    const rules = [
      { signingProfileArn: PROFILE, filters: ['prod/*'] },
      { signingProfileArn: PROFILE, filters: [] },
    ];
    await on.api.putSigning(rules);
    expect(await on.api.signing()).toEqual(rules);
    await on.api.deleteSigning();
    await on.api.deleteSigning();
    expect(on.wide.signing).toBeUndefined();
  });

  test('come back as they were put: exclusions, over several pages, each put and taken twice', async () => {
    await using on = await adapter();
    for (let index = 0; index < 1_200; index += 1)
      on.handle.call('RegisterPullTimeUpdateExclusion', { principalArn: `${SCANNER}-${index}` });
    await on.api.registerExclusion(SCANNER);
    await on.api.registerExclusion(SCANNER);
    const found = await on.api.exclusions();
    expect([found.length, found.at(-1)]).toEqual([1_201, SCANNER]);
    await on.api.deregisterExclusion(SCANNER);
    await on.api.deregisterExclusion(SCANNER);
    expect(on.wide.exclusions.has(SCANNER)).toBe(false);
  });

  test('that AWS refuses say which action, in its words', async () => {
    await using on = await adapter();
    on.aws.faults.add({
      match: { action: 'ecr:PutRegistryScanningConfiguration' },
      fault: { kind: 'error', name: 'BlockedByOrganizationPolicyException', message: 'blocked' },
    });
    await expect(on.api.putScanning({ scanType: 'BASIC', rules: [] })).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'BlockedByOrganization',
      message: 'ecr:PutRegistryScanningConfiguration on *: BlockedByOrganizationPolicyException: blocked',
    });
    await expect(on.api.putPolicy('{}')).rejects.toMatchObject({ reason: 'PrincipalNotFound' });
    const own = { region: REGION, accountId: ACCOUNT };
    await expect(on.api.putReplication([{ destinations: [own], filters: [] }])).rejects.toMatchObject({
      reason: 'InvalidParameter',
      message: expect.stringContaining('cannot be the same as the source registry'),
    });
  });
});

describe('replication backfills', () => {
  async function withRule() {
    const on = await adapter();
    for (const name of ['prod/web', 'prod/broken', 'dev/web']) {
      on.handle.addRepository(name);
      on.handle.addImage(name, { digest: digestOf(name), tags: new Set(['v1', 'latest']) });
    }
    await on.api.putReplication([{ destinations: [ELSEWHERE], filters: ['prod'] }]);
    return on;
  }

  test('go through their states, and bring the images', async () => {
    await using on = await withRule();
    on.wide.backfillPlan.failing.set('prod/broken', 'REPOSITORY_ENCRYPTED');
    const { id, ...started } = await on.api.startBackfill(ELSEWHERE);
    expect(started).toEqual({
      destination: ELSEWHERE,
      status: 'PREPARING',
      startedAt: '2026-01-01T00:00:00Z',
    });
    expect(await on.api.backfill(id)).toEqual({ id, ...started });
    expect(await on.api.runningBackfills()).toHaveLength(1);
    expect(await on.api.backfillFailures(id, 5)).toEqual([]);
    on.aws.clock.advance(180_000);
    expect(await on.api.backfill(id)).toMatchObject({
      status: 'IN_PROGRESS',
      progress: { total: 4, completed: 2, failed: 0 },
    });
    on.aws.clock.advance(180_000);
    expect(await on.api.backfill(id)).toMatchObject({
      status: 'COMPLETE',
      progress: { total: 4, completed: 2, failed: 2 },
      endedAt: '2026-01-01T00:05:00Z',
    });
    expect(await on.api.runningBackfills()).toEqual([]);
    expect(await on.api.backfillFailures(id, 1)).toEqual([
      { repository: 'prod/broken', image: 'v1', code: 'REPOSITORY_ENCRYPTED' },
    ]);
    const copies = on.aws.as(ACCOUNT, ELSEWHERE.region).repositories();
    expect(copies.map(({ name }) => name)).toEqual(['prod/web']);
    expect([...(copies[0]?.images.get(digestOf('prod/web'))?.tags ?? [])]).toEqual(['v1', 'latest']);
  });

  test('run one at a time for a region, and only where there is a rule', async () => {
    await using on = await withRule();
    await on.api.startBackfill(ELSEWHERE);
    await expect(on.api.startBackfill(ELSEWHERE)).rejects.toMatchObject({ reason: 'BackfillInProgress' });
    await expect(on.api.startBackfill({ ...ELSEWHERE, region: 'eu-west-2' })).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'InvalidParameter',
    });
  });

  test('can be stopped, those that are over too, and one that ECR forgot is absent', async () => {
    await using on = await withRule();
    const { id } = await on.api.startBackfill(ELSEWHERE);
    await on.api.stopBackfill(id);
    await on.api.stopBackfill(id);
    await on.api.stopBackfill('unknown');
    expect(await on.api.backfill(id)).toMatchObject({ status: 'STOPPED' });
    expect(await on.api.backfill('unknown')).toBeUndefined();
  });
});
