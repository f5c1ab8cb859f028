import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { type EcrLab, repositoryArn, startEcrLab } from '../repository/ecr-lab.ts';
import { imageScene, scheduledLook } from './image-scene.ts';

const NAMESPACE = 'findings';

jest.setTimeout(120_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const scene = (name: string) => imageScene(lab, NAMESPACE, name);

/** The simulator tells of scans as basic scanning did, or as AWS native basic scanning does. */
const nativeScanning = (isNative: boolean): void => {
  lab.ecr.registry.scansInDescribeImages = !isNative;
};

const at = new Date(Date.UTC(2025, 5, 1));
const basic = (counts: Record<string, number>) =>
  ({ kind: 'basic', status: 'COMPLETE', completedAt: at, counts }) as const;

describe('findings', () => {
  test('of basic scanning come with the images, in one call', async () => {
    const { ready, push, look, name } = scene('basic');
    nativeScanning(false);
    await ready({ scanOnPush: true });
    push(3, (index) => ({ scan: basic({ HIGH: index, LOW: 40 }) }));
    const { calls, status } = await look();
    expect(calls).toEqual(['ecr:DescribeImages']);
    expect(status.images?.[0]?.scan).toEqual({
      status: 'COMPLETE',
      completedAt: '2025-06-01T00:00:00Z',
      findings: { HIGH: 3, LOW: 40 },
    });
    expect(status.worstFinding).toBe('HIGH (3)');
    expect(await lab.kubectl('get', 'ecrrepo', name, '-n', NAMESPACE)).toContain('HIGH (3)');
  });

  test('of AWS native scanning are asked for, of the newest 20 and once, until somebody asks again', async () => {
    const { ready, push, once, look } = scene('native');
    nativeScanning(true);
    try {
      await ready({ scanOnPush: true });
      push(25, (index) => ({ scan: basic({ CRITICAL: index }) }));
      const { calls, status } = await look();
      expect(calls.filter((call) => call === 'ecr:DescribeImageScanFindings')).toHaveLength(20);
      expect([status.worstFinding, status.images?.at(-1)?.scan?.findings]).toEqual([
        'CRITICAL (25)',
        { CRITICAL: 6 },
      ]);
      const counts = () => lab.aws.actions.counts(repositoryArn('native'));
      // Both looks that were asked for.
      await waitFor(() => counts()['ecr:DescribeImageScanFindings'] === 40, { what: 'all findings' });
      await scheduledLook(lab, 'native', counts()['ecr:DescribeImages'] ?? 0);
      // The look is over when the next one begins.
      await scheduledLook(lab, 'native', counts()['ecr:DescribeImages'] ?? 0);
      expect(counts()['ecr:DescribeImageScanFindings']).toBe(40);
      await once('findings', ({ worstFinding }) => worstFinding === 'CRITICAL (25)');
    } finally {
      nativeScanning(false);
    }
  });

  test('are not asked for where nothing scans', async () => {
    const { ready, push, look } = scene('unscanned');
    nativeScanning(true);
    await ready();
    push(3);
    const { calls, status } = await look();
    nativeScanning(false);
    expect([calls, status.images?.[0]?.scan]).toEqual([['ecr:DescribeImages'], undefined]);
  });

  test('of enhanced scanning are told as long as it goes on, untriaged ones too', async () => {
    const { ready, push, look } = scene('enhanced');
    await ready();
    const counts = { UNTRIAGED: 7, MEDIUM: 2 };
    push(2, () => ({ scan: { kind: 'enhanced', status: 'ACTIVE', completedAt: at, counts } }));
    const { status } = await look();
    expect(status.images?.[0]?.scan).toEqual({
      status: 'ACTIVE',
      completedAt: '2025-06-01T00:00:00Z',
      findings: counts,
    });
    expect(status.worstFinding).toBe('MEDIUM (2)');
  });
});
