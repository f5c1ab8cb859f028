import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { lifecycleKeeping } from './documents.ts';
import { type ClassObject, type EcrLab, OWNER_TAG, readyOf, repositoryArn, startEcrLab } from './ecr-lab.ts';

const NAMESPACE = 'undeclared';
const CLASS_TAG = 'ecr-operator.io/class';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const make = (name: string) => lab.ecr.call('CreateRepository', { repositoryName: name });

/** A drift check of every Registry, over and done with for whatever nobody declared. */
const sweep = () => lab.advance(1_800_000);

const counted = (of: ClassObject, matched: number, synced = matched) =>
  waitFor(() => lab.admin.get<ClassObject>(of), {
    what: `${synced} of ${matched} in the status of ${of.metadata.name}`,
    until: (now) => now?.status?.undeclared?.matched === matched && now.status.undeclared.synced === synced,
  });

test('a class applies to what nobody declared under its prefixes, now, later, and when it changes', async () => {
  await make('cache/alpine');
  await make('cache/team/nginx');
  await make('cached');
  const lifecycle = { document: lifecycleKeeping(5) };
  const undeclared = { registryRef: { name: 'open' }, prefixes: ['cache'] };
  const spec = {
    tagMutability: 'IMMUTABLE',
    tags: { from: 'cache' },
    grants: [{ name: 'a', access: 'Pull', to: { accounts: ['111122223333'] } }],
    lifecycle,
    undeclared,
  } as const;
  const of = await lab.settled(await lab.repositoryClass('cache', spec));
  await sweep();
  await counted(of, 2);
  for (const name of ['cache/alpine', 'cache/team/nginx']) {
    expect(lab.held(name)).toMatchObject({ mutability: 'IMMUTABLE' });
    expect(JSON.parse(lab.held(name).lifecycle?.text ?? '').rules).toHaveLength(1);
    expect(lab.held(name).policyText).toContain('EcrOperatora');
    expect(Object.fromEntries(lab.held(name).tags)).toEqual({
      from: 'cache',
      [CLASS_TAG]: `${lab.cluster}/cache`,
    });
  }
  expect(lab.held('cached')).toMatchObject({ mutability: 'MUTABLE' });

  await make('cache/busybox');
  lab.held('cache/alpine').mutability = 'MUTABLE';
  await sweep();
  await counted(of, 3);
  await waitFor(() => lab.held('cache/alpine').mutability === 'IMMUTABLE', { what: 'drift to be mended' });
  expect(lab.held('cache/busybox').mutability).toBe('IMMUTABLE');

  const { grants: _, ...less } = spec;
  await lab.repositoryClass('cache', { ...less, tagMutability: 'MUTABLE' });
  await waitFor(() => lab.held('cache/busybox').mutability === 'MUTABLE', {
    what: 'the change of the class',
  });
  await waitFor(() => lab.held('cache/busybox').policyText === undefined, {
    what: 'the grant to be withdrawn',
  });

  lab.ecr.registry.remove('cache/busybox');
  await sweep();
  await counted(of, 2);
});

test('what a Repository declares is no longer the class’s, and is not fought over', async () => {
  await make('mirror/web');
  const of = await lab.repositoryClass('mirror', {
    scanOnPush: true,
    grants: [{ name: 'all', access: 'Pull', to: { organization: 'o-a1b2c3d4e5' } }],
    undeclared: { registryRef: { name: 'open' }, prefixes: ['mirror/'] },
  });
  await sweep();
  await counted(of, 1);
  expect(lab.held('mirror/web').policyText).toContain('EcrOperatorall');
  await lab.settled(
    await lab.repository(NAMESPACE, 'web', {
      registryRef: { name: 'open' },
      name: 'mirror/web',
      scanOnPush: false,
    }),
  );
  await counted(of, 0);
  await sweep();
  await lab.pass(NAMESPACE, 'mirror/web');
  expect(lab.held('mirror/web').scanOnPush).toBe(false);
  expect(lab.held('mirror/web').policyText).toBeUndefined();
  expect([...lab.held('mirror/web').tags.keys()]).toEqual([OWNER_TAG]);
});

