import { describe, expect, test } from '@jest/globals';
import {
  createImageUsage,
  type UsedRepository,
} from '../../../../src/controllers/image-usage/image-usage.ts';
import type { PreviewedImage } from '../../../../src/ecr/ecr-api.ts';
import type { KubeRequest } from '../../../../src/runtime/kube-client.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { fakeKubeClient } from '../../runtime/fake-kube-client.ts';
import { HOST } from '../objects.ts';

const WEB = { accountId: '123456789012', region: 'us-east-1', name: 'web' };
const DIGEST = `sha256:${'0a'.repeat(32)}`;
const OTHER = `sha256:${'0b'.repeat(32)}`;

const spec = (image: string) => ({ containers: [{ name: 'c', image }] });
const template = (image: string) => ({ template: { spec: spec(image) } });

/** A cluster that holds these, by the last part of their path, two objects a page. */
function given(objects: Readonly<Record<string, readonly object[]>>) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const state = { fails: undefined as unknown };
  const client = {
    ...fakeKubeClient(),
    async request<T>(path: string, { query = {} }: KubeRequest = {}): Promise<T> {
      asked.push(`${path}?${query['limit']}&${query['continue'] ?? ''}`);
      if (state.fails) throw state.fails;
      const all = objects[path.slice(path.lastIndexOf('/') + 1)] ?? [];
      const from = Number(query['continue'] ?? 0);
      const more = from + 2 < all.length ? { continue: String(from + 2) } : {};
      const items = all
        .slice(from, from + 2)
        .map((object, index) => ({ metadata: { name: `o${from + index}`, namespace: 'team' }, ...object }));
      return { metadata: more, items } as T;
    },
  };
  const { usersOf } = createImageUsage({ client, clock });
  const usage = {
    usersOf: (of: UsedRepository, images: readonly PreviewedImage[]) => usersOf(of, pagesOf([images])),
  };
  return { clock, asked, state, usage, usersOf };
}

async function* pagesOf<T>(pages: Iterable<T>): AsyncGenerator<T> {
  yield* pages;
}

const image = (...tags: string[]) => ({ digest: DIGEST, tags, action: 'expire' as const });

/** By whom an image with the tag v1 and DIGEST is used. */
async function userOf(objects: Readonly<Record<string, readonly object[]>>, tags = ['v1']) {
  const [use] = await given(objects).usage.usersOf(WEB, [image(...tags)]);
  return use && `${use.image}: ${use.user}`;
}

