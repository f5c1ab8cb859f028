import {
  BatchGetRepositoryScanningConfigurationCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
} from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import type { ImageScan } from '../../lab/aws/image-scan.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import type { RegistryScanning } from '../../lab/aws/scanning-rules.ts';
import { ACCOUNT, failureOf, REGION, simulate } from './simulated-clients.ts';

const NAME = 'team/app';
const imageDigest = digestOf('a');
const completedAt = new Date('2026-01-01T00:00:00.000Z');
const BASIC: ImageScan = { kind: 'basic', status: 'COMPLETE', completedAt, counts: { HIGH: 2, LOW: 1 } };

async function scanned(scan: ImageScan | undefined) {
  const lab = await simulate();
  const handle = lab.aws.as(ACCOUNT, REGION);
  handle.addRepository(NAME);
  handle.addImage(NAME, { digest: imageDigest, tags: new Set(['v1']), ...(scan ? { scan } : {}) });
  const findings = (more = {}) =>
    lab.ecr.send(
      new DescribeImageScanFindingsCommand({ repositoryName: NAME, imageId: { imageDigest }, ...more }),
    );
  const described = async () =>
    (await lab.ecr.send(new DescribeImagesCommand({ repositoryName: NAME }))).imageDetails?.[0];
  return { lab, handle, findings, described, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() };
}

describe('the scan of an image', () => {
  test('shows in DescribeImages and, finding by finding, in a call of its own', async () => {
    await using on = await scanned(BASIC);
    expect(await on.described()).toMatchObject({
      imageScanStatus: { status: 'COMPLETE' },
      imageScanFindingsSummary: {
        imageScanCompletedAt: completedAt,
        findingSeverityCounts: { HIGH: 2, LOW: 1 },
      },
    });
    const first = await on.findings({ maxResults: 2 });
    expect(first.imageScanFindings?.findingSeverityCounts).toEqual({ HIGH: 2, LOW: 1 });
    expect(first.imageScanFindings?.findings?.map((one) => one.severity)).toEqual(['HIGH', 'HIGH']);
    const rest = await on.findings({ maxResults: 2, nextToken: first.nextToken });
    expect(rest.imageScanFindings?.findings?.map((one) => one.severity)).toEqual(['LOW']);
    expect(rest.nextToken).toBeUndefined();
    const byTag = await on.findings({ imageId: { imageTag: 'v1' } });
    expect(byTag.imageId).toEqual({ imageDigest, imageTag: 'v1' });
  });

  test('is left out of DescribeImages where AWS native basic scanning is on', async () => {
    await using on = await scanned(BASIC);
    on.handle.registry.scansInDescribeImages = false;
    const image = await on.described();
    expect([image?.imageScanStatus, image?.imageScanFindingsSummary]).toEqual([undefined, undefined]);
    expect((await on.findings()).imageScanStatus?.status).toBe('COMPLETE');
  });

  test('may be an enhanced one', async () => {
    await using on = await scanned({
      kind: 'enhanced',
      status: 'ACTIVE',
      completedAt,
      counts: { CRITICAL: 1, UNTRIAGED: 1 },
    });
    const { imageScanFindings, imageScanStatus } = await on.findings();
    expect(imageScanStatus?.status).toBe('ACTIVE');
    expect(imageScanFindings?.findings).toBeUndefined();
    expect(imageScanFindings?.enhancedFindings?.map((one) => one.severity)).toEqual([
      'CRITICAL',
      'UNTRIAGED',
    ]);
    expect(imageScanFindings?.findingSeverityCounts).toEqual({ CRITICAL: 1, UNTRIAGED: 1 });
  });

  test('has no findings while it is under way', async () => {
    await using on = await scanned({ kind: 'basic', status: 'IN_PROGRESS', counts: {} });
    expect((await on.findings()).imageScanFindings).toBeUndefined();
    const image = await on.described();
    expect([image?.imageScanStatus?.status, image?.imageScanFindingsSummary]).toEqual([
      'IN_PROGRESS',
      undefined,
    ]);
  });

  test('is not found where there is none, and where there is no image', async () => {
    await using on = await scanned(undefined);
    expect((await failureOf(on.findings())).name).toBe('ScanNotFoundException');
    const absent = on.findings({ imageId: { imageDigest: digestOf('absent') } });
    expect((await failureOf(absent)).name).toBe('ImageNotFoundException');
  });
});

