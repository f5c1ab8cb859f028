import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { conditionOf, OWNER_TAG, readyOf } from '../repository/ecr-lab.ts';
import { type PublicLab, type PublicObject, type PublicSettings, startPublicLab } from './public-lab.ts';

const NAMESPACE = 'owning';
const OTHER = 'other-cluster/team/web';

jest.setTimeout(60_000);

let lab: PublicLab;

beforeAll(async () => {
  lab = await startPublicLab();
  await lab.namespace(NAMESPACE);
  // May make public repositories, and nothing else.
  await lab.registry('makes', { tenancy: { rules: [{ allow: ['Public'] }] } });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const ready = async (name: string, settings: PublicSettings = {}) =>
  lab.settled(await lab.publicRepository(NAMESPACE, name, settings));
const addImages = (name: string, count: number) => {
  for (let image = 0; image < count; image += 1) {
    lab.gallery.addImage(name, { digest: `sha256:${String(image).padStart(64, '0')}` });
  }
};

interface Case {
  readonly adoption: NonNullable<PublicSettings['adoption']> | 'left open';
  readonly present: 'nothing' | 'unowned' | 'another’s' | 'ours';
  /** The words that the namespace has: all, or Public alone. */
  readonly registry: 'public' | 'makes';
  /** The reason of Ready; what is not Ready leaves ECR Public as it was. */
  readonly reason: string;
  readonly says?: string;
}

describe('a repository at ECR Public that', () => {
  test.each<Case>([
    { adoption: 'left open', present: 'nothing', registry: 'makes', reason: 'Ready' },
    { adoption: 'Never', present: 'nothing', registry: 'makes', reason: 'Ready' },
    {
      adoption: 'Only',
      present: 'nothing',
      registry: 'public',
      reason: 'RepositoryNotFound',
      says: 'there is no ECR Public repository',
    },
    { adoption: 'left open', present: 'unowned', registry: 'public', reason: 'Ready' },
    {
      adoption: 'left open',
      present: 'unowned',
      registry: 'makes',
      reason: 'TenancyDenied',
      says: 'the word Adopt',
    },
    {
      adoption: 'Never',
      present: 'unowned',
      registry: 'public',
      reason: 'RepositoryExists',
      says: 'ECR Public repository never-unow-public exists already',
    },
    {
      adoption: 'left open',
      present: 'another’s',
      registry: 'public',
      reason: 'OwnedByAnother',
      says: OTHER,
    },
    { adoption: 'IfExists', present: 'another’s', registry: 'public', reason: 'Ready' },
    { adoption: 'IfExists', present: 'another’s', registry: 'makes', reason: 'TenancyDenied', says: 'Adopt' },
    { adoption: 'Never', present: 'ours', registry: 'makes', reason: 'Ready' },
  ])('is $present, with adoption $adoption, in a Registry $registry: $reason', async (one) => {
    const { adoption, present, registry, reason, says = '' } = one;
    const name = `${adoption.replace(' ', '-')}-${present.slice(0, 4)}-${registry}`.toLowerCase();
    const owner = `${lab.cluster}/${NAMESPACE}/${name}`;
    if (present !== 'nothing') {
      const tags = { unowned: [], 'another’s': [[OWNER_TAG, OTHER]], ours: [[OWNER_TAG, owner]] }[present];
      lab.gallery.addRepository(name, { tags: new Map(tags as [string, string][]) });
    }
    const before = structuredClone(lab.gallery.repository(name));
    const object = await lab.settled(
      await lab.publicRepository(NAMESPACE, name, {
        registryRef: { name: registry },
        catalogData: { description: 'ours' },
        ...(adoption === 'left open' ? {} : { adoption }),
      }),
      reason,
    );
    expect(readyOf(object).message).toContain(says);
    if (reason === 'Ready') {
      expect(lab.shown(name).catalog?.description).toBe('ours');
      expect(lab.shown(name).tags.get(OWNER_TAG)).toBe(owner);
      return;
    }
    expect(structuredClone(lab.gallery.repository(name))).toEqual(before);
    const stalled = conditionOf(object, 'Stalled')?.reason;
    expect(stalled).toBe(reason === 'RepositoryNotFound' ? undefined : reason);
    await lab.event(object, reason, says);
  });

  test('somebody made anew under our name is not ours: it needs Adopt, and its logo is not taken for ours', async () => {
    const spec = { catalogData: { logoImage: 'bG9nbw==' } };
    const object = await ready('remade', { registryRef: { name: 'makes' }, ...spec });
    lab.gallery.removeRepository('remade');
    const { catalog } = lab.gallery.addRepository('remade', {
      createdAt: new Date('2020-01-01T00:00:00Z'),
      catalog: { logo: 'dGhlaXJz', logoUrl: object.status?.logo?.url ?? '' },
    });
    await lab.admin.patch(object, { metadata: { annotations: { look: 'again' } } });
    expect(readyOf(await lab.settled(object, 'TenancyDenied')).message).toContain('the word Adopt');
    expect(lab.shown('remade').catalog).toBe(catalog);
    await lab.registry('makes', { tenancy: { rules: [{ allow: ['Public', 'Adopt'] }] } });
    await lab.settled(object);
    expect(lab.shown('remade').catalog?.logo).toBe('bG9nbw==');
    await lab.registry('makes', { tenancy: { rules: [{ allow: ['Public'] }] } });
  });
});

describe('two PublicRepositories for one name', () => {
  test('of two Registries of one account, in two regions: the holder keeps it, and the other gets it when it goes', async () => {
    const words = ['Public', 'Adopt'] as const;
    await lab.registry('far', { region: 'eu-central-1', tenancy: { rules: [{ allow: [...words] }] } });
    const settings = { name: 'shared/app', deletionPolicy: 'Delete' } as const;
    const holder = await ready('holder', { ...settings, catalogData: { description: 'first' } });
    const second = await lab.settled(
      await lab.publicRepository(NAMESPACE, 'second', {
        ...settings,
        registryRef: { name: 'far' },
        catalogData: { description: 'second' },
      }),
      'OwnedByAnother',
    );
    expect(readyOf(second).message).toContain(
      `ECR Public repository shared/app belongs to ${lab.cluster}/${NAMESPACE}/holder `,
    );
    const before = await Promise.all([holder, second].map((object) => lab.admin.get(object)));
    lab.aws.actions.clear();
    await lab.publicPass(NAMESPACE, 'shared/app');
    expect(lab.aws.actions.writes()).toEqual([]);
    expect(await Promise.all([holder, second].map((object) => lab.admin.get(object)))).toEqual(before);
    await lab.admin.delete(holder);
    await lab.gone(holder);
    await lab.settled(second);
    expect(lab.shown('shared/app').catalog?.description).toBe('second');
  });

  test('both made at once: one has it, the other names that one', async () => {
    const both = await Promise.all([
      lab.publicRepository(NAMESPACE, 'a', { name: 'race/app' }),
      lab.publicRepository(NAMESPACE, 'b', { name: 'race/app' }),
    ]);
    const settled = await Promise.all(
      both.map((object) =>
        waitFor(() => lab.admin.get<PublicObject>(object), {
          what: `${object.metadata.name} to be settled`,
          until: (now) => ['Ready', 'OwnedByAnother'].includes(readyOf(now).reason ?? ''),
        }),
      ),
    );
    expect(settled.map((object) => readyOf(object).reason).sort()).toEqual(['OwnedByAnother', 'Ready']);
    const holder = settled.find((object) => readyOf(object).reason === 'Ready');
    expect(lab.shown('race/app').tags.get(OWNER_TAG)).toBe(
      `${lab.cluster}/${NAMESPACE}/${holder?.metadata.name}`,
    );
  });

  test('one of private ECR of the same name has nothing to do with it', async () => {
    const twin = await ready('twin');
    const own = await lab.repository(NAMESPACE, 'twin', { registryRef: { name: 'open' } });
    await lab.settled(own);
    expect(lab.held('twin').arn).not.toBe(twin.status?.arn);
  });
});

describe('the deletion', () => {
  test.each<[string, PublicSettings]>([
    ['by default', {}],
    ['with Retain', { deletionPolicy: 'Retain' }],
  ])('%s keeps everything, without a call of AWS', async (how, settings) => {
    const name = how.toLowerCase().replace(' ', '-');
    const object = await ready(name, settings);
    const before = structuredClone(lab.shown(name));
    lab.aws.actions.clear();
    await lab.admin.delete(object);
    await lab.gone(object);
    expect(lab.publicCalls(name)).toEqual([]);
    expect(structuredClone(lab.shown(name))).toEqual(before);
  });

  test('with Delete waits for the last image, and says how many there are', async () => {
    const object = await ready('full', { deletionPolicy: 'Delete' });
    addImages('full', 2);
    await lab.admin.delete(object);
    const waiting = await lab.settled(object, 'RepositoryNotEmpty');
    expect(readyOf(waiting).message).toBe(
      'ECR Public repository full still holds 2 images, and deletionPolicy: Delete deletes none: delete them, or set deletionPolicy to DeleteWithImages or Retain',
    );
    await lab.event(object, 'RepositoryNotEmpty');
    lab.shown('full').images.clear();
    await lab.goneInTime(object);
    expect(lab.gallery.repository('full')).toBeUndefined();
  });

  test('with DeleteWithImages takes the images too, where DeleteImages is allowed', async () => {
    const deletionPolicy = 'DeleteWithImages';
    const object = await ready('images', { registryRef: { name: 'makes' }, deletionPolicy });
    addImages('images', 2);
    await lab.admin.delete(object);
    const refused = await lab.settled(object, 'TenancyDenied');
    expect(readyOf(refused).message).toContain('the word DeleteImages');
    expect(lab.shown('images').images.size).toBe(2);
    await lab.registry('makes', { tenancy: { rules: [{ allow: ['Public', 'DeleteImages'] }] } });
    await lab.gone(object);
    expect(lab.gallery.repository('images')).toBeUndefined();
    await lab.registry('makes', { tenancy: { rules: [{ allow: ['Public'] }] } });
  });

  test('leaves what belongs to another by now', async () => {
    const object = await ready('lost', { deletionPolicy: 'DeleteWithImages' });
    lab.shown('lost').tags.set(OWNER_TAG, OTHER);
    await lab.admin.delete(object);
    await lab.gone(object);
    expect(lab.shown('lost').tags.get(OWNER_TAG)).toBe(OTHER);
  });

  test('is held back by suspend, where it would extend to AWS', async () => {
    const deletionPolicy = 'Delete';
    const object = await ready('resting', { deletionPolicy });
    await lab.publicRepository(NAMESPACE, 'resting', { deletionPolicy, suspend: true });
    await lab.admin.delete(object);
    const held = await lab.settled(object, 'Suspended');
    expect(readyOf(held).message).toContain('spec.suspend holds the deletion back');
    expect(lab.shown('resting').tags.size).toBe(1);
    await lab.publicRepository(NAMESPACE, 'resting', { deletionPolicy, suspend: false });
    await lab.gone(object);
    expect(lab.gallery.repository('resting')).toBeUndefined();
  });
});
