import { describe, expect, test } from '@jest/globals';
import { RetryableError, TerminalError } from '../../../src/runtime/errors.ts';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import { fails, given, WAITING } from './one-thing.ts';
import { FINALIZER } from './things.ts';

const DELETING = { deletionTimestamp: '2026-01-01T00:00:00Z' };

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
