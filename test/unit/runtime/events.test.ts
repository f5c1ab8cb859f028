import { describe, expect, test } from '@jest/globals';
import { createEventRecorder } from '../../../src/runtime/events.ts';
import { KubeError } from '../../../src/runtime/kube-errors.ts';
import type { KubeObject } from '../../../src/runtime/resource.ts';
import { createFakeClock } from '../fake-clock.ts';
import { fakeKubeClient } from './fake-kube-client.ts';
import { recordedLog } from './recorded-log.ts';
import { THINGS } from './things.ts';

const THING: KubeObject = {
  metadata: { name: 'app', namespace: 'team', uid: 'uid-1', resourceVersion: '7' },
};
const DENIED = { type: 'Warning', reason: 'AccessDenied', message: 'no' } as const;
const TEN_MINUTES = 600_000;

function recorder() {
  const clock = createFakeClock();
  const client = fakeKubeClient();
  const log = recordedLog();
  const events = createEventRecorder({ client, clock, log, component: 'operator', instance: 'pod-1' });
  return { clock, client, log, events };
}

test('an Event says who saw what, when and on which object', async () => {
  const { client, events } = recorder();
  events.record(THINGS, THING, DENIED);
  await events.flush();
  expect(client.applied).toHaveLength(1);
  const [{ kind, body, options } = {}] = client.applied;
  expect(kind).toBe('Event');
  expect(options).toMatchObject({
    namespace: 'team',
    name: body.metadata.name,
    fieldManager: 'operator',
    force: true,
  });
  expect(body).toEqual({
    metadata: { name: expect.stringMatching(/^app\.[0-9a-f]{16}$/), namespace: 'team' },
    involvedObject: {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      name: 'app',
      namespace: 'team',
      uid: 'uid-1',
      resourceVersion: '7',
    },
    type: 'Warning',
    reason: 'AccessDenied',
    message: 'no',
    count: 1,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:00Z',
    source: { component: 'operator' },
    reportingComponent: 'operator',
    reportingInstance: 'pod-1',
  });
});

test('an Event of a cluster-scoped object lives in default, where kubectl describe looks', async () => {
  const { client, events } = recorder();
  events.record(
    { ...THINGS, namespaced: false },
    { metadata: { name: 'r', uid: 'u', resourceVersion: '1' } },
    DENIED,
  );
  await events.flush();
  const [{ body, options } = {}] = client.applied;
  expect(options?.namespace).toBe('default');
  expect(body.metadata.namespace).toBe('default');
  expect(body.involvedObject).not.toHaveProperty('namespace');
});

describe('the same words on the same object', () => {
  test('are sent once in ten minutes, and then as a higher count of the same Event', async () => {
    const { clock, client, events } = recorder();
    for (let count = 0; count < 5; count += 1) events.record(THINGS, THING, DENIED);
    clock.advance(TEN_MINUTES - 1);
    events.record(THINGS, THING, DENIED);
    await events.flush();
    expect(client.applied).toHaveLength(1);
    clock.advance(1);
    events.record(THINGS, THING, DENIED);
    await events.flush();
    expect(client.applied).toHaveLength(2);
    const [first, second] = client.applied;
    expect(second?.body).toMatchObject({
      metadata: first?.body.metadata,
      count: 7,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:10:00Z',
    });
  });

  test.each<[string, KubeObject, object]>([
    ['another reason', THING, { ...DENIED, reason: 'Throttled' }],
    ['another message', THING, { ...DENIED, message: 'not now' }],
    ['another object, be its name the same', { metadata: { ...THING.metadata, uid: 'uid-2' } }, DENIED],
  ])('are not those of %s', async (_what, object, happening) => {
    const { client, events } = recorder();
    events.record(THINGS, THING, DENIED);
    events.record(THINGS, object, happening as typeof DENIED);
    await events.flush();
    expect(new Set(client.applied.map(({ body }) => body.metadata.name)).size).toBe(2);
  });
});

test('only so many series are remembered, the newest ones', async () => {
  const { client, events } = recorder();
  const say = (message: string) => events.record(THINGS, THING, { ...DENIED, message });
  for (let count = 0; count <= 4_096; count += 1) say(String(count));
  await events.flush();
  const sent = client.applied.length;
  say('4096');
  say('1');
  await events.flush();
  expect(client.applied).toHaveLength(sent);
  say('0');
  await events.flush();
  expect(client.applied).toHaveLength(sent + 1);
});

test('names and messages are cut to what Kubernetes takes', async () => {
  const { client, events } = recorder();
  events.record(
    THINGS,
    { metadata: { ...THING.metadata, name: 'n'.repeat(253) } },
    { ...DENIED, message: 'm'.repeat(5_000) },
  );
  await events.flush();
  const [{ body } = {}] = client.applied;
  expect(body.metadata.name.length).toBeLessThanOrEqual(253);
  expect(body.message).toHaveLength(1_024);
});

describe('a failure to write', () => {
  test.each<[string, unknown, number]>([
    ['is logged', new Error('no connection'), 1],
    [
      'is nothing when the namespace is gone',
      new KubeError(404, 'NotFound', 'namespaces "team" not found'),
      0,
    ],
    [
      'is nothing when the namespace goes',
      new KubeError(403, 'Forbidden', 'it is forbidden because it is being terminated'),
      0,
    ],
  ])('%s, and harms nobody', async (_what, error, lines) => {
    const { client, log, events } = recorder();
    client.onApply = () => {
      throw error;
    };
    expect(() => events.record(THINGS, THING, DENIED)).not.toThrow();
    await expect(events.flush()).resolves.toBeUndefined();
    expect(log.lines).toHaveLength(lines);
  });
});

test('flush waits for what is on its way', async () => {
  const { client, events } = recorder();
  const answer = Promise.withResolvers<void>();
  client.onApply = () => answer.promise;
  events.record(THINGS, THING, DENIED);
  let flushed = false;
  const flushing = events.flush().then(() => {
    flushed = true;
  });
  await Promise.resolve();
  expect(flushed).toBe(false);
  answer.resolve();
  await flushing;
  expect(client.applied).toHaveLength(1);
});
