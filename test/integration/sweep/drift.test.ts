import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { EVERYTHING, LIFECYCLE, lifecycleKeeping, POLICY, policyFor } from '../repository/documents.ts';
import { conditionOf, OWNER_TAG, type RepositoryObject, repositoryManifest } from '../repository/ecr-lab.ts';
import { readsOf, type SweepLab, startSweepLab } from './sweep-lab.ts';

const NAMESPACE = 'sweeps';

jest.setTimeout(60_000);

let lab: SweepLab;

beforeAll(async () => {
  lab = await startSweepLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const open = { registryRef: { name: 'open' } };
const held = (name: string) => lab.held(name);
const input = (name: string) => ({ repositoryName: name });

const DRIFTS: readonly (readonly [string, (name: string) => unknown])[] = [
  [
    'tag-mutability',
    (name) => lab.ecr.call('PutImageTagMutability', { ...input(name), imageTagMutability: 'MUTABLE' }),
  ],
  [
    'exclusion-filters',
    (name) => {
      held(name).exclusionFilters = [{ filterType: 'WILDCARD', filter: 'v*' }];
    },
  ],
  [
    'scan-on-push',
    (name) => {
      held(name).scanOnPush = false;
    },
  ],
  ['tag-value', (name) => held(name).tags.set('team', 'theirs')],
  ['tag-gone', (name) => held(name).tags.delete('team')],
  ['owner-tag', (name) => held(name).tags.delete(OWNER_TAG)],
  [
    'other-lifecycle',
    (name) =>
      lab.ecr.call('PutLifecyclePolicy', { ...input(name), lifecyclePolicyText: lifecycleKeeping(3) }),
  ],
  ['no-lifecycle', (name) => lab.ecr.call('DeleteLifecyclePolicy', input(name))],
  [
    'other-policy',
    (name) => lab.ecr.call('SetRepositoryPolicy', { ...input(name), policyText: policyFor('999999999999') }),
  ],
  ['no-policy', (name) => lab.ecr.call('DeleteRepositoryPolicy', input(name))],
  ['gone', (name) => lab.ecr.removeRepository(name)],
];

const isReady = (object: RepositoryObject) => conditionOf(object, 'Ready')?.status === 'True';
const hasImages = ({ status }: RepositoryObject) => status?.imageCount !== undefined;

/** All objects, once there are so many and each is as wanted. */
async function repositoriesWhen(count: number, holds: (object: RepositoryObject) => boolean) {
  const kind = { apiVersion: 'ecr-operator.io/v1alpha1', kind: 'Repository', namespace: NAMESPACE };
  return waitFor(() => lab.admin.list<RepositoryObject>(kind), {
    what: `${count} Repositories`,
    until: (all) => all.length === count && all.every(holds),
    timeoutMs: 30_000,
  });
}

/** What ECR holds but for times, which tell when it was mended. */
function content(name: string) {
  const { mutability, exclusionFilters, scanOnPush, tags, lifecycle, policyText } = held(name);
  const sorted = new Map([...tags].sort());
  return structuredClone({
    mutability,
    exclusionFilters,
    scanOnPush,
    tags: sorted,
    lifecycle: lifecycle?.text,
    policyText,
  });
}

describe('a sweep', () => {
  test('finds drift of every kind, and all of it is mended and told', async () => {
    const objects = new Map<string, RepositoryObject>();
    for (const [name] of DRIFTS) objects.set(name, await lab.repository(NAMESPACE, name, EVERYTHING));
    for (const object of objects.values()) await lab.settled(object);
    const before = new Map(DRIFTS.map(([name]) => [name, content(name)]));
    for (const [name, change] of DRIFTS) {
      change(name);
      if (name !== 'gone') expect([name, content(name)]).not.toEqual([name, before.get(name)]);
    }
    await lab.sweep();
    for (const [name] of DRIFTS) {
      await waitFor(() => lab.ecr.repository(name)?.policyText && content(name), {
        what: `${name} to be as declared`,
        until: (now) => now !== undefined && JSON.stringify(now) === JSON.stringify(before.get(name)),
      });
      const object = objects.get(name) as RepositoryObject;
      await lab.event(object, name === 'gone' ? 'Created' : 'DriftMended', '');
      expect(conditionOf(await lab.settled(object), 'Ready')?.status).toBe('True');
    }
  });

  test('costs one list for each thousand repositories, and only the reads that something declared needs', async () => {
    for (const [name] of DRIFTS) await lab.admin.delete(repositoryManifest(NAMESPACE, name));
    const count = lab.ecr.repositories().length;
    for (let index = count; index < 1_010; index += 1) lab.ecr.addRepository(`others/${index}`);
    for (let index = 0; index < 5; index += 1) {
      await lab.repository(NAMESPACE, `bare-${index}`, open);
      await lab.repository(NAMESPACE, `aged-${index}`, { ...open, lifecycle: { document: LIFECYCLE } });
      const policy = { document: POLICY };
      await lab.repository(NAMESPACE, `shared-${index}`, { ...open, policy });
      await lab.repository(NAMESPACE, `whole-${index}`, EVERYTHING);
    }
    // Images are read once, after the first Ready, and not by sweeps.
    const before = await repositoriesWhen(20, (object) => isReady(object) && hasImages(object));
    lab.aws.actions.clear();
    await lab.sweep();
    expect(readsOf(lab)).toEqual({
      DescribeRepositories: 2,
      ListTagsForResource: 20,
      GetLifecyclePolicy: 10,
      GetRepositoryPolicy: 10,
    });
    expect(lab.aws.actions.writes()).toEqual([]);
    const after = await repositoriesWhen(20, isReady);
    const versions = (objects: readonly RepositoryObject[]) =>
      objects.map(({ metadata }) => metadata.resourceVersion);
    expect(versions(after)).toEqual(versions(before));
  });

  test('is told in the Registry: how many repositories there are, and when they were and will be compared', async () => {
    await lab.sweep();
    const at = Math.floor(lab.now() / 3_600_000) * 3_600_000;
    const { status } = await lab.open();
    expect(status?.repositories).toEqual({ managed: 20, total: lab.ecr.repositories().length });
    expect(Date.parse(status?.lastDriftCheck ?? '') - at).toBeLessThan(60_000);
    expect(Date.parse(status?.nextDriftCheck ?? '') - at).toBe(3_600_000);
  });

  test('goes on without the right to list all: each repository is asked about by itself', async () => {
    const fault = lab.aws.faults.add({
      match: { action: 'ecr:DescribeRepositories' },
      fault: { kind: 'access-denied' },
      times: 1,
    });
    held('bare-1').tags.delete(OWNER_TAG);
    lab.aws.actions.clear();
    await lab.sweep();
    expect(fault.hits()).toBe(1);
    await waitFor(() => held('bare-1').tags.get(OWNER_TAG), { what: 'the owner tag to be back' });
    expect(lab.aws.actions.count('ecr:DescribeRepositories')).toBeGreaterThanOrEqual(21);
  });
});
