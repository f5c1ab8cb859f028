import { describe, expect, test } from '@jest/globals';
import { createWorkQueue } from '../../../src/runtime/work-queue.ts';
import { createFakeClock } from '../fake-clock.ts';

function emptyQueue() {
  const clock = createFakeClock();
  const queue = createWorkQueue({ clock, backoff: { first: 1_000, cap: 8_000, jitter: 0 } });
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