describe('an image is in use', () => {
  const tagged = `${HOST}/web:v1`;
  test.each<[string, Readonly<Record<string, readonly object[]>>, string]>([
    ['by a Pod', { pods: [{ spec: spec(tagged) }] }, 'v1: Pod team/o0'],
    [
      'by an init container',
      { pods: [{ spec: { initContainers: [{ image: tagged }] } }] },
      'v1: Pod team/o0',
    ],
    [
      'by an ephemeral one',
      { pods: [{ spec: { ephemeralContainers: [{ image: tagged }] } }] },
      'v1: Pod team/o0',
    ],
    [
      'as a volume',
      { pods: [{ spec: { volumes: [{}, { image: { reference: tagged } }] } }] },
      'v1: Pod team/o0',
    ],
    [
      'by a Pod that was given it for a tag that has moved since',
      {
        pods: [
          {
            spec: spec(`${HOST}/web:v2`),
            status: { phase: 'Running', containerStatuses: [{ imageID: `${HOST}/web@${DIGEST}` }] },
          },
        ],
      },
      `${DIGEST}: Pod team/o0`,
    ],
    [
      'by an init container that ran it',
      { pods: [{ status: { initContainerStatuses: [{ imageID: `${HOST}/web@${DIGEST}` }] } }] },
      `${DIGEST}: Pod team/o0`,
    ],
    [
      'by its digest, whatever the tag',
      { pods: [{ spec: spec(`${HOST}/web:v9@${DIGEST}`) }] },
      `${DIGEST}: Pod team/o0`,
    ],
    ['by a Deployment', { deployments: [{ spec: template(tagged) }] }, 'v1: Deployment team/o0'],
    [
      'by a Deployment before its Pods',
      { deployments: [{ spec: template(tagged) }], pods: [{ spec: spec(tagged) }] },
      'v1: Deployment team/o0',
    ],
    ['by a StatefulSet', { statefulsets: [{ spec: template(tagged) }] }, 'v1: StatefulSet team/o0'],
    ['by a DaemonSet', { daemonsets: [{ spec: template(tagged) }] }, 'v1: DaemonSet team/o0'],
    [
      'by a ReplicaSet without Pods, for a rollback',
      { replicasets: [{ spec: { replicas: 0, ...template(tagged) } }] },
      'v1: ReplicaSet team/o0',
    ],
    [
      'by a ReplicationController',
      { replicationcontrollers: [{ spec: template(tagged) }] },
      'v1: ReplicationController team/o0',
    ],
    ['by a Job', { jobs: [{ spec: template(tagged) }] }, 'v1: Job team/o0'],
    [
      'by a CronJob',
      { cronjobs: [{ spec: { jobTemplate: { spec: template(tagged) } } }] },
      'v1: CronJob team/o0',
    ],
    ['on a later page', { pods: [{}, {}, {}, {}, { spec: spec(tagged) }] }, 'v1: Pod team/o4'],
    [
      'by the FIPS host',
      { pods: [{ spec: spec('123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/web:v1') }] },
      'v1: Pod team/o0',
    ],
    [
      'by the dual-stack host',
      { pods: [{ spec: spec('123456789012.dkr-ecr.us-east-1.on.aws/web:v1') }] },
      'v1: Pod team/o0',
    ],
    [
      'by both in one',
      { pods: [{ spec: spec('123456789012.dkr-ecr-fips.us-east-1.on.aws/web:v1') }] },
      'v1: Pod team/o0',
    ],
  ])('%s', async (_, objects, use) => {
    expect(await userOf(objects)).toBe(use);
  });

  test('without a tag as latest', async () => {
    expect(await userOf({ pods: [{ spec: spec(`${HOST}/web`) }] }, ['latest'])).toBe('latest: Pod team/o0');
  });
});

describe('who uses an image', () => {
  const by = (namespace: string, text: string) => ({
    metadata: { name: 'app', namespace },
    spec: spec(text),
  });
  const told = async (pods: readonly object[], namespace?: string) => {
    const of = namespace === undefined ? WEB : { ...WEB, namespace };
    return given({ pods }).usage.usersOf(of, [image('v1', 'v2')]);
  };
  const theirs = by('other', `${HOST}/web:v1`);

  test('is told by name to their own namespace alone', async () => {
    expect(await told([theirs], 'other')).toEqual([{ image: 'v1', user: 'Pod other/app' }]);
    const others = [theirs, by('third', `${HOST}/web:v2`)];
    expect(await told(others, 'team')).toEqual([{ image: 'v1', user: 'somebody in another namespace' }]);
  });

  test('is somebody of the own namespace rather than of another, be it by another tag', async () => {
    expect(await told([theirs, by('team', `${HOST}/web:v1`)], 'team')).toEqual([
      { image: 'v1', user: 'Pod team/app' },
    ]);
    expect(await told([theirs, by('team', `${HOST}/web:v2`)], 'team')).toEqual([
      { image: 'v2', user: 'Pod team/app' },
    ]);
  });

  test('is told by name where no namespace asks', async () => {
    expect(await told([theirs, by('team', `${HOST}/web:v1`)])).toEqual([
      { image: 'v1', user: 'Pod other/app' },
    ]);
  });
});

