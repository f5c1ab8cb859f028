import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { EVERYTHING } from './documents.ts';
import { conditionOf, type EcrLab, readyOf, startEcrLab } from './ecr-lab.ts';

const NAMESPACE = 'observed';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

test('mode Observe tells every difference and writes nothing; nothing of it stays when the object goes', async () => {
  const name = 'theirs';
  await lab.ecr.call('CreateRepository', { repositoryName: name });
  lab.held(name).tags.set('team', 'search');
  const before = structuredClone(lab.held(name));
  lab.aws.actions.clear();
  const { encryption: _, ...wanted } = EVERYTHING;
  const spec = { ...wanted, mode: 'Observe', deletionPolicy: 'DeleteWithImages' } as const;
  const object = await lab.settled(await lab.repository(NAMESPACE, name, spec), 'DriftObserved');
  const { status, message } = readyOf(object);
  expect(status).toBe('False');
  for (const part of [
    'team from search to payments',
    'tagMutability from MUTABLE to IMMUTABLE_WITH_EXCLUSION except dev-*, latest',
    'scanOnPush from false to true',
    'lifecycle policy: rule 10 to add; rule 20 to add',
    'repository policy: statement pull to add',
  ])
    expect(message).toContain(part);
  expect(object.status?.drift?.map(({ mended }) => mended)).toEqual([false, false, false, false, false]);
  expect(conditionOf(object, 'Stalled')?.status).toBe('True');
  await lab.event(object, 'DriftObserved');
  await lab.pass(NAMESPACE, name);
  expect(lab.aws.actions.writes()).toEqual([]);
  expect(structuredClone(lab.held(name))).toEqual(before);

  await lab.admin.delete(object);
  await lab.gone(object);
  expect(lab.aws.actions.writes()).toEqual([]);
  expect(lab.ecr.repository(name)).toBeDefined();
});

test('what somebody puts right is no difference any more, and Enforce writes what is left', async () => {
  const name = 'by-and-by';
  await lab.ecr.call('CreateRepository', { repositoryName: name });
  const spec = { registryRef: { name: 'open' }, scanOnPush: true, tagMutability: 'IMMUTABLE' } as const;
  const object = await lab.settled(
    await lab.repository(NAMESPACE, name, { ...spec, mode: 'Observe' }),
    'DriftObserved',
  );
  const [first, second] = object.status?.drift ?? [];
  lab.held(name).scanOnPush = true;
  await lab.pass(NAMESPACE, name);
  const half = await lab.settled(object, 'DriftObserved');
  expect(half.status?.drift).toEqual([first?.what.startsWith('tag') ? first : second]);
  lab.held(name).mutability = 'IMMUTABLE';
  await lab.pass(NAMESPACE, name);
  const same = await lab.settled(object);
  expect(readyOf(same).message).toBe('ECR holds what is declared, and mode: Observe writes nothing');
  expect(same.status).not.toHaveProperty('drift');

  lab.held(name).scanOnPush = false;
  await lab.settled(await lab.repository(NAMESPACE, name, { ...spec, mode: 'Enforce' }));
  expect(lab.held(name).scanOnPush).toBe(true);
  expect([...lab.held(name).tags.keys()]).toEqual(['ecr-operator.io/owner']);
});

test('an encryption that cannot be changed hides no other difference', async () => {
  await lab.ecr.call('CreateRepository', { repositoryName: 'aes' });
  const spec = { registryRef: { name: 'open' }, encryption: { type: 'KMS' }, scanOnPush: true } as const;
  const object = await lab.repository(NAMESPACE, 'aes', { ...spec, mode: 'Observe' });
  const told = await lab.settled(object, 'DriftObserved');
  expect(readyOf(told).message).toMatch(
    /: encryption from AES256 to KMS, which ECR cannot change; scanOnPush from false to true$/,
  );
});

test('a repository that is not there is told, and not made', async () => {
  const object = await lab.repository(NAMESPACE, 'absent', {
    mode: 'Observe',
    lifecycle: EVERYTHING.lifecycle,
  });
  const told = await lab.settled(object, 'DriftObserved');
  expect(readyOf(told).message).toBe(
    'ECR differs, and mode: Observe writes nothing: there is no ECR repository absent',
  );
  expect(lab.ecr.repository('absent')).toBeUndefined();
});

test('who may only create sees nothing of what exists, and does not get it by observing it first', async () => {
  const name = 'secret';
  lab.ecr.addRepository(name, { scanOnPush: true });
  // Without tenancy rules: Pull and Create, and nothing else.
  const spec = { scanOnPush: false } as const;
  const object = await lab.repository(NAMESPACE, name, { ...spec, mode: 'Observe' });
  const refused = await lab.settled(object, 'TenancyDenied');
  expect([readyOf(refused).message, refused.status?.arn]).toEqual([
    expect.stringContaining('Adopt'),
    undefined,
  ]);
  await lab.settled(await lab.repository(NAMESPACE, name, { ...spec, mode: 'Enforce' }), 'TenancyDenied');
  expect([...lab.held(name).tags.keys(), lab.held(name).scanOnPush]).toEqual([true]);
});

test('what another has is shown to those only who want to take it over, and then is', async () => {
  const name = 'moved';
  lab.ecr.addRepository(name, { tags: new Map([['ecr-operator.io/owner', 'old/team/moved']]) });
  const spec = { registryRef: { name: 'open' }, scanOnPush: true } as const;
  await lab.settled(await lab.repository(NAMESPACE, name, { ...spec, mode: 'Observe' }), 'OwnedByAnother');
  const wants = { ...spec, adoption: 'IfExists' } as const;
  await lab.settled(await lab.repository(NAMESPACE, name, { ...wants, mode: 'Observe' }), 'DriftObserved');
  await lab.settled(await lab.repository(NAMESPACE, name, wants));
  expect(lab.held(name).tags.get('ecr-operator.io/owner')).toBe(`${lab.cluster}/${NAMESPACE}/${name}`);
});

test('whoever may neither create nor adopt may not look either', async () => {
  await lab.registry('closed', { tenancy: { rules: [{ allow: ['Pull'] }] } });
  const object = await lab.repository(NAMESPACE, 'curious', {
    registryRef: { name: 'closed' },
    mode: 'Observe',
  });
  const refused = await lab.settled(object, 'TenancyDenied');
  expect(JSON.stringify(refused.status)).not.toContain('MUTABLE');
});
