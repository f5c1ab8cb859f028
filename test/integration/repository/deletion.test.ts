import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  callsOn,
  conditionOf,
  type EcrLab,
  OWNER_TAG,
  type RepositorySettings,
  readyOf,
  repositoryArn,
  repositoryManifest,
  startEcrLab,
} from './ecr-lab.ts';

const NAMESPACE = 'deleting';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const ready = async (name: string, settings: RepositorySettings = {}) =>
  lab.settled(await lab.repository(NAMESPACE, name, { registryRef: { name: 'open' }, ...settings }));

const addImages = (name: string, count: number) => {
  for (let image = 0; image < count; image += 1) {
    lab.ecr.addImage(name, { digest: `sha256:${String(image).padStart(64, '0')}` });
  }
};

test('an object that came with our finalizer in its manifest, as from a backup, goes like any other', async () => {
  const manifest = repositoryManifest(NAMESPACE, 'restored', { registryRef: { name: 'open' } });
  const finalizers = ['ecr-operator.io/finalizer'];
  const object = await lab.admin.create({
    ...manifest,
    metadata: { ...manifest.metadata, finalizers },
  } as never);
  await lab.settled(object as never);
  await lab.admin.delete(object);
  await lab.gone(object);
});

describe('deletionPolicy Retain', () => {
  test.each<[string, RepositorySettings]>([
    ['by default', {}],
    ['by name', { deletionPolicy: 'Retain' }],
  ])('%s keeps everything, without a call of AWS', async (how, settings) => {
    const name = `retain-${how.replace(' ', '-')}`;
    const object = await lab.looked(await ready(name, settings));
    addImages(name, 2);
    const before = structuredClone(lab.held(name));
    lab.aws.actions.clear();
    await lab.admin.delete(object);
    await lab.gone(object);
    expect(lab.aws.actions.all()).toEqual([]);
    expect(structuredClone(lab.held(name))).toEqual(before);
  });

  test('an object that comes back has its repository back', async () => {
    const object = await ready('back');
    await lab.admin.delete(object);
    await lab.gone(object);
    await ready('back', { registryRef: { name: 'default' } });
  });
});

