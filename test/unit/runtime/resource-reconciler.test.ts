import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../src/runtime/errors.ts';
import type { EventRecorder } from '../../../src/runtime/events.ts';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import type { ConditionState, Happening, Outcome } from '../../../src/runtime/outcome.ts';
import type { ObjectMetadata, ResourceType } from '../../../src/runtime/resource.ts';
import {
  type CustomResource,
  type Finalization,
  resourceReconciler,
} from '../../../src/runtime/resource-reconciler.ts';
import type { BaseStatus } from '../../../src/runtime/status.ts';
import { ObjectStore } from '../../../src/runtime/store.ts';
import { createFakeClock } from '../fake-clock.ts';
import { fakeKubeClient } from './fake-kube-client.ts';
import { recordedLog } from './recorded-log.ts';

interface ThingStatus extends BaseStatus {
  readonly uri?: string;
}
type Thing = CustomResource<ThingStatus>;
type Fields = Omit<ThingStatus, keyof BaseStatus>;

const THINGS: ResourceType = {
  group: 'example.com',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  namespaced: true,
};
const FINALIZER = 'example.com/finalizer';
const OURS = { namespace: 'team', name: 'app', fieldManager: 'operator', force: true };
const DELETING = { deletionTimestamp: '2026-01-01T00:00:00Z' };

const condition = (status: 'True' | 'False', reason: string, message: string): ConditionState => ({
  type: 'Exists',
  status,
  reason,
  message,
});
const FINE: Outcome<Fields> = {
  status: { uri: 'example.com/app' },
  conditions: [condition('True', 'Found', 'it is there')],
};
const WAITING: Outcome<Fields> = {
  conditions: [condition('False', 'NotEmpty', 'it holds images')],
  requeueAfterMs: 60_000,
};

interface Given {
  readonly metadata?: Partial<ObjectMetadata>;
  readonly status?: ThingStatus;
  readonly suspend?: boolean;
  readonly reconcile?: () => Promise<Outcome<Fields>>;
  readonly finalize?: () => Promise<Finalization<Fields>>;
}

/** One object in the cache, and everything that a pass over it does. */
function given({ metadata, status, suspend, reconcile, finalize }: Given = {}) {
  const clock = createFakeClock();
  const client = fakeKubeClient();
  const log = recordedLog();
  const store = new ObjectStore<Thing>(() => undefined);
  const steps: string[] = [];
  const told: Happening[] = [];
  const thing: Thing = {
    metadata: {
      name: 'app',
      namespace: 'team',
      uid: 'uid-1',
      resourceVersion: '1',
      generation: 3,
      finalizers: [FINALIZER],
      ...metadata,
    },
    spec: suspend === undefined ? {} : { suspend },
    ...(status ? { status } : {}),
  };
  store.set('team/app', thing, '1');
  client.onApply = ({ options }) => void steps.push(options.subresource ?? 'finalizers');
  const events: EventRecorder = {
    record: (_resource, _object, happening) => void told.push(happening),
    flush: async () => undefined,
  };
  const pass = resourceReconciler<Thing, ThingStatus>({
    resource: THINGS,
    lister: store,
    reconciler: {
      reconcile: async () => {
        steps.push('reconcile');
        return reconcile ? reconcile() : FINE;
      },
      finalize: async () => {
        steps.push('finalize');
        return finalize ? finalize() : 'released';
      },
    },
    dependents: ['Exists'],
    finalizer: FINALIZER,
    fieldManager: 'operator',
    client,
    events,
    clock,
    log,
  });
  return { clock, client, log, store, thing, steps, told, pass: () => pass('team/app') };
}

/** The status that the given outcome has written. */
async function statusAfter(what: Given): Promise<ThingStatus> {
  const { client, pass } = given(what);
  await pass();
  return client.applied.find(({ options }) => options.subresource === 'status')?.body.status;
}

async function fails(error: unknown): Promise<never> {
  throw error;
}

describe('the finalizer', () => {
  test('is there before anything else is done, and cannot make a deleted object anew', async () => {
    const { client, steps, pass } = given({ metadata: { finalizers: ['other'] } });
    await pass();
    expect(steps).toEqual(['finalizers', 'reconcile', 'status']);
    expect(client.applied[0]).toEqual({
      kind: 'Thing',
      body: { metadata: { name: 'app', namespace: 'team', uid: 'uid-1', finalizers: [FINALIZER] } },
      options: OURS,
    });
  });

  test('is not written again', async () => {
    const { steps, pass } = given();
    await pass();
    expect(steps).toEqual(['reconcile', 'status']);
  });

  test('that cannot be written lets nothing be done', async () => {
    const { client, steps, pass } = given({ metadata: { finalizers: [] } });
    client.onApply = () => fails(new KubeError(403, 'Forbidden', 'no'));
    await expect(pass()).rejects.toThrow('no');
    expect(steps).toEqual([]);
  });
});