describe('pages of images', () => {
  const USED = { pods: [{ spec: spec(`${HOST}/web:v1`) }] };

  test('are taken until one holds an image that is used', async () => {
    let taken = 0;
    async function* pages() {
      for (const tag of ['v0', 'v1', 'v2']) {
        taken += 1;
        yield [{ ...image(tag), digest: OTHER }];
      }
    }
    const uses = await given(USED).usersOf(WEB, pages());
    expect([uses, taken]).toEqual([[{ image: 'v1', user: 'Pod team/o0' }], 2]);
  });

  test('of which none is used are looked at once more, all of them, with what is used at the end', async () => {
    const pods: object[] = [];
    const { clock, asked, usersOf } = given({ pods });
    async function* pages() {
      yield [image('v1')];
      clock.advance(50_000);
      pods.push({ spec: spec(`${HOST}/web:v1`) });
      yield [{ ...image('v2'), digest: OTHER }];
    }
    expect(await usersOf(WEB, pages())).toEqual([{ image: 'v1', user: 'Pod team/o0' }]);
    expect(asked).toHaveLength(16);
  });
});

describe('an image is not in use', () => {
  const tagged = `${HOST}/web:v1`;
  test.each<[string, Readonly<Record<string, readonly object[]>>]>([
    ['by nobody', {}],
    ['by a Pod of another tag', { pods: [{ spec: spec(`${HOST}/web:v2`) }] }],
    ['by a Pod of another digest with its tag', { pods: [{ spec: spec(`${tagged}@${OTHER}`) }] }],
    ['by a Pod of another repository', { pods: [{ spec: spec(`${HOST}/team/web:v1`) }] }],
    ['by a Pod of another region', { pods: [{ spec: spec(`${HOST.replace('east', 'west')}/web:v1`) }] }],
    ['by a Pod of another account', { pods: [{ spec: spec(`${HOST.replace('1', '9')}/web:v1`) }] }],
    ['by a Pod of Docker Hub', { pods: [{ spec: spec('web:v1') }] }],
    ['by a Pod that has succeeded', { pods: [{ spec: spec(tagged), status: { phase: 'Succeeded' } }] }],
    ['by a Pod that has failed', { pods: [{ spec: spec(tagged), status: { phase: 'Failed' } }] }],
    [
      'by a Job that is over',
      { jobs: [{ spec: template(tagged), status: { conditions: [{ type: 'Complete', status: 'True' }] } }] },
    ],
    [
      'by a Job that has failed',
      { jobs: [{ spec: template(tagged), status: { conditions: [{ type: 'Failed', status: 'True' }] } }] },
    ],
  ])('%s', async (_, objects) => {
    expect(await userOf(objects)).toBeUndefined();
  });
});

describe('the cluster is read', () => {
  test('in pages, each kind once, for all who ask within five seconds', async () => {
    const { asked, clock, usage } = given({ pods: [{}, {}, {}] });
    await Promise.all([usage.usersOf(WEB, []), usage.usersOf({ ...WEB, name: 'api' }, [])]);
    clock.advance(4_999);
    await usage.usersOf(WEB, [image('v1')]);
    expect(asked).toEqual([
      '/apis/apps/v1/deployments?500&',
      '/apis/apps/v1/statefulsets?500&',
      '/apis/apps/v1/daemonsets?500&',
      '/apis/apps/v1/replicasets?500&',
      '/api/v1/replicationcontrollers?500&',
      '/apis/batch/v1/cronjobs?500&',
      '/apis/batch/v1/jobs?500&',
      '/api/v1/pods?500&',
      '/api/v1/pods?500&2',
    ]);
    clock.advance(1);
    await usage.usersOf(WEB, [image('v1')]);
    expect(asked).toHaveLength(18);
  });

  test('once a minute for an image that was in use', async () => {
    const { asked, clock, usage } = given({ pods: [{ spec: spec(`${HOST}/web:v1`) }] });
    const uses = async () => (await usage.usersOf(WEB, [image('v1')])).length;
    expect(await uses()).toBe(1);
    clock.advance(59_999);
    expect([await uses(), asked.length]).toEqual([1, 8]);
    clock.advance(1);
    expect([await uses(), asked.length]).toEqual([1, 16]);
  });

  test('anew after a failure, which is that of all who asked', async () => {
    const { state, asked, usage } = given({});
    state.fails = new Error('forbidden');
    const both = await Promise.allSettled([usage.usersOf(WEB, []), usage.usersOf(WEB, [])]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toHaveLength(1);
    state.fails = undefined;
    expect(await usage.usersOf(WEB, [])).toEqual([]);
  });
});
