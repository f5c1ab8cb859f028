import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { lifecycleKeeping, policyFor } from '../repository/documents.ts';
import { conditionOf, type PrefixLab, startPrefixLab, type TemplateSpec } from './prefix-lab.ts';
import { FIELDS, KEY, ROLE } from './template-fields.ts';

jest.setTimeout(60_000);

let scene: PrefixLab;

beforeAll(async () => {
  scene = await startPrefixLab();
}, 600_000);

afterAll(async () => {
  await scene?.lab.stop();
});

const ready = async (name: string, spec: TemplateSpec) => scene.settled(await scene.template(name, spec));
const held = (prefix: string) => scene.lab.ecr.registry.caches.templates.get(prefix);

describe.each(Object.entries(FIELDS))('%s', (field, { set, change, of, first, second, cleared, drift }) => {
  const name = `of-${field.toLowerCase()}`;
  const now = () => of(scene.heldTemplate(name));

  test('is set, changed, kept, and taken away', async () => {
    await ready(name, set);
    expect(now()).toEqual(first);
    const template = await ready(name, change);
    expect(now()).toEqual(second);

    Object.assign(scene.heldTemplate(name), drift);
    expect(now()).not.toEqual(second);
    await scene.sweep();
    await waitFor(() => JSON.stringify(now()) === JSON.stringify(second), { what: 'the mending' });
    await scene.event(template, 'DriftMended');

    await ready(name, {});
    expect(now()).toEqual(cleared);
  });
});

test('a template is made in two calls and told of', async () => {
  const template = await ready('made', { prefix: 'team/made' });
  expect(template.status).toMatchObject({ prefix: 'team/made', createdAt: expect.any(String) });
  expect(scene.callsOn('team/made').slice(0, 2)).toEqual([
    'DescribeRepositoryCreationTemplates',
    'CreateRepositoryCreationTemplate',
  ]);
  await scene.event(template, 'Created', 'made repository creation template team/made');
});

test('ROOT is the template for all other names', async () => {
  await ready('all', { prefix: 'ROOT' });
  expect(held('ROOT')).toBeDefined();
});

test('a document that says the same in other words is no difference', async () => {
  const template = await ready('same', {
    lifecycle: { document: lifecycleKeeping(5) },
    policy: { document: JSON.stringify(JSON.parse(policyFor('1'.repeat(12))), null, 4) },
  });
  const before = scene.callsOn('same').length;
  await scene.sweep();
  await waitFor(() => scene.callsOn('same').length > before, { what: 'the look at the template' });
  expect(scene.callsOn('same').slice(before)).not.toContain('UpdateRepositoryCreationTemplate');
  expect((await scene.lab.admin.get(template))?.metadata.resourceVersion).toBe(
    template.metadata.resourceVersion,
  );
});

test('the AWS managed key that ECR may show is no difference, neither kept nor observed', async () => {
  const spec = { encryption: { type: 'KMS' }, customRoleArn: ROLE } as const;
  await ready('managed-key', spec);
  Object.assign(scene.heldTemplate('managed-key'), { kmsKey: KEY('managed') });
  const before = scene.callsOn('managed-key').length;
  await scene.sweep();
  await waitFor(() => scene.callsOn('managed-key').length > before, { what: 'the look at the template' });
  await ready('managed-key', { ...spec, mode: 'Observe' });
  expect(scene.callsOn('managed-key').slice(before)).not.toContain('UpdateRepositoryCreationTemplate');
});

test('a document that is no JSON is refused before ECR is asked', async () => {
  await scene.settled(
    await scene.template('no-json', { policy: { document: '{ "Version" }' } }),
    'InvalidDocument',
  );
  expect(held('no-json')).toBeUndefined();
});

test('what ECR refuses is told in its words', async () => {
  const document = JSON.stringify({ rules: [{ rulePriority: 1, note: 'x'.repeat(100) }] });
  const template = await scene.settled(
    await scene.template('refused', { lifecycle: { document } }),
    'InvalidParameter',
  );
  expect(conditionOf(template, 'Ready')?.message).toContain('Lifecycle policy validation failure');
});

test('a template that somebody deleted is made again with the next drift check', async () => {
  await ready('deleted', {});
  scene.lab.ecr.registry.caches.templates.delete('deleted');
  await scene.sweep();
  await waitFor(() => held('deleted'), { what: 'the template to be there again' });
});

describe('what is there already', () => {
  const theirs = (prefix: string) =>
    scene.lab.ecr.call('CreateRepositoryCreationTemplate', {
      prefix,
      appliedFor: ['REPLICATION'],
      description: 'theirs',
    });

  test('adoption: Never leaves a template alone, IfExists takes it over whole', async () => {
    theirs('adopted');
    await scene.settled(await scene.template('adopted', { adoption: 'Never' }), 'TemplateExists');
    expect(held('adopted')?.description).toBe('theirs');
    await ready('adopted', { adoption: 'IfExists' });
    expect(held('adopted')).toMatchObject({ description: undefined, appliedFor: ['PULL_THROUGH_CACHE'] });
  });

  test('mode: Observe tells the difference and writes nothing', async () => {
    theirs('observed');
    const template = await scene.settled(
      await scene.template('observed', { mode: 'Observe', tagMutability: 'IMMUTABLE' }),
      'DriftObserved',
    );
    expect(conditionOf(template, 'Synced')?.message).toContain(
      'description from "theirs" to none; appliedFor from REPLICATION to PULL_THROUGH_CACHE; tagMutability from MUTABLE to IMMUTABLE',
    );
    expect(held('observed')?.description).toBe('theirs');
  });

  test('suspend stops everything until it is taken back', async () => {
    const template = await scene.template('suspended', { suspend: true });
    await waitFor(async () => conditionOf(await scene.lab.admin.get(template), 'Suspended'), {
      what: 'Suspended',
    });
    expect(held('suspended')).toBeUndefined();
    await ready('suspended', { suspend: false });
  });

  test.each([
    ['Retain', true],
    ['Delete', false],
  ] as const)('deletionPolicy: %s', async (deletionPolicy, stays) => {
    const name = deletionPolicy.toLowerCase();
    const template = await ready(name, { deletionPolicy });
    await scene.lab.admin.delete(template);
    await scene.lab.gone(template);
    expect(held(name) !== undefined).toBe(stays);
  });

  test('suspend holds a deletion back that would reach ECR', async () => {
    await ready('held-back', { deletionPolicy: 'Delete' });
    const template = await scene.template('held-back', { deletionPolicy: 'Delete', suspend: true });
    await scene.lab.admin.delete(template);
    await scene.settled(template, 'Suspended');
    expect(held('held-back')).toBeDefined();
    await scene.template('held-back', { deletionPolicy: 'Delete', suspend: false });
    await scene.lab.gone(template);
    expect(held('held-back')).toBeUndefined();
  });

  test('the second of two for one prefix waits until the first only observes', async () => {
    await ready('first', { prefix: 'both', description: 'first' });
    const second = await scene.settled(
      await scene.template('second', { prefix: 'both', description: 'second' }),
      'Conflict',
    );
    expect(held('both')?.description).toBe('first');
    await scene.template('first', { prefix: 'both', description: 'first', mode: 'Observe' });
    await scene.settled(second);
    expect(held('both')?.description).toBe('second');
  });
});