describe('the status', () => {
  test('is written last, once, with the uid', async () => {
    const { client, steps, pass } = given();
    expect(await pass()).toEqual({});
    expect(steps).toEqual(['reconcile', 'status']);
    expect(client.applied).toEqual([
      {
        kind: 'Thing',
        options: { ...OURS, subresource: 'status' },
        body: {
          metadata: { name: 'app', namespace: 'team', uid: 'uid-1' },
          status: {
            uri: 'example.com/app',
            observedGeneration: 3,
            conditions: ['Ready', 'Exists'].map((type) => ({
              type,
              status: 'True',
              reason: type === 'Ready' ? 'Ready' : 'Found',
              message: 'it is there',
              observedGeneration: 3,
              lastTransitionTime: '2026-01-01T00:00:00Z',
            })),
          },
        },
      },
    ]);
  });

  test.each<[string, () => Promise<Outcome<Fields>>]>([
    ['well', async () => FINE],
    ['waiting', async () => WAITING],
    ['failing', () => fails(new RetryableError('Throttled', 'too fast', { occurrence: 'request id 1' }))],
    ['failing for good', () => fails(new TerminalError('InvalidSpec', 'no such key'))],
  ])('is not written again while it goes on %s', async (_how, reconcile) => {
    const { steps, pass } = given({ status: await statusAfter({ reconcile }), reconcile });
    await pass();
    expect(steps).toEqual(['reconcile']);
  });

  test('that cannot be written is a failure of the pass', async () => {
    const { client, told, pass } = given();
    client.onApply = () => fails(new KubeError(500, 'InternalError', 'oh'));
    await expect(pass()).rejects.toThrow('oh');
    expect(told).toEqual([]);
  });
});

describe('what comes next', () => {
  test.each<[string, () => Promise<Outcome<Fields>>, object]>([
    ['nothing after an outcome that asks for nothing', async () => FINE, {}],
    ['another look after one that asks for it', async () => WAITING, { requeueAfterMs: 60_000 }],
    ['a retry by back-off after a failure', () => fails(new Error('oh')), { retry: { kind: 'backoff' } }],
    [
      'a look much later after a terminal failure',
      () => fails(new TerminalError('InvalidSpec', 'no')),
      { retry: { kind: 'after', ms: expect.any(Number) } },
    ],
  ])('is %s', async (_what, reconcile, next) => {
    expect(await given({ reconcile }).pass()).toEqual(next);
  });

  test('a failure is logged with its object', async () => {
    const { log, pass } = given({ reconcile: () => fails(new Error('oh')) });
    await pass();
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'reconcile failed',
        fields: { kind: 'Thing', object: 'app', namespace: 'team', error: 'oh' },
      },
    ]);
  });
});

describe('Events', () => {
  const failing = () => fails(new RetryableError('Throttled', 'too fast'));
  const ready = { type: 'Normal', reason: 'Ready', message: 'it is there' };
  const throttled = { type: 'Warning', reason: 'Throttled', message: 'too fast' };

  test.each<[string, Given, Given['reconcile'], object[]]>([
    ['tell that it became ready', { reconcile: failing }, undefined, [ready]],
    ['say nothing while it stays ready', {}, undefined, []],
    ['tell of a failure, with the words of the condition', {}, failing, [throttled]],
    ['say nothing while the same reason lasts, whatever its words', { reconcile: failing }, failing, []],
    [
      'do not tell that nothing is known yet',
      {},
      async () => ({ conditions: [{ ...condition('True', 'Asking', ''), status: 'Unknown' }] }),
      [],
    ],
    [
      'tell what the kind has to tell',
      {},
      async () => ({ ...FINE, happenings: [{ type: 'Normal', reason: 'Created', message: 'made it' }] }),
      [{ type: 'Normal', reason: 'Created', message: 'made it' }],
    ],
  ])('%s', async (_what, before, reconcile, expected) => {
    const { told, pass } = given({
      status: await statusAfter(before),
      ...(reconcile ? { reconcile } : {}),
    });
    await pass();
    expect(told).toEqual(expected);
  });
});

