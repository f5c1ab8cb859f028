import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../src/runtime/errors.ts';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import type { Outcome } from '../../../src/runtime/outcome.ts';
import {
  condition,
  FINE,
  type Fields,
  fails,
  type Given,
  given,
  OURS,
  statusAfter,
  type Thing,
  WAITING,
} from './one-thing.ts';
import { FINALIZER } from './things.ts';

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