test('what another cluster has is left alone; what cannot be written is told', async () => {
  for (const name of ['other/owned', 'other/classed', 'other/denied', 'other/fine']) await make(name);
  lab.held('other/owned').tags.set(OWNER_TAG, 'elsewhere/team/web');
  lab.held('other/classed').tags.set(CLASS_TAG, 'elsewhere/mirror');
  const fault = lab.aws.faults.add({
    match: { action: 'ecr:PutImageScanningConfiguration', resource: repositoryArn('other/denied') },
    fault: { kind: 'access-denied' },
  });
  const of = await lab.repositoryClass('other', {
    scanOnPush: true,
    undeclared: { registryRef: { name: 'open' }, prefixes: ['other'] },
  });
  await sweep();
  const told = await counted(of, 3, 1);
  expect(told?.status?.undeclared?.failures).toEqual([
    {
      repository: 'other/classed',
      reason: 'OwnedByAnother',
      message: expect.stringContaining('elsewhere/mirror'),
    },
    { repository: 'other/denied', reason: 'AccessDenied', message: expect.stringContaining('request id') },
  ]);
  expect(readyOf(told).reason).toBe('RepositoriesFailed');
  expect(['owned', 'classed', 'fine'].map((name) => lab.held(`other/${name}`).scanOnPush)).toEqual([
    false,
    false,
    true,
  ]);
  fault.remove();
  lab.ecr.registry.remove('other/classed');
  await sweep();
  await lab.settledInTime(of);
  await counted(of, 2);
});

test('a class that goes, or is suspended, leaves what it wrote', async () => {
  await make('left/web');
  const spec = {
    scanOnPush: true,
    undeclared: { registryRef: { name: 'open' }, prefixes: ['left'] },
  };
  const of = await lab.repositoryClass('left', spec);
  await sweep();
  await counted(of, 1);
  const resting = await lab.repositoryClass('left', { ...spec, suspend: true });
  await waitFor(() => lab.admin.get<ClassObject>(resting), {
    what: 'the class to say that it is suspended',
    until: (now) => now?.status?.conditions?.some(({ type }) => type === 'Suspended') ?? false,
  });
  lab.held('left/web').scanOnPush = false;
  await sweep();
  await lab.admin.delete(of);
  await lab.gone(of);
  await sweep();
  expect(lab.held('left/web').scanOnPush).toBe(false);
});

test.each([
  ['is refused', {}, 'TenancyDenied'],
  ['only observes', { registryRef: { name: 'open' }, mode: 'Observe', scanOnPush: true }, 'Ready'],
] as const)(
  'a Repository that %s does not take a repository away from its class',
  async (what, spec, reason) => {
    const prefix = what.replace(' ', '-');
    const name = `${prefix}/web`;
    await make(name);
    const of = await lab.repositoryClass(prefix, {
      scanOnPush: true,
      undeclared: { registryRef: { name: 'default' }, prefixes: [prefix] },
    });
    await sweep();
    await counted(of, 1);
    // In the Registry `default` nobody may adopt.
    await lab.settled(await lab.repository(NAMESPACE, prefix, { name, ...spec }), reason);
    lab.held(name).scanOnPush = false;
    await sweep();
    await waitFor(() => lab.held(name).scanOnPush, { what: 'the class to put right what was changed' });
    await counted(of, 1);
  },
);

test('of two classes by two Registries of one account and region one alone has a repository', async () => {
  await make('twin/web');
  await lab.settled(await lab.registry('twin'));
  const undeclared = (name: string, prefix: string) => ({ registryRef: { name }, prefixes: [prefix] });
  const far = await lab.repositoryClass('far', { scanOnPush: false, undeclared: undeclared('open', 'twin') });
  const near = await lab.repositoryClass('near', {
    scanOnPush: true,
    undeclared: undeclared('twin', 'twin/web'),
  });
  await sweep();
  await counted(near, 1);
  await counted(far, 0);
  expect(lab.held('twin/web').tags.get(CLASS_TAG)).toBe(`${lab.cluster}/near`);
  expect(lab.held('twin/web').scanOnPush).toBe(true);
});

test('a class and its Registry: not applied without it, and it stays as long as there is the class', async () => {
  const of = await lab.repositoryClass('waiting', {
    scanOnPush: true,
    undeclared: { registryRef: { name: 'later' }, prefixes: ['later'] },
  });
  await lab.settled(of, 'RegistryNotFound');
  const registry = await lab.settled(await lab.registry('later', { region: 'eu-west-1' }));
  await lab.settled(of);
  await lab.registry('later', { region: 'eu-west-1', suspend: true });
  await lab.settled(of, 'RegistrySuspended');
  await lab.admin.delete(registry);
  const told = await waitFor(() => lab.admin.get<ClassObject>(registry), {
    what: 'the Registry to wait for the class',
    until: (now) => readyOf(now).reason === 'InUse',
  });
  expect(readyOf(told).message).toContain('RepositoryClass waiting');
  await lab.admin.delete(of);
  await lab.gone(registry);
});