describe('an object that is being deleted', () => {
  test('is released by withdrawing our finalizer, and only ours', async () => {
    const { client, steps, pass } = given({ metadata: { ...DELETING, finalizers: ['other', FINALIZER] } });
    expect(await pass()).toEqual({});
    expect(steps).toEqual(['finalize']);
    expect(client.patched).toEqual([
      [
        { op: 'test', path: '/metadata/resourceVersion', value: expect.any(String) },
        { op: 'remove', path: '/metadata/finalizers/1' },
      ],
    ]);
  });

  test('is left alone when our finalizer is gone already', async () => {
    const { steps, pass } = given({ metadata: { ...DELETING, finalizers: ['other'] } });
    expect(await pass()).toEqual({});
    expect(steps).toEqual([]);
  });

  test('keeps the finalizer while it has to wait, and says for what', async () => {
    const { client, steps, pass } = given({ metadata: DELETING, finalize: async () => WAITING });
    expect(await pass()).toEqual({ requeueAfterMs: 60_000 });
    expect(steps).toEqual(['finalize', 'status']);
    expect(client.applied[0]?.body.status.conditions[0]).toMatchObject({
      type: 'Ready',
      status: 'False',
      reason: 'NotEmpty',
    });
  });

  test.each<[string, unknown, object]>([
    ['a failure', new RetryableError('Throttled', 'too fast'), { retry: { kind: 'backoff' } }],
    [
      'a terminal failure',
      new TerminalError('NotEmpty', 'it holds images'),
      { retry: { kind: 'after', ms: expect.any(Number) } },
    ],
  ])('keeps the finalizer after %s, and says why', async (_what, error, next) => {
    const { steps, told, pass } = given({ metadata: DELETING, finalize: () => fails(error) });
    expect(await pass()).toEqual(next);
    expect(steps).toEqual(['finalize', 'status']);
    expect(told).toHaveLength(1);
  });

  test('is finalized even while it is suspended', async () => {
    const { steps, pass } = given({ metadata: DELETING, suspend: true });
    await pass();
    expect(steps).toEqual(['finalize']);
  });
});

test('a suspended object is left as it is, and says so', async () => {
  const { client, steps, pass } = given({ suspend: true, metadata: { finalizers: [] } });
  expect(await pass()).toEqual({});
  expect(steps).toHaveLength(1);
  expect(client.applied.map(({ body }) => body)).toMatchObject([
    {
      status: {
        conditions: [
          { type: 'Ready', status: 'Unknown' },
          { type: 'Suspended', status: 'True' },
        ],
      },
    },
  ]);
});

test('an object that is gone needs nothing', async () => {
  const { store, steps, pass } = given();
  store.remove('team/app');
  expect(await pass()).toEqual({});
  expect(steps).toEqual([]);
});

describe('an object that is not any more what the cache says', () => {
  test.each([
    ['gone', new KubeError(404, 'NotFound', 'things "app" not found')],
    ['gone, when it is applied', new KubeError(409, 'Conflict', 'uid mismatch')],
    ['replaced under its name', new KubeError(422, 'Invalid', 'metadata.uid: Invalid value: "1"')],
  ])('because it is %s is looked at again, without a word', async (_why, error) => {
    const { client, log, pass } = given();
    client.onApply = () => fails(error);
    expect(await pass()).toEqual({ retry: { kind: 'backoff' } });
    expect(log.lines).toEqual([]);
  });
});

describe('a status that the cache has not seen yet', () => {
  test('counts as there, until the cache is as new', async () => {
    const { client, clock, store, steps, pass } = given();
    client.version = '10';
    await pass();
    clock.advance(60_000);
    await pass();
    expect(steps).toEqual(['reconcile', 'status', 'reconcile']);
    const thing = store.get('team/app') as Thing;
    store.set('team/app', { ...thing, metadata: { ...thing.metadata, resourceVersion: '11' } }, '11');
    await pass();
    expect(steps).toEqual(['reconcile', 'status', 'reconcile', 'reconcile', 'status']);
  });

  test('of another object under the same name counts for nothing', async () => {
    const { client, store, steps, pass } = given();
    client.version = '10';
    await pass();
    const thing = store.get('team/app') as Thing;
    store.set('team/app', { ...thing, metadata: { ...thing.metadata, uid: 'uid-2' } }, '2');
    await pass();
    expect(steps).toEqual(['reconcile', 'status', 'reconcile', 'status']);
  });
});
