import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { RegistryHandle } from '../../lab/aws/registry-handle.ts';
import type { Repository as HeldRepository } from '../../lab/aws/registry-state.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import {
  type PublicObject,
  type PublicSettings,
  publicManifest,
  publicPolicy,
} from '../public-repository/public-lab.ts';
import { readyOf } from '../repository/ecr-lab.ts';
import {
  ATTACKER,
  COMMON,
  goneFrom,
  lacks,
  NOT_THERE,
  RULES,
  readable,
  refusal,
  startTenantLab,
  TARGET,
  type TenantLab,
  VICTIM,
} from './tenant-lab.ts';

jest.setTimeout(60_000);

let lab: TenantLab;
let gallery: RegistryHandle;
let before: HeldRepository;
let count = 0;

/** Where the attacker may make public repositories: under his prefixes. */
const PUBLIC = { registryRef: { name: 'public' } };

function shown(name: string): HeldRepository {
  const found = gallery.repository(name);
  if (!found) throw new Error(`ECR Public has no repository ${name}`);
  return structuredClone(found);
}

beforeAll(async () => {
  lab = await startTenantLab();
  gallery = lab.aws.asPublic(ACCOUNT);
  const [ofA = { allow: [] }, ofB = { allow: [] }] = RULES;
  await lab.registry('public', { tenancy: { rules: [ofA, { ...ofB, allow: ['Public'] }] } });
  await lab.settled((await lab.admin.apply(publicManifest(VICTIM, 'web', { name: TARGET }))) as PublicObject);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

beforeEach(() => {
  before = shown(TARGET);
});

// Whatever was tried: the other team's public repository is as it was.
afterEach(() => {
  expect(shown(TARGET)).toEqual(before);
});

async function attack(settings: PublicSettings, reason: string): Promise<PublicObject> {
  count += 1;
  const manifest = publicManifest(ATTACKER, `attack-${count}`, settings);
  return lab.settled(await lab.attacker.apply<PublicObject>(manifest), reason);
}

const looks = () =>
  lab.aws.actions.all().filter(({ resource }) => /ecr-public.*team-a\/(web|nothing)$/.test(resource ?? ''))
    .length;

describe('a PublicRepository', () => {
  test('takes the word Public: Create, which the attacker has, is for private ones', async () => {
    const name = 'team-b/public';
    expect(readyOf(await attack({ name }, 'TenancyDenied')).message).toBe(lacks('Public', name));
    expect(gallery.repository(name)).toBeUndefined();
  });

  test('and the word Public makes no private one', async () => {
    const spec = { name: 'team-b/private', ...PUBLIC };
    const object = await lab.settled(await lab.repository(ATTACKER, 'private', spec), 'TenancyDenied');
    expect(readyOf(object).message).toBe(lacks('Create', spec.name, 'public'));
  });

  test.each<PublicSettings>([
    {},
    { adoption: 'Never' },
    { adoption: 'IfExists' },
    { adoption: 'Only' },
    { mode: 'Observe' },
    { mode: 'Observe', adoption: 'IfExists' },
    { deletionPolicy: 'DeleteWithImages' },
    { policy: { document: publicPolicy(ACCOUNT) } },
  ])(
    'of another team and %j is refused, and told neither that it exists nor whose it is',
    async (settings) => {
      const calls = looks();
      for (const name of [TARGET, NOT_THERE]) {
        const object = await attack({ ...settings, ...PUBLIC, name }, 'TenancyDenied');
        expect(readyOf(object).message).toBe(lacks('Public', name, 'public'));
        expect(await readable(lab, object)).not.toMatch(/belongs to|"arn"|exists/);
      }
      expect(gallery.repository(NOT_THERE)).toBeUndefined();
      expect(looks()).toBe(calls);
    },
  );

  test.each(['team-ab/web', 'team-a', 'team-bb', 'x/team-b', 'team-b.x/web'])(
    'with the name %s is under no prefix of the attacker’s',
    async (name) => {
      await attack({ ...PUBLIC, name }, 'TenancyDenied');
      expect(gallery.repository(name)).toBeUndefined();
    },
  );

  test('lets others in only with the word Share, its own account too', async () => {
    const name = 'team-b/pushed';
    for (const account of [ACCOUNT, '111122223333']) {
      const policy = { document: publicPolicy(account) };
      const object = await attack({ ...PUBLIC, name, policy }, 'TenancyDenied');
      expect(readyOf(object).message).toBe(lacks('Share', name, 'public'));
    }
    expect(gallery.repository(name)).toBeUndefined();
  });

  test('deletes images only with the word DeleteImages', async () => {
    const name = 'team-b/full';
    const object = await attack({ ...PUBLIC, name, deletionPolicy: 'DeleteWithImages' }, 'Ready');
    gallery.addImage(name, { digest: `sha256:${'0'.repeat(64)}` });
    await lab.attacker.delete(object);
    expect(readyOf(await lab.settled(object, 'TenancyDenied')).message).toBe(
      lacks('DeleteImages', name, 'public'),
    );
    expect(shown(name).images.size).toBe(1);
    await lab.attacker.patch(object, { spec: { deletionPolicy: 'Retain' } });
    await goneFrom(lab.attacker, object);
  });
});

describe('what exists at ECR Public under a common prefix', () => {
  test.each<PublicSettings>([{}, { adoption: 'IfExists' }, { mode: 'Observe' }])(
    'and nobody owns takes Adopt: %j',
    async (settings) => {
      const name = `${COMMON}/nobodys`;
      if (!gallery.repository(name)) gallery.addRepository(name);
      expect(readyOf(await attack({ ...settings, ...PUBLIC, name }, 'TenancyDenied')).message).toBe(
        lacks('Adopt', name, 'public'),
      );
      expect(shown(name).tags.size).toBe(0);
    },
  );

  test.each<[PublicSettings, string]>([
    [{}, 'OwnedByAnother'],
    [{ adoption: 'IfExists' }, 'TenancyDenied'],
  ])('and another team owns stays theirs: %j', async (settings, reason) => {
    const name = `${COMMON}/theirs`;
    await lab.settled(
      (await lab.admin.apply(publicManifest(VICTIM, 'theirs', { name, ...PUBLIC }))) as PublicObject,
    );
    const held = shown(name);
    const object = await attack({ ...settings, ...PUBLIC, name, deletionPolicy: 'DeleteWithImages' }, reason);
    await lab.attacker.delete(object);
    await goneFrom(lab.attacker, object);
    expect(shown(name)).toEqual(held);
  });
});

test('a PublicRepository of that name that is deleted takes nothing along', async () => {
  const object = await attack(
    { ...PUBLIC, name: TARGET, deletionPolicy: 'DeleteWithImages' },
    'TenancyDenied',
  );
  await lab.attacker.delete(object);
  await goneFrom(lab.attacker, object);
});

test('the API server refuses names, tags and changes as it does for private ones', async () => {
  const put = (spec: PublicSettings) => refusal(lab.attacker.apply(publicManifest(ATTACKER, 'odd', spec)));
  for (const name of [
    'team-b/../team-a/web',
    'team-a//web',
    '/team-a/web',
    'team-a/*',
    'Team-A/web',
    'team-a/web\n',
  ]) {
    expect(await put({ name })).toMatch(/spec\.name: Invalid value: .*write /);
  }
  expect(await put({ tags: { 'ecr-operator.io/owner': 'x/team-a/web' } })).toContain(
    'belong to the operator',
  );
  const object = publicManifest(ATTACKER, 'renamed', { name: 'team-b/renamed' });
  await lab.attacker.apply(object);
  for (const spec of [{ name: TARGET }, { name: null }, { registryRef: PUBLIC.registryRef }]) {
    expect(await refusal(lab.attacker.patch(object, { spec }))).toContain('cannot be changed');
  }
});
