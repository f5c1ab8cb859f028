import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { lifecycleKeeping } from '../repository/documents.ts';
import { type EcrLab, startEcrLab } from '../repository/ecr-lab.ts';
import { imageScene } from './image-scene.ts';

const NAMESPACE = 'images';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const scene = (name: string) => imageScene(lab, NAMESPACE, name);

const at = new Date(Date.UTC(2025, 5, 1));

describe('the status', () => {
  test('has the newest 20 of 25 images, the number and the bytes of all', async () => {
    const { ready, push, look, name } = scene('many');
    await ready();
    push(25);
    const { status } = await look();
    expect([status.imageCount, status.sizeBytes]).toEqual([25, (25 * 26) / 2]);
    expect(status.images?.map(({ tags }) => tags)).toEqual(
      Array.from({ length: 20 }, (_, index) => [`v${25 - index}`]),
    );
    expect(status.images?.[0]).toEqual({
      digest: digestOf('many 25'),
      tags: ['v25'],
      sizeBytes: 25,
      pushedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      status: 'ACTIVE',
    });
    const row = await lab.kubectl('get', 'ecrrepo', name, '-n', NAMESPACE);
    expect(row).toMatch(/IMAGES +WORST.*\n.*\b25\b/);
  });

  test('counts images of more pages than one, archived ones too', async () => {
    const { ready, push, look, once } = scene('pages');
    await ready();
    push(1_050, (index) => (index % 2 ? { status: 'ARCHIVED' } : {}));
    await look();
    const status = await once('1,050 images', ({ imageCount }) => imageCount === 1_050);
    expect(status.sizeBytes).toBe((1_050 * 1_051) / 2);
    expect(status.images?.slice(0, 2).map((image) => image.status)).toEqual(['ACTIVE', 'ARCHIVED']);
  });

  test('tells when an image was last pulled, and when the lifecycle policy was last applied', async () => {
    const { ready, push, look, name } = scene('times');
    await ready({ lifecycle: { document: lifecycleKeeping(100) } });
    expect(await scene('times').status()).not.toHaveProperty('lifecycle');
    push(1, () => ({ lastPulledAt: at }));
    lab.ecr.runLifecycle(name);
    const { status } = await look();
    expect(status.images?.[0]?.lastPulledAt).toBe('2025-06-01T00:00:00Z');
    const evaluated = lab.held(name).lifecycle?.lastEvaluatedAt.toISOString().replace(/\.\d+/, '');
    expect(status.lifecycle).toEqual({ lastEvaluatedAt: evaluated });
  });

  test('tells of the scanning that is in effect, by the registry’s rules and the repository’s own setting', async () => {
    const [own, ruled] = [scene('scans-itself'), scene('ruled-web')];
    const rules = [{ scanFrequency: 'SCAN_ON_PUSH', filters: ['ruled-*'] }] as const;
    lab.ecr.registry.scanning = { scanType: 'BASIC', rules };
    await Promise.all([own.ready({ scanOnPush: true }), ruled.ready()]);
    expect((await own.look()).status.scanning).toEqual({
      frequency: 'SCAN_ON_PUSH',
      scanOnPush: true,
      filters: [],
    });
    expect((await ruled.look()).status.scanning).toMatchObject({
      frequency: 'SCAN_ON_PUSH',
      filters: ['ruled-*'],
    });
    lab.ecr.registry.scanning = { scanType: 'BASIC', rules: [] };
  });
});