const rule = (scanFrequency: 'SCAN_ON_PUSH' | 'CONTINUOUS_SCAN', ...filters: string[]) => ({
  scanFrequency,
  filters,
});

describe('the scanning in effect', () => {
  test.each<[string, RegistryScanning, boolean, string, readonly string[]]>([
    ['none by default', { scanType: 'BASIC', rules: [] }, false, 'MANUAL', []],
    ['the repository’s own', { scanType: 'BASIC', rules: [] }, true, 'SCAN_ON_PUSH', []],
    ['not the repository’s own, if enhanced', { scanType: 'ENHANCED', rules: [] }, true, 'MANUAL', []],
    [
      'the registry’s rule with a wildcard',
      { scanType: 'BASIC', rules: [rule('SCAN_ON_PUSH', 'team/*', 'other*')] },
      false,
      'SCAN_ON_PUSH',
      ['team/*'],
    ],
    [
      'the registry’s rule with a part of the name',
      { scanType: 'BASIC', rules: [rule('SCAN_ON_PUSH', 'am/a')] },
      false,
      'SCAN_ON_PUSH',
      ['am/a'],
    ],
    [
      'no rule that begins elsewhere',
      { scanType: 'BASIC', rules: [rule('SCAN_ON_PUSH', 'app*')] },
      false,
      'MANUAL',
      [],
    ],
    [
      'continuous before on push',
      { scanType: 'ENHANCED', rules: [rule('SCAN_ON_PUSH', '*'), rule('CONTINUOUS_SCAN', '*')] },
      false,
      'CONTINUOUS_SCAN',
      ['*'],
    ],
  ])('is %s', async (_what, scanning, scanOnPush, scanFrequency, filters) => {
    await using lab = await simulate();
    const handle = lab.aws.as(ACCOUNT, REGION);
    handle.addRepository(NAME, { scanOnPush });
    handle.registry.scanning = scanning;
    const answer = await lab.ecr.send(
      new BatchGetRepositoryScanningConfigurationCommand({ repositoryNames: [NAME] }),
    );
    expect(answer.scanningConfigurations).toEqual([
      {
        repositoryArn: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${NAME}`,
        repositoryName: NAME,
        scanOnPush,
        scanFrequency,
        appliedScanFilters: filters.map((filter) => ({ filter, filterType: 'WILDCARD' })),
      },
    ]);
  });

  test('is told of 25 repositories at most, each found or not by itself', async () => {
    await using lab = await simulate();
    lab.aws.as(ACCOUNT, REGION).addRepository(NAME);
    const ask = (repositoryNames: string[]) =>
      lab.ecr.send(new BatchGetRepositoryScanningConfigurationCommand({ repositoryNames }));
    const answer = await ask(['missing', NAME]);
    expect(answer.scanningConfigurations).toHaveLength(1);
    expect(answer.failures).toEqual([
      {
        repositoryName: 'missing',
        failureCode: 'REPOSITORY_NOT_FOUND',
        failureReason: 'REPOSITORY_NOT_FOUND',
      },
    ]);
    for (const names of [[], Array(26).fill(NAME)]) {
      expect((await failureOf(ask(names))).name).toBe('InvalidParameterException');
    }
    const arn = (name: string) => `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;
    expect(lab.aws.actions.all()[0]?.resources).toEqual([arn('missing'), arn(NAME)]);
  });
});