describe('deletionPolicy Delete', () => {
  test('deletes an empty ECR repository', async () => {
    const object = await ready('empty', { deletionPolicy: 'Delete' });
    await lab.admin.delete(object);
    await lab.gone(object);
    expect(lab.ecr.repository('empty')).toBeUndefined();
  });

  test('waits while there are images, says how many, and goes on by itself', async () => {
    const object = await ready('full', { deletionPolicy: 'Delete' });
    addImages('full', 3);
    await lab.admin.delete(object);
    const waiting = await lab.settled(object, 'RepositoryNotEmpty');
    expect(readyOf(waiting).message).toContain('still holds 3 images');
    expect(conditionOf(waiting, 'Stalled')?.reason).toBe('RepositoryNotEmpty');
    expect(waiting.status?.arn).toBe(repositoryArn('full'));
    await lab.event(object, 'RepositoryNotEmpty', /3 images/);
    expect(callsOn(lab, 'full')).not.toContain('ecr:DeleteRepository');
    lab.held('full').images.clear();
    await lab.advance(330_000);
    await lab.gone(object);
    expect(lab.ecr.repository('full')).toBeUndefined();
  });

  test('leaves alone what belongs to another by now', async () => {
    const object = await ready('lost', { deletionPolicy: 'Delete' });
    lab.held('lost').tags.set(OWNER_TAG, 'other-cluster/team/lost');
    await lab.admin.delete(object);
    await lab.gone(object);
    expect(lab.held('lost').tags.get(OWNER_TAG)).toBe('other-cluster/team/lost');
  });

  test.each(['Delete', 'DeleteWithImages'] as const)(
    '%s goes also when the ECR repository is gone already',
    async (deletionPolicy) => {
      const name = `gone-${deletionPolicy.toLowerCase()}`;
      const object = await ready(name, { deletionPolicy });
      lab.ecr.removeRepository(name);
      await lab.admin.delete(object);
      await lab.gone(object);
    },
  );

  test('goes when it vanishes between the look and the deletion', async () => {
    const object = await ready('vanishing', { deletionPolicy: 'Delete' });
    const off = lab.aws.actions.onAction(({ action, resource }) => {
      if (action === 'ecr:DescribeImages' && resource === repositoryArn('vanishing'))
        lab.ecr.removeRepository('vanishing');
    });
    await lab.admin.delete(object);
    await lab.gone(object).finally(off);
  });

  test('goes without a Registry when nothing was made', async () => {
    const object = await lab.repository(NAMESPACE, 'no-registry', {
      registryRef: { name: 'missing' },
      deletionPolicy: 'Delete',
    });
    expect(readyOf(await lab.settled(object, 'RegistryNotFound')).message).toContain('no Registry missing');
    await lab.admin.delete(object);
    await lab.gone(object);
  });

  test('waits while the Registry is suspended', async () => {
    await lab.registry('pausing');
    const object = await ready('pausing', { registryRef: { name: 'pausing' }, deletionPolicy: 'Delete' });
    await lab.registry('pausing', { suspend: true });
    await lab.settled(object, 'RegistrySuspended');
    await lab.admin.delete(object);
    await lab.settled(object, 'RegistrySuspended');
    expect(lab.ecr.repository('pausing')).toBeDefined();
    await lab.registry('pausing', { suspend: false });
    await lab.gone(object);
    expect(lab.ecr.repository('pausing')).toBeUndefined();
  });

  test('that is suspended waits, and goes when it is not any more', async () => {
    const settings = { registryRef: { name: 'open' }, deletionPolicy: 'Delete' } as const;
    const object = await ready('paused', settings);
    await lab.repository(NAMESPACE, 'paused', { ...settings, suspend: true });
    await lab.admin.delete(object);
    expect(readyOf(await lab.settled(object, 'Suspended')).message).toContain('set suspend to false');
    expect(lab.ecr.repository('paused')).toBeDefined();
    await lab.repository(NAMESPACE, 'paused', { ...settings, suspend: false });
    await lab.gone(object);
    expect(lab.ecr.repository('paused')).toBeUndefined();
  });

  test('a namespace that goes takes its Repositories along', async () => {
    await lab.namespace('leaving');
    for (const [name, deletionPolicy] of Object.entries({ kept: 'Retain', dropped: 'Delete' } as const)) {
      const settings = { registryRef: { name: 'open' }, name: `leaving/${name}`, deletionPolicy };
      await lab.settled(await lab.repository('leaving', name, settings));
    }
    await lab.admin.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'leaving' } });
    await lab.gone(repositoryManifest('leaving', 'kept'));
    await lab.gone(repositoryManifest('leaving', 'dropped'));
    expect(lab.ecr.repository('leaving/kept')).toBeDefined();
    expect(lab.ecr.repository('leaving/dropped')).toBeUndefined();
  });
});

describe('deletionPolicy DeleteWithImages', () => {
  test('deletes the images too where tenancy allows it', async () => {
    const object = await ready('with-images', { deletionPolicy: 'DeleteWithImages' });
    addImages('with-images', 2);
    await lab.admin.delete(object);
    await lab.gone(object);
    expect(lab.ecr.repository('with-images')).toBeUndefined();
  });

  test('is refused where tenancy lacks DeleteImages, until it is given', async () => {
    const rules = (...allow: ('Create' | 'DeleteImages')[]) => ({ tenancy: { rules: [{ allow }] } });
    await lab.registry('sparing', rules('Create'));
    const object = await ready('spared', {
      registryRef: { name: 'sparing' },
      deletionPolicy: 'DeleteWithImages',
    });
    addImages('spared', 1);
    await lab.admin.delete(object);
    const refused = await lab.settled(object, 'TenancyDenied');
    expect(readyOf(refused).message).toContain('the word DeleteImages');
    expect(lab.held('spared').images.size).toBe(1);
    await lab.registry('sparing', rules('Create', 'DeleteImages'));
    await lab.gone(object);
    expect(lab.ecr.repository('spared')).toBeUndefined();
  });

  test('spares an image that comes at the last moment where tenancy lacks DeleteImages', async () => {
    const object = await ready('pushed-to', {
      registryRef: { name: 'default' },
      deletionPolicy: 'DeleteWithImages',
    });
    const off = lab.aws.actions.onAction(({ action, resource }) => {
      if (action !== 'ecr:DescribeImages' || resource !== repositoryArn('pushed-to')) return;
      off();
      addImages('pushed-to', 1);
    });
    await lab.admin.delete(object);
    const refused = await lab.settledInTime(object, 'TenancyDenied');
    expect(readyOf(refused).message).toContain('the word DeleteImages');
    expect(lab.held('pushed-to').images.size).toBe(1);
  });
});
