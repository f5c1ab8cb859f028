import { describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../../src/api/registry.generated.ts';
import type { Repository, RepositoryStatus } from '../../../../src/api/repository.generated.ts';
import { IMAGE_FIELDS } from '../../../../src/controllers/images/image-fields.ts';
import { imagesReconciler } from '../../../../src/controllers/images/reconcile.ts';
import { registryAccess } from '../../../../src/controllers/registry-access.ts';
import type { Connections } from '../../../../src/ecr/connection.ts';
import type { EcrApi, LiveImage } from '../../../../src/ecr/ecr-api.ts';
import { RetryableError, TerminalError } from '../../../../src/runtime/errors.ts';
import type { KubeClient, KubeRequest } from '../../../../src/runtime/kube-client.ts';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import type { Happening } from '../../../../src/runtime/outcome.ts';
import type { ObjectStore } from '../../../../src/runtime/store.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { fakeKubeClient } from '../../runtime/fake-kube-client.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import { HOUR, NOW, namespace, registry, worldOf } from '../objects.ts';
import { complete, image, SCANS, there } from './image-objects.ts';

const KEY = 'team/web';
const PATH = '/apis/ecr-operator.io/v1alpha1/namespaces/team/repositories?metadata.name=web';
const TOLD = { imageCount: 0, sizeBytes: 0, images: [] };

/** A Repository, the images of its ECR repository, and all that looks at them bring about. */
function given(first: Repository | null = there(), spec: Partial<RegistrySpec> = {}) {
  const clock = createFakeClock(NOW);
  const client = fakeKubeClient();
  /** What the API server holds: what is applied is at once there. */
  let held = first ?? undefined;
  client.onApply = ({ body }) => {
    if (held) held = { ...held, status: { ...withoutImages(held.status), ...body.status } };
  };
  const hold = (object: Repository | undefined): void => {
    held = object;
  };
  const reading: KubeClient = {
    ...client,
    request: async <T>(path: string, { query }: KubeRequest = {}) => {
      const asked = `${path}?${query?.['fieldSelector']}`;
      if (asked !== PATH) throw new Error(`not expected: ${asked}`);
      return { items: held ? [held] : [] } as T;
    },
  };
  const log = recordedLog();
  const told: Happening[] = [];
  const state = {
    images: [] as readonly LiveImage[],
    asked: 0,
    scans: 0,
    fails: undefined as unknown,
    scanFails: undefined as unknown,
  };
  const world = worldOf({
    repositories: first ? [first] : [],
    registries: [registry('default', spec)],
    namespaces: [namespace()],
  });
  const ecr: Partial<EcrApi> = {
    async *describeImages() {
      state.asked += 1;
      if (state.fails) throw state.fails;
      yield state.images;
    },
    describeScan: async () => {
      state.scans += 1;
      return complete();
    },
  };
  const lanes: string[] = [];
  const connection = {
    lane: (name: string) => {
      lanes.push(name);
      return ecr;
    },
    verify: async () => undefined,
  };
  const connections = { to: () => connection } as unknown as Connections;
  const reconcile = imagesReconciler({
    repositories: world.repositories,
    access: registryAccess({ ...world, connections }),
    hasLifecycle: () => false,
    scanningOf: async () => {
      if (state.scanFails) throw state.scanFails;
      return state.images.length > 0 ? SCANS : undefined;
    },
    client: { ...reading, apply: client.apply },
    events: {
      record: (_kind, _object, happening) => void told.push(happening),
      flush: async () => undefined,
    },
    clock,
    log,
    random: () => 0.5,
  });
  /** Somebody changes the Repository; the cache knows at once. */
  const put = (object: Repository): void => {
    hold(object);
    const store = world.repositories as unknown as Pick<ObjectStore<Repository>, 'set'>;
    store.set(KEY, object, 'changed');
  };
  const applied = (): RepositoryStatus[] => client.applied.map(({ body }) => body.status);
  return { clock, client, log, told, state, lanes, put, hold, applied, look: () => reconcile(KEY) };
}

function withoutImages(status: RepositoryStatus = {}): RepositoryStatus {
  const others = Object.entries(status).filter(([name]) => !IMAGE_FIELDS.some((field) => field === name));
  return Object.fromEntries(others);
}

const asking = (value: string) => ({ annotations: { 'ecr-operator.io/images-requested-at': value } });

test('images of a namespace that has lost its rights are not looked at, whatever its status says', async () => {
  const { look, state, applied, told } = given(there(), { tenancy: { rules: [{ allow: ['Pull'] }] } });
  await look();
  expect([state.asked, applied(), told]).toEqual([0, [], []]);
});

describe('a look at the images', () => {
  test('is written as an owner of its own, with the uid, in the lane of images', async () => {
    const { client, lanes, look } = given();
    expect(await look()).toEqual({});
    expect(lanes).toEqual(['images']);
    expect(client.applied).toEqual([
      {
        kind: 'Repository',
        body: { metadata: { name: 'web', namespace: 'team', uid: 'uid-of-web' }, status: TOLD },
        options: {
          name: 'web',
          namespace: 'team',
          subresource: 'status',
          fieldManager: 'ecr-operator-images',
          force: true,
        },
      },
    ]);
  });

  test('is not written where it tells nothing new', async () => {
    const { applied, look } = given();
    await look();
    await look();
    expect(applied()).toEqual([TOLD]);
  });

  test('is written again where somebody else has changed it since', async () => {
    const { applied, put, look } = given();
    await look();
    put(there({ ...TOLD, imageCount: 5 }));
    await look();
    expect(applied()).toEqual([TOLD, TOLD]);
  });

  test('is written where something has changed since', async () => {
    const { applied, state, look } = given(there(TOLD));
    state.images = [image('a')];
    await look();
    state.images = [];
    await look();
    expect(applied().map(({ imageCount }) => imageCount)).toEqual([1, 0]);
  });

  test('is not taken where the Repository is gone by now, or another has its name', async () => {
    const { state, hold, look } = given();
    for (const held of [undefined, there({}, { uid: 'another' })]) {
      hold(held);
      expect(await look()).toEqual({});
    }
    expect(state.asked).toBe(0);
  });

  test.each<[string, Repository | null, Partial<RegistrySpec>]>([
    ['the Repository is gone', null, {}],
    ['it is suspended', there({}, {}, { suspend: true }), {}],
    ['its Registry is suspended', there(), { suspend: true }],
    ['its Registry is only pulled from', there(), { access: 'PullOnly' }],
    ['it has no Registry', there({}, {}, { registryRef: { name: 'other' } }), {}],
  ])('is not taken where %s', async (_, object, spec) => {
    const { state, told, applied, look } = given(object, spec);
    expect(await look()).toEqual({});
    expect([state.asked, told, applied()]).toEqual([0, [], []]);
  });

  test.each([
    ['gone', new KubeError(409, 'Conflict', 'uid mismatch')],
    ['another', new KubeError(422, 'Invalid', 'metadata.uid: Invalid value: "1"')],
  ])('of a Repository that is %s by now is not told', async (_, error) => {
    const { client, log, told, look } = given();
    client.onApply = () => {
      throw error;
    };
    expect(await look()).toEqual({ retry: { kind: 'backoff' } });
    expect([log.lines, told]).toEqual([[], []]);
  });
});

describe('a failure', () => {
  const denied = new RetryableError('AccessDenied', 'ecr:DescribeImages on web: no', { occurrence: 'id 1' });
  const told = { type: 'Warning', reason: 'ImagesNotRead', message: 'ecr:DescribeImages on web: no' };

  test('is tried again by back-off, logged each time and told once', async () => {
    const { state, log, told: events, applied, look } = given();
    state.fails = denied;
    expect([await look(), await look()]).toEqual([1, 2].map(() => ({ retry: { kind: 'backoff' } })));
    expect(events).toEqual([told]);
    expect([log.messages(), applied()]).toEqual([['images not read', 'images not read'], []]);
  });

  test('is told again after all was well', async () => {
    const { state, told: events, look } = given();
    for (const fails of [denied, undefined, denied]) {
      state.fails = fails;
      await look();
    }
    expect(events).toEqual([told, told]);
  });

  test('that is terminal comes back in its own time', async () => {
    const { state, look } = given();
    state.fails = new TerminalError('InvalidParameter', 'no', { recheckAfterMs: 1_000 });
    expect(await look()).toEqual({ retry: { kind: 'after', ms: 1_000 } });
  });

  test.each(['Throttled', 'AWSUnavailable', 'AWSUnreachable', 'RepositoryNotVisible'])(
    'that passes by itself is not told: %s',
    async (reason) => {
      const { state, told: events, log, look } = given();
      state.fails = new RetryableError(reason, 'oh');
      expect(await look()).toEqual({ retry: { kind: 'backoff' } });
      expect([events, log.lines.length]).toEqual([[], 1]);
    },
  );

  test('of a part is told, what was read is written, and the rest waits for the next look', async () => {
    const { state, told: events, applied, look } = given(there({ scanning: { frequency: 'MANUAL' } }));
    state.scanFails = denied;
    expect(await look()).toEqual({});
    expect(events).toEqual([told]);
    expect(applied()).toEqual([{ ...TOLD, scanning: { frequency: 'MANUAL' } }]);
  });
});

describe('scans that were complete are asked about again', () => {
  /** Looks once, and shows the cache what was written. */
  async function looked(first = there()) {
    const all = given(first);
    all.state.images = [image('a')];
    await all.look();
    return all;
  }

  test('also of old images at the first look of all', async () => {
    const { state, look } = given();
    state.images = [image('a', {}, 48 * HOUR)];
    await look();
    expect(state.scans).toBe(1);
  });

  test('not at the next look', async () => {
    const { clock, state, look } = await looked();
    clock.advance(HOUR);
    await look();
    expect([state.asked, state.scans]).toEqual([2, 1]);
  });

  test('once a day, the first time at random', async () => {
    const { clock, state, look } = await looked();
    const scans: number[] = [];
    for (let hour = 1; hour <= 40; hour += 1) {
      clock.advance(HOUR);
      await look();
      if (state.scans > scans.length + 1) scans.push(hour);
    }
    expect(scans).toEqual([12, 36]);
  });

  test('when somebody asks, also as the first after a restart', async () => {
    const { applied, put, state, look } = await looked();
    put(there(applied()[0], asking('1')));
    await look();
    await look();
    expect(state.scans).toBe(2);
    const restarted = given(there(applied()[0], asking('1')));
    restarted.state.images = state.images;
    await restarted.look();
    expect(restarted.state.scans).toBe(1);
  });
});
