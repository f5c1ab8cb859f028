import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ActiveFault, Fault } from '../../lab/aws/faults.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { EVERYTHING } from './documents.ts';
import {
  conditionOf,
  type EcrLab,
  type RepositoryObject,
  type RepositorySettings,
  readyOf,
  repositoryArn,
  repositoryManifest,
  startEcrLab,
} from './ecr-lab.ts';

const NAMESPACE = 'outages';

jest.setTimeout(60_000);

let lab: EcrLab;
/** The first call for a Repository that is there from the beginning is never answered. */
let hangs: ActiveFault;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
  hangs = failing('hanging', { kind: 'never' }, 1);
  await put('hanging');
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const put = (name: string, settings: RepositorySettings = {}) =>
  lab.repository(NAMESPACE, name, { registryRef: { name: 'open' }, ...settings });

const failing = (name: string, fault: Fault, times?: number, action = 'ecr:*') =>
  lab.aws.faults.add({
    match: { action, resource: repositoryArn(name) },
    fault,
    ...(times === undefined ? {} : { times }),
  });

/** Creations that ECR carried out. */
const creations = (name: string) =>
  lab.aws.actions.all().filter(({ action, resource, result }) => {
    return (
      action === 'ecr:CreateRepository' && resource === repositoryArn(name) && /^(ok|lost)$/.test(result)
    );
  });

describe('AWS that does not answer as it should', () => {
  test.each<[string, string, Fault]>([
    ['throttles', 'Throttled', { kind: 'throttle' }],
    ['fails', 'AWSUnavailable', { kind: 'server-error' }],
    ['is in maintenance', 'AWSUnavailable', { kind: 'server-error', status: 503 }],
    ['resets connections', 'AWSUnreachable', { kind: 'reset' }],
  ])('%s: the Repository says %s, and is made when that is over', async (what, reason, fault) => {
    const name = what.replaceAll(' ', '-');
    const active = failing(name, fault);
    const object = await lab.settled(await put(name, EVERYTHING), reason);
    expect(readyOf(object).message).toContain(`ecr:DescribeRepositories on ${repositoryArn(name)}`);
    expect(conditionOf(object, 'Reconciling')?.status).toBe('True');
    expect(conditionOf(object, 'Stalled')).toBeUndefined();
    active.remove();
    await lab.settledInTime(object);
    expect(creations(name)).toHaveLength(1);
  });

  test.each<[string, Fault]>([
    ['reset', { kind: 'reset', when: 'after' }],
    ['server-error', { kind: 'server-error', when: 'after' }],
  ])('the answer of each write is lost by %s: nothing is made twice', async (kind, fault) => {
    const name = `lost-${kind}`;
    for (const action of ['ecr:CreateRepository', 'ecr:PutLifecyclePolicy', 'ecr:SetRepositoryPolicy']) {
      failing(name, fault, 1, action);
    }
    const object = await lab.settledInTime(await put(name, EVERYTHING));
    expect(creations(name)).toHaveLength(1);
    expect(lab.held(name)).toMatchObject({ policyText: expect.anything(), lifecycle: expect.anything() });
    expect(object.status?.arn).toBe(repositoryArn(name));
  });
});

describe('eventual consistency', () => {
  test.each([1, 3, 6])(
    'a repository that %i looks do not see yet is made once, and ends Ready',
    async (calls) => {
      const name = `lagging-${calls}`;
      lab.ecr.registry.createLag = { calls };
      const object = await put(name, EVERYTHING);
      await waitFor(() => lab.ecr.repository(name), { what: 'the creation' });
      lab.ecr.registry.createLag = undefined;
      await lab.settledInTime(object);
      expect(creations(name)).toHaveLength(1);
      expect(lab.held(name)).toMatchObject({ policyText: expect.anything(), lifecycle: expect.anything() });
    },
  );

  test('a Repository deleted and applied again while ECR still shows the old one', async () => {
    const settings = { ...EVERYTHING, deletionPolicy: 'Delete' } as const;
    const first = await lab.settled(await put('again', settings));
    lab.ecr.registry.deleteLag = { calls: 3 };
    await lab.admin.delete(first);
    await lab.gone(first);
    lab.ecr.registry.deleteLag = undefined;
    await lab.settledInTime(await put('again', settings));
    await waitFor(() => lab.ecr.repository('again')?.policyText, { what: 'the second repository, whole' });
    expect(creations('again')).toHaveLength(2);
  });
});

describe('many Repositories', () => {
  test('one broken object holds up no other: 200 at once are all Ready', async () => {
    const broken = failing('crowd-0', { kind: 'access-denied' });
    const invalid = await put('crowd-invalid', { policy: { document: '{ no json }' } });
    const names = Array.from({ length: 200 }, (_, index) => `crowd-${index + 1}`);
    const start = performance.now();
    const refused = await put('crowd-0');
    await Promise.all(names.map((name) => put(name, { scanOnPush: true, tags: { team: name } })));
    const read = () =>
      lab.admin.list<RepositoryObject>({
        apiVersion: 'ecr-operator.io/v1alpha1',
        kind: 'Repository',
        namespace: NAMESPACE,
      });
    const isReady = (one: RepositoryObject) => readyOf(one).status === 'True';
    await waitFor(async () => (await read()).filter(({ metadata }) => names.includes(metadata.name)), {
      what: '200 Repositories',
      until: (all) => all.length === 200 && all.every(isReady),
      timeoutMs: 40_000,
      intervalMs: 200,
    });
    const seconds = (performance.now() - start) / 1_000;
    process.stdout.write(`200 Repositories applied and Ready in ${seconds.toFixed(1)} s\n`);
    for (const name of names) {
      expect(lab.held(name).tags.get('team')).toBe(name);
      expect(creations(name)).toHaveLength(1);
    }
    await lab.settled(refused, 'AccessDenied');
    await lab.settled(invalid, 'InvalidDocument');
    broken.remove();
  });
});

test('a call that is never answered holds up no other object, and is given up and repeated', async () => {
  const { metadata } = await lab.settled(await put('not-hanging'));
  expect(metadata.name).toBe('not-hanging');
  expect(hangs.hits()).toBe(1);
  const made = await waitFor(
    () => lab.admin.get<RepositoryObject>(repositoryManifest(NAMESPACE, 'hanging')),
    {
      what: 'the Repository whose call was not answered',
      until: (now) => readyOf(now).status === 'True',
      timeoutMs: 40_000,
    },
  );
  expect(made.status?.arn).toBe(repositoryArn('hanging'));
});
