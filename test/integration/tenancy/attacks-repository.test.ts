import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Repository as HeldRepository } from '../../lab/aws/registry-state.ts';
import { ACCOUNT, REGION } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { POLICY } from '../repository/documents.ts';
import {
  core,
  OWNER_TAG,
  type RepositoryObject,
  type RepositorySettings,
  readyOf,
  repositoryManifest,
} from '../repository/ecr-lab.ts';
import {
  ATTACKER,
  COMMON,
  goneFrom,
  lacks,
  NOT_THERE,
  readable,
  refusal,
  startTenantLab,
  TARGET,
  type TenantLab,
} from './tenant-lab.ts';

jest.setTimeout(60_000);

let lab: TenantLab;
let before: HeldRepository;

beforeAll(async () => {
  lab = await startTenantLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

beforeEach(() => {
  before = lab.target();
});

// Whatever was tried: the other team's repository is as it was, its tags, policy and images.
afterEach(() => {
  expect(lab.target()).toEqual(before);
});

const attack: TenantLab['attack'] = (settings, reason) => lab.attack(settings, reason);

describe('a Repository with the name of what another team has', () => {
  test.each<[RepositorySettings, 'Create' | 'Adopt']>([
    [{}, 'Create'],
    [{ adoption: 'Never' }, 'Create'],
    [{ adoption: 'IfUnowned' }, 'Create'],
    [{ adoption: 'IfExists' }, 'Create'],
    [{ adoption: 'Only' }, 'Adopt'],
    [{ mode: 'Observe' }, 'Create'],
    [{ mode: 'Observe', adoption: 'IfExists' }, 'Create'],
    [{ mode: 'Observe', adoption: 'Only' }, 'Adopt'],
    [{ deletionPolicy: 'DeleteWithImages' }, 'Create'],
    [{ policy: { document: POLICY } }, 'Create'],
  ])('and %j is refused, and told neither that it exists nor whose it is', async (settings, word) => {
    const looks = lab.looksAtTarget();
    for (const name of [TARGET, NOT_THERE]) {
      const object = await attack({ ...settings, name }, 'TenancyDenied');
      expect(readyOf(object).message).toBe(lacks(word, name));
      const told = await readable(lab, object);
      expect(told).not.toMatch(/belongs to|"arn"|exists|digest/);
    }
    expect(lab.ecr.repository(NOT_THERE)).toBeUndefined();
    expect(lab.looksAtTarget()).toBe(looks);
  });

  test('that is deleted, with images if it says so, takes nothing along', async () => {
    const object = await attack({ name: TARGET, deletionPolicy: 'DeleteWithImages' }, 'TenancyDenied');
    await lab.attacker.delete(object);
    await goneFrom(lab.attacker, object);
    expect(lab.held(TARGET).images.size).toBe(1);
  });

  test('whose finalizer is taken out goes, and nothing else', async () => {
    const object = await attack({ name: TARGET, deletionPolicy: 'Delete' }, 'TenancyDenied');
    await lab.attacker.patch(object, { metadata: { finalizers: null } });
    await lab.attacker.delete(object);
    await goneFrom(lab.attacker, object);
  });

  test('is not shown its images, whoever asks for a look at them', async () => {
    const object = await attack({ name: TARGET, mode: 'Observe' }, 'TenancyDenied');
    const annotations = {
      'ecr-operator.io/images-requested-at': 'now',
      'ecr-operator.io/reconcile-at': 'now',
    };
    await lab.attacker.patch(object, { metadata: { annotations } });
    await lab.settled(await lab.repository(ATTACKER, 'marker', { name: 'team-b/marker' }));
    expect(await readable(lab, object)).not.toMatch(/sha256:|imageCount/);
  });
});

test.each([
  'team-ab/web',
  'team-a',
  'team-a.web',
  'team-a-b',
  'team-bb/web',
  'team-b.x/web',
  'team-b-x/web',
  'x/team-b/web',
  'team',
  '123456789012.dkr.ecr.us-east-1.amazonaws.com/team-b/web',
])('the name %s is under no prefix of the attacker’s, and nothing is made', async (name) => {
  const object = await attack({ name }, 'TenancyDenied');
  expect(readyOf(object).message).toBe(lacks('Create', name));
  expect(lab.ecr.repository(name)).toBeUndefined();
});

test('without spec.name the name of the object is judged', async () => {
  const object = await lab.attacker.apply<RepositoryObject>(repositoryManifest(ATTACKER, 'team-a'));
  expect(readyOf(await lab.settled(object, 'TenancyDenied')).message).toBe(lacks('Create', 'team-a'));
});

describe('what exists under a prefix that the attacker may create under', () => {
  test.each<RepositorySettings>([{}, { adoption: 'Only' }, { adoption: 'IfExists' }, { mode: 'Observe' }])(
    'and nobody owns takes Adopt: %j',
    async (settings) => {
      const name = `${COMMON}/nobodys`;
      if (!lab.ecr.repository(name)) lab.ecr.addRepository(name);
      const object = await attack({ ...settings, name }, 'TenancyDenied');
      expect(readyOf(object).message).toBe(lacks('Adopt', name));
      expect(lab.held(name).tags.size).toBe(0);
      expect(await readable(lab, object)).not.toContain('"arn"');
    },
  );

  test.each<[RepositorySettings, string]>([
    [{}, 'OwnedByAnother'],
    [{ mode: 'Observe' }, 'OwnedByAnother'],
    [{ adoption: 'IfExists' }, 'TenancyDenied'],
    [{ mode: 'Observe', adoption: 'IfExists' }, 'TenancyDenied'],
    [
      { tags: { 'ECR-Operator.io/owner': 'x', 'ecr-оperator.io/owner': 'x', ' ecr-operator.io/owner': 'x' } },
      'OwnedByAnother',
    ],
  ])('and another team owns stays theirs: %j', async (settings, reason) => {
    const name = `${COMMON}/theirs`;
    await lab.settled(await lab.repository('team-a', 'theirs', { name }));
    const held = structuredClone(lab.held(name));
    const object = await attack({ ...settings, name, deletionPolicy: 'DeleteWithImages' }, reason);
    expect(lab.held(name)).toEqual(held);
    await lab.attacker.delete(object);
    await goneFrom(lab.attacker, object);
    expect(lab.held(name)).toEqual(held);
  });
});

test('tags that look like the owner tag are tags like any other', async () => {
  const name = 'team-b/lookalike';
  const tags = { 'ECR-Operator.io/owner': 'x/team-a/web', 'ecr-operator.io': 'x', 'ecr-operator/owner': 'x' };
  const object = await attack({ name, tags }, 'Ready');
  expect(Object.fromEntries(lab.held(name).tags)).toEqual({
    ...tags,
    [OWNER_TAG]: `${lab.cluster}/${ATTACKER}/${object.metadata.name}`,
  });
});

describe('another Registry', () => {
  test('that the tenancy closes to the attacker is closed, whatever account it is', async () => {
    const tenancy = { rules: [{ namespaceSelector: { matchLabels: { team: 'a' } }, allow: ['Create'] }] };
    await lab.registry('second', { tenancy } as never);
    for (const name of [TARGET, 'team-b/web']) {
      const object = await attack({ name, registryRef: { name: 'second' } }, 'TenancyDenied');
      expect(readyOf(object).message).toContain('spec.tenancy.rules of Registry second');
    }
  });

  test('that is only pulled from is never written to', async () => {
    const tenancy = { rules: [{ allow: ['Create', 'Adopt', 'Share', 'DeleteImages'] }] };
    await lab.registry('pulled', { access: 'PullOnly', tenancy } as never);
    const spec = {
      name: TARGET,
      registryRef: { name: 'pulled' },
      deletionPolicy: 'DeleteWithImages',
    } as const;
    const object = await attack({ ...spec, adoption: 'IfExists' }, 'RegistryPullOnly');
    await lab.attacker.delete(object);
    await goneFrom(lab.attacker, object);
  });

  test('of the same account and region has rules of its own, which open nothing that is owned', async () => {
    await lab.registry('free', { accountId: ACCOUNT, region: REGION });
    const free = { name: TARGET, registryRef: { name: 'free' } };
    const object = await attack(free, 'OwnedByAnother');
    expect(readyOf(object).message).toContain('/team-a/web (cluster/namespace/name)');
    await attack({ ...free, adoption: 'IfExists' }, 'TenancyDenied');
  });
});

test('images of one’s own are deleted only with the word DeleteImages', async () => {
  const name = 'team-b/full';
  const object = await attack({ name, deletionPolicy: 'DeleteWithImages' }, 'Ready');
  lab.ecr.addImage(name, { digest: `sha256:${'0'.repeat(64)}` });
  await lab.attacker.delete(object);
  expect(readyOf(await lab.settled(object, 'TenancyDenied')).message).toBe(lacks('DeleteImages', name));
  expect(lab.held(name).images.size).toBe(1);
  await lab.attacker.patch(object, { spec: { deletionPolicy: 'Retain' } });
  await goneFrom(lab.attacker, object);
});

test('a repository that nobody declared is not taken from its class by a Repository that is refused', async () => {
  const name = 'cache/base';
  lab.ecr.addRepository(name);
  await lab.repositoryClass('cache', {
    scanOnPush: true,
    undeclared: { registryRef: { name: 'default' }, prefixes: ['cache'] },
  });
  await attack({ name, scanOnPush: false, adoption: 'IfExists' }, 'TenancyDenied');
  const later = async () => {
    // By then a drift check has found it.
    await lab.advance(1_800_000);
    return lab.held(name).scanOnPush;
  };
  await waitFor(later, { what: 'the class to apply to it', intervalMs: 500 });
});

test('a namespace that is going takes no new Repository', async () => {
  await lab.namespace('going', { team: 'b' });
  const held = { ...core('ConfigMap', 'held', 'going') };
  const finalizers = ['lab.test/held'];
  await lab.admin.create({ ...held, metadata: { ...held.metadata, finalizers } } as never);
  await lab.admin.delete(core('Namespace', 'going'));
  expect(
    await refusal(lab.admin.apply(repositoryManifest('going', 'late', { name: 'team-b/late' }))),
  ).toContain('because it is being terminated');
  expect(lab.ecr.repository('team-b/late')).toBeUndefined();
  await lab.admin.patch(held, { metadata: { finalizers: null } });
});
