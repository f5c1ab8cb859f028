import { describe, expect, test } from '@jest/globals';
import { createWorkQueue, type WorkQueueOptions } from '../../../src/runtime/work-queue.ts';
import { createFakeClock, settled } from '../fake-clock.ts';

function emptyQueue(options: Pick<WorkQueueOptions, 'groupOf' | 'onGroup'> = {}) {
  const clock = createFakeClock();
  const queue = createWorkQueue({ clock, backoff: { first: 1_000, cap: 8_000, jitter: 0 }, ...options });
  /** All that waits now, in its order. */
  async function all(): Promise<string[]> {
    const keys: string[] = [];
    while (queue.length > 0) keys.push((await queue.get()) as string);
    return keys;
  }
  return { clock, queue, all };
}

test('keys are handed out in the order in which they came', async () => {
  const { queue, all } = emptyQueue();
  for (const key of ['b', 'a', 'c', 'a']) queue.add(key);
  expect(await all()).toEqual(['b', 'a', 'c']);
});

test('a refresh that becomes urgent goes behind what is urgent already', async () => {
  const { queue, all } = emptyQueue();
  queue.add('a', { priority: 'refresh' });
  queue.add('b', { priority: 'refresh' });
  queue.add('c');
  queue.add('b');
  queue.add('c', { priority: 'refresh' });
  expect(await all()).toEqual(['c', 'b', 'a']);
});

test('workers that wait are served in their order', async () => {
  const { queue } = emptyQueue();
  const workers = [queue.get(), queue.get()];
  queue.add('a');
  queue.add('b');
  expect(await Promise.all(workers)).toEqual(['a', 'b']);
});

test('what is added while it is worked on comes again afterwards, as urgent as the most urgent add', async () => {
  const { queue, all } = emptyQueue();
  queue.add('a');
  await queue.get();
  queue.add('a');
  queue.add('a', { priority: 'refresh' });
  queue.add('b');
  queue.add('c', { priority: 'refresh' });
  expect(queue.length).toBe(2);
  queue.done('a');
  expect(await all()).toEqual(['b', 'a', 'c']);
});

describe('back-off', () => {
  test('doubles with each failure up to its cap, and begins anew when it is forgotten', () => {
    const { clock, queue } = emptyQueue();
    const delays: (number | undefined)[] = [];
    for (let failure = 1; failure <= 5; failure += 1) {
      queue.addRateLimited('a');
      delays.push(clock.pending()[0]);
      expect(queue.failures('a')).toBe(failure);
      clock.advance(10_000);
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);
    queue.forget('a');
    expect(queue.failures('a')).toBe(0);
    queue.addRateLimited('a');
    expect(clock.pending()).toEqual([1_000]);
  });

  test('is each key’s own', () => {
    const { clock, queue } = emptyQueue();
    for (let failure = 0; failure < 3; failure += 1) queue.addRateLimited('a');
    clock.advance(10_000);
    queue.addRateLimited('b');
    expect(clock.pending()).toEqual([1_000]);
  });

  test('keeps nobody waiting who is woken by a change', async () => {
    const { queue, all } = emptyQueue();
    queue.addRateLimited('a');
    queue.add('a');
    expect(await all()).toEqual(['a']);
  });
});

test('a delay that is over or no delay at all is none', async () => {
  const { queue, all } = emptyQueue();
  queue.add('a', { afterMs: 0 });
  queue.add('b', { afterMs: -5 });
  expect(await all()).toEqual(['a', 'b']);
});

describe('groups', () => {
  const firstLetter = (key: string): string => key.slice(0, 1);

  test('are lines of their own, each with its urgent keys before', async () => {
    const { queue } = emptyQueue({ groupOf: firstLetter });
    queue.add('a1', { priority: 'refresh' });
    for (const key of ['b1', 'a2', 'b2']) queue.add(key);
    expect(queue.length).toBe(4);
    expect([await queue.get('b'), await queue.get('a'), await queue.get('a')]).toEqual(['b1', 'a2', 'a1']);
    expect(queue.length).toBe(1);
  });

  test('serve only the workers that wait for them', async () => {
    const { queue } = emptyQueue({ groupOf: firstLetter });
    const given: (string | undefined)[] = [];
    for (const group of ['a', 'b']) void queue.get(group).then((key) => given.push(key));
    queue.add('b1');
    await settled();
    expect(given).toEqual(['b1']);
    queue.shutDown();
    await settled();
    expect(given).toEqual(['b1', undefined]);
  });

  test('are told of once, before a worker asks for their first key', async () => {
    const groups: string[] = [];
    const { queue } = emptyQueue({ groupOf: firstLetter, onGroup: (group) => groups.push(group) });
    for (const key of ['a1', 'b1', 'a2']) queue.add(key);
    await queue.get('a');
    expect(groups).toEqual(['a', 'b']);
  });

  test('may change: a key that is added again, or regrouped, waits in the new one alone, as urgently', async () => {
    let group = 'old';
    const { queue } = emptyQueue({ groupOf: () => group });
    queue.add('a');
    queue.add('b', { priority: 'refresh' });
    queue.add('c');
    group = 'new';
    queue.add('a', { priority: 'refresh' });
    queue.regroup();
    expect(queue.length).toBe(3);
    expect([await queue.get('new'), await queue.get('new'), await queue.get('new')]).toEqual(['a', 'c', 'b']);
    expect(queue.length).toBe(0);
  });

  test('do not let a key be worked on twice at once', async () => {
    let group = 'old';
    const { queue } = emptyQueue({ groupOf: () => group });
    queue.add('a');
    await queue.get('old');
    group = 'new';
    queue.add('a');
    expect(queue.length).toBe(0);
    queue.done('a');
    expect(await queue.get('new')).toBe('a');
  });
});
