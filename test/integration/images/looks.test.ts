import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type EcrLab, repositoryArn, repositoryManifest, startEcrLab } from '../repository/ecr-lab.ts';
import { imageScene, scheduledLook } from './image-scene.ts';

const NAMESPACE = 'looks';

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

describe('the images are looked at', () => {
  test('by schedule, and what is new is told', async () => {
    const { ready, push, once } = scene('scheduled');
    await ready();
    push(2);
    const looks = lab.aws.actions.counts(repositoryArn('scheduled'))['ecr:DescribeImages'] ?? 0;
    await scheduledLook(lab, 'scheduled', looks);
    await once('two images', ({ imageCount }) => imageCount === 2);
  });

  test('without a write where nothing has changed, in whatever order ECR has them', async () => {
    const { ready, push, look, writes } = scene('quiet');
    await ready();
    push(30, (index) => ({ tags: new Set([`b${index}`, `a${index}`]) }));
    await look();
    const before = writes();
    await look();
    await look();
    expect(writes()).toBe(before);
    expect(before).toBe(2);
  });

  test('no more while the Repository is suspended, and again after that', async () => {
    const { ready, push, once, status } = scene('suspended');
    await ready();
    const spec = { registryRef: { name: 'open' } };
    const object = await lab.repository(NAMESPACE, 'suspended', { ...spec, suspend: true });
    await once(
      'its suspension',
      ({ observedGeneration }) => observedGeneration === object.metadata.generation,
    );
    push(1);
    const looks = lab.aws.actions.counts(repositoryArn('suspended'))['ecr:DescribeImages'];
    await lab.admin.patch(object, {
      metadata: { annotations: { 'ecr-operator.io/images-requested-at': 'now' } },
    });
    await scene('scheduled').look();
    expect(lab.aws.actions.counts(repositoryArn('suspended'))['ecr:DescribeImages']).toBe(looks);
    expect((await status()).imageCount).toBe(0);
    await lab.repository(NAMESPACE, 'suspended', { ...spec, suspend: false });
    await once('one image', ({ imageCount }) => imageCount === 1);
  });
});

describe('two writers of one status', () => {
  test('do not undo each other', async () => {
    const { ready, push, look, once } = scene('shared');
    await ready();
    push(3);
    await look();
    for (let round = 1; round <= 5; round += 1) {
      lab.ecr.addImage('shared', { digest: digestOf(`extra ${round}`) });
      const spec = { registryRef: { name: 'open' }, tags: { round: String(round) } };
      const [object] = await Promise.all([lab.repository(NAMESPACE, 'shared', spec), look()]);
      const { status } = await lab.settled(object);
      expect(status?.managedTagKeys).toContain('round');
      await once(
        `${3 + round} images`,
        ({ imageCount, uri }) => imageCount === 3 + round && uri !== undefined,
      );
    }
    // A failure of the Repository controller keeps all that was known.
    lab.held('shared').tags.set('ecr-operator.io/owner', 'other/team/shared');
    await lab.settled(
      await lab.repository(NAMESPACE, 'shared', { registryRef: { name: 'open' }, scanOnPush: true }),
      'OwnedByAnother',
    );
    await once('its images', ({ imageCount, conditions }) => imageCount === 8 && conditions !== undefined);
  });

  test('own fields of their own', async () => {
    await scene('owned').ready();
    const object = await lab.admin.get(repositoryManifest(NAMESPACE, 'owned'));
    const managed = (object?.metadata.managedFields ?? []) as readonly {
      manager: string;
      fieldsV1: object;
    }[];
    const fieldsOf = (manager: string) =>
      managed
        .filter((entry) => entry.manager === manager)
        .flatMap(({ fieldsV1 }) => Object.keys((fieldsV1 as { 'f:status'?: object })['f:status'] ?? {}));
    expect(fieldsOf('ecr-operator-images').sort()).toEqual([
      'f:imageCount',
      'f:images',
      'f:scanning',
      'f:sizeBytes',
    ]);
    expect(fieldsOf('ecr-operator')).toEqual(expect.arrayContaining(['f:conditions', 'f:uri']));
    expect(fieldsOf('ecr-operator')).not.toContain('f:imageCount');
  });

  test('do not make a Repository anew that is gone meanwhile', async () => {
    const { ready, push } = scene('gone');
    const object = await ready();
    push(1);
    const looking = lab.aws.actions.onAction(async ({ action, resource }) => {
      if (action !== 'ecr:DescribeImages' || resource !== repositoryArn('gone')) return;
      looking();
      await lab.admin.delete(object);
      await lab.gone(object);
    });
    const writes = scene('gone').writes();
    await lab.admin.patch(object, {
      metadata: { annotations: { 'ecr-operator.io/images-requested-at': 'now' } },
    });
    await lab.gone(object);
    await waitFor(() => scene('gone').writes() > writes, { what: 'the write to a Repository that is gone' });
    await scene('scheduled').look();
    expect(await lab.admin.get(object)).toBeUndefined();
  });
});

describe('what cannot be read', () => {
  test('is told once in AWS’s words, what was known stays, and it goes on by itself', async () => {
    const { ready, push, once, status } = scene('denied');
    const object = await ready();
    push(2);
    const match = { action: 'ecr:DescribeImages', resource: repositoryArn('denied') };
    const fault = lab.aws.faults.add({ match, fault: { kind: 'access-denied' } });
    await lab.admin.patch(object, {
      metadata: { annotations: { 'ecr-operator.io/images-requested-at': 'now' } },
    });
    const event = await lab.event(
      object,
      'ImagesNotRead',
      /ecr:DescribeImages on .*denied: AccessDeniedException/,
    );
    expect(event.type).toBe('Warning');
    await waitFor(
      async () => {
        await lab.advance(20_000);
        return fault.hits() > 2;
      },
      { what: 'more attempts', intervalMs: 200 },
    );
    expect(await status()).toMatchObject({
      imageCount: 0,
      conditions: [{ type: 'Ready', status: 'True' }, {}],
    });
    const told = (await lab.events(object)).filter(({ reason }) => reason === 'ImagesNotRead');
    expect(told.map(({ message }) => message)).toEqual([event.message]);
    fault.remove();
    await waitFor(
      async () => {
        await lab.advance(60_000);
        return (await status()).imageCount === 2;
      },
      { what: 'the images', intervalMs: 200 },
    );
    await once('them', ({ imageCount }) => imageCount === 2);
  });
});
