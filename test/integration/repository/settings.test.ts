import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ACCOUNT, REGION } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { EVERYTHING, LIFECYCLE, lifecycleKeeping, POLICY, policyFor } from './documents.ts';
import {
  callsOn,
  conditionOf,
  type EcrLab,
  OWNER_TAG,
  type RepositoryObject,
  type RepositorySettings,
  repositoryArn,
  repositoryManifest,
  startEcrLab,
} from './ecr-lab.ts';

const NAMESPACE = 'settings';
/** What is asked beside: the whole registry once for all its Repositories, and images by and by. */
const BESIDE = new Set([
  'ecr:DescribeRepositories *',
  'ecr:DescribeImages',
  'ecr:GetLifecyclePolicy',
  'ecr:BatchGetRepositoryScanningConfiguration',
]);

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
  lab.settled(await lab.repository(NAMESPACE, name, settings));

const held = (name: string) => lab.held(name);

const rules = (text = '') => JSON.parse(text).rules as readonly { readonly rulePriority: number }[];

describe('a Repository', () => {
  test('is made with every setting in at most five calls, the one that asks who we are included', async () => {
    lab.aws.actions.clear();
    // A Registry that no connection is open for, and that shares its identity with no other.
    await lab.registry('fresh', {
      endpoint: { ecr: `${lab.aws.endpoint}/`, sts: `${lab.aws.endpoint}/` },
      tenancy: { rules: [{ allow: ['Create', 'Share'] }] },
    });
    await ready('every-setting', {
      ...EVERYTHING,
      registryRef: { name: 'fresh' },
      name: 'team/every-setting',
    });
    const all = lab.aws.actions
      .all()
      .map(({ action, resource }) => [action, `${action} ${resource.slice(-1)}`]);
    const calls = all.filter((names) => !names.some((name) => BESIDE.has(name))).map(([action]) => action);
    expect(calls.sort()).toEqual([
      'ecr:CreateRepository',
      'ecr:DescribeRepositories',
      'ecr:PutLifecyclePolicy',
      'ecr:SetRepositoryPolicy',
      'sts:GetCallerIdentity',
    ]);

    const made = held('team/every-setting');
    expect(made).toMatchObject({
      mutability: 'IMMUTABLE_WITH_EXCLUSION',
      exclusionFilters: [
        { filterType: 'WILDCARD', filter: 'dev-*' },
        { filterType: 'WILDCARD', filter: 'latest' },
      ],
      scanOnPush: true,
      encryption: { encryptionType: 'KMS', kmsKey: expect.stringMatching(/:key\//) },
    });
    expect(Object.fromEntries(made.tags)).toEqual({
      team: 'payments',
      stage: 'prod',
      [OWNER_TAG]: `${lab.cluster}/${NAMESPACE}/every-setting`,
    });
    expect(rules(made.lifecycle?.text).map(({ rulePriority }) => rulePriority)).toEqual([10, 20]);
    expect(JSON.parse(made.policyText ?? '').Statement).toHaveLength(1);
  });

  test('says in its status where it is and what it holds', async () => {
    const name = 'with-status';
    const object = await ready(name, { registryRef: { name: 'open' }, tags: { team: 'a' } });
    expect(object.metadata.finalizers).toEqual(['ecr-operator.io/finalizer']);
    expect(object.status).toMatchObject({
      observedGeneration: 1,
      arn: repositoryArn(name),
      uri: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}`,
      registryId: ACCOUNT,
      createdAt: held(name).createdAt.toISOString().replace(/\.\d+/, ''),
      managedTagKeys: [OWNER_TAG, 'team'],
    });
    expect(object.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'Ready=True',
      'Synced=True',
    ]);
    expect((await lab.event(object, 'Created')).message).toBe(`made ECR repository ${name}`);
    expect((await lab.event(object, 'Ready')).type).toBe('Normal');
    for (const digit of '123') lab.ecr.addImage(name, { digest: `sha256:${digit.repeat(64)}` });
    await lab.admin.patch(object, {
      metadata: { annotations: { 'ecr-operator.io/images-requested-at': 'now' } },
    });
    await lab.looked(object, 3);
    const columns = await lab.kubectl('get', 'ecrrepo', name, '-n', NAMESPACE);
    expect(columns.split('\n')[0]?.split(/\s+/)).toEqual([
      'NAME',
      'READY',
      'URI',
      'MUTABILITY',
      'SCAN',
      'IMAGES',
      'WORST',
      'AGE',
    ]);
    expect(columns).toMatch(new RegExp(`${name} +True +\\S+/${name} +3 `));
  });

  test('answers kubectl wait', async () => {
    await lab.admin.create(repositoryManifest(NAMESPACE, 'waited-for'));
    const words = await lab.kubectl(
      ...['wait', '--for=condition=Ready', 'ecrrepo/waited-for', '-n', NAMESPACE, '--timeout=50s'],
    );
    expect(words).toContain('condition met');
  });

  test('that needs nothing gets nothing written, to AWS or to Kubernetes', async () => {
    const object = await lab.looked(await ready('quiet', EVERYTHING));
    await lab.event(object, 'Ready');
    const before = await lab.events(object);
    // ECR gives both documents back in another form than they were written in.
    expect(held('quiet').policyText).not.toBe(POLICY);
    expect(held('quiet').lifecycle?.text).not.toBe(LIFECYCLE);
    await lab.pass(NAMESPACE, 'quiet');
    lab.aws.actions.clear();
    lab.proxy.forget();
    await lab.pass(NAMESPACE, 'quiet');
    // The API server takes an apply of what is there for no change, so the resourceVersion alone says too little.
    expect(lab.proxy.mutations({ path: /\/quiet/ })).toEqual([]);
    expect(lab.aws.actions.writes()).toEqual([]);
    expect(await lab.admin.get(object)).toEqual(object);
    expect(await lab.events(object)).toEqual(before);
  });

  test.each<[string, RepositorySettings, (now: ReturnType<typeof held>) => unknown, unknown]>([
    ['tagMutability', { tagMutability: 'MUTABLE' }, (now) => now.mutability, 'MUTABLE'],
    ['scanOnPush', { scanOnPush: false }, (now) => now.scanOnPush, false],
    ['a tag', { tags: { team: 'search', stage: 'prod' } }, (now) => now.tags.get('team'), 'search'],
    [
      'lifecycle',
      { lifecycle: { document: lifecycleKeeping(7) } },
      (now) => now.lifecycle?.text,
      lifecycleKeeping(7),
    ],
    [
      'policy',
      { policy: { document: policyFor('333333333333') } },
      (now) => now.policyText?.includes('333333333333'),
      true,
    ],
  ])('follows a change of %s', async (what, change, read, wanted) => {
    const name = `changed-${what.replaceAll(/\W/g, '-').toLowerCase()}`;
    const first = await ready(name, EVERYTHING);
    const { tagMutabilityExclusionFilters: filters, ...rest } = EVERYTHING;
    const second = {
      ...rest,
      ...('tagMutability' in change ? {} : { tagMutabilityExclusionFilters: filters }),
    };
    const changed = await ready(name, { ...second, ...change });
    expect(changed.status?.observedGeneration).toBe(2);
    expect(read(held(name))).toEqual(wanted);
    await lab.event(first, 'Updated');
    expect(callsOn(lab, name).filter((call) => /:(Put|Set|Tag|Untag|Create)/.test(call))).toHaveLength(4);
  });
});

describe('tags', () => {
  test('that we put go when they are not declared any more; others stay', async () => {
    const object = await ready('tags', { tags: { ours: '1', kept: '1' } });
    held('tags').tags.set('cost-centre', '42');
    held('tags').tags.set('aws:cloudformation:stack-name', 'images');
    const after = await ready('tags', { tags: { kept: '2' } });
    expect(Object.fromEntries(held('tags').tags)).toEqual({
      kept: '2',
      'cost-centre': '42',
      'aws:cloudformation:stack-name': 'images',
      [OWNER_TAG]: `${lab.cluster}/${NAMESPACE}/tags`,
    });
    expect(after.status?.managedTagKeys).toEqual([OWNER_TAG, 'kept']);
    await lab.event(object, 'Updated', /took away tags: ours/);
  });

  test('that somebody else put under a key of ours are not taken for ours', async () => {
    await ready('their-tag', { tags: { ours: '1' } });
    held('their-tag').tags.set('theirs', '1');
    await ready('their-tag', {});
    expect([...held('their-tag').tags.keys()].sort()).toEqual([OWNER_TAG, 'theirs']);
  });
});

test('a suspended Repository is left as it is until it is not any more', async () => {
  const object = await ready('paused', { scanOnPush: true });
  const paused = await lab.repository(NAMESPACE, 'paused', { scanOnPush: true, suspend: true });
  await waitFor(() => lab.admin.get<RepositoryObject>(paused), {
    what: 'it to say that it is suspended',
    until: (now) => conditionOf(now, 'Suspended')?.observedGeneration === paused.metadata.generation,
  });
  held('paused').scanOnPush = false;
  const other = await ready('not-paused');
  await lab.pass(NAMESPACE, 'not-paused');
  expect(held('paused').scanOnPush).toBe(false);
  expect((await lab.admin.get(other))?.metadata.uid).toBeDefined();
  await ready('paused', { scanOnPush: true, suspend: false });
  await waitFor(() => held('paused').scanOnPush, { what: 'the setting to be mended' });
  expect(conditionOf(await lab.settled(object), 'Suspended')).toBeUndefined();
});
