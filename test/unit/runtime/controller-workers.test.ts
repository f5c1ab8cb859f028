import { describe, expect, test } from '@jest/globals';
import type { Next } from '../../../src/runtime/controller.ts';
import { settled } from '../fake-clock.ts';
import { HOUR, running } from './running-controller.ts';

describe('workers', () => {
  test('work on several keys at once, and never on the same one', async () => {
    const gates = new Map<string, PromiseWithResolvers<Next>>();
    const { controller, passes, enqueue } = running({
      workers: 2,
      reconcile: (key) => {
        const gate = Promise.withResolvers<Next>();
        gates.set(key, gate);
        return gate.promise;
      },
    });
    controller.start();
    for (const key of ['a', 'b', 'c', 'a']) enqueue(key);
    await settled();
    expect(passes.map(([key]) => key)).toEqual(['a', 'b']);
    gates.get('b')?.resolve({});
    await settled();
    expect(passes.map(([key]) => key)).toEqual(['a', 'b', 'c']);
    gates.get('c')?.resolve({});
    await settled();
    expect(passes).toHaveLength(3);
    enqueue('a');
    await settled();
    expect(passes).toHaveLength(3);
    gates.get('a')?.resolve({});
    await settled();
    expect(passes.map(([key]) => key)).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('groups of keys', () => {
  const hung = (): Promise<Next> => new Promise(() => undefined);
  const firstLetter = (key: string): string => key.slice(0, 1);

  test('have workers of their own: one that hangs keeps nobody else waiting', async () => {
    const { controller, passes, enqueue } = running({
      workers: 2,
      groupOf: firstLetter,
      reconcile: (key) => (key.startsWith('slow') ? hung() : Promise.resolve({})),
    });
    for (const key of ['slow1', 'slow2', 'slow3', 'before']) enqueue(key);
    controller.start();
    await settled();
    for (const key of ['slow4', 'before again', 'after']) enqueue(key);
    await settled();
    expect(passes.map(([key]) => key).sort()).toEqual(['after', 'before', 'before again', 'slow1', 'slow2']);
  });

  test('are those of the time at which work begins, when all is read that decides over them', async () => {
    let isRead = false;
    const { controller, passes, enqueue } = running({
      groupOf: (key) => (isRead ? firstLetter(key) : ''),
      reconcile: (key) => (key.startsWith('slow') ? hung() : Promise.resolve({})),
    });
    for (const key of ['slow1', 'slow2', 'quick']) enqueue(key);
    isRead = true;
    controller.start();
    await settled();
    expect(passes.map(([key]) => key).sort()).toEqual(['quick', 'slow1']);
  });

  test('are all waited for at the end', async () => {
    const gates = { a: Promise.withResolvers<Next>(), b: Promise.withResolvers<Next>() };
    const { clock, controller, enqueue } = running({
      groupOf: firstLetter,
      reconcile: (key) => gates[key as 'a' | 'b'].promise,
    });
    controller.start();
    enqueue('a');
    enqueue('b');
    await settled();
    const stopped = controller.stop(10_000);
    gates.a.resolve({});
    expect(await Promise.race([stopped, settled().then(() => 'draining')])).toBe('draining');
    gates.b.resolve({});
    expect(await stopped).toBe(true);
    expect(clock.pending()).toEqual([]);
  });
});

describe('stop', () => {
  test('waits for what is under way, and takes nothing new', async () => {
    const gate = Promise.withResolvers<Next>();
    const { clock, controller, passes, enqueue } = running({ reconcile: () => gate.promise });
    controller.start();
    enqueue('a');
    enqueue('b');
    await settled();
    const stopped = controller.stop(10_000);
    await clock.elapse(9_999);
    enqueue('c');
    gate.resolve({ requeueAfterMs: 5 });
    expect(await stopped).toBe(true);
    await clock.elapse(HOUR);
    expect(passes.map(([key]) => key)).toEqual(['a']);
    expect(clock.pending()).toEqual([]);
  });

  test('gives up after its deadline, and says so', async () => {
    const { clock, controller, enqueue } = running({ reconcile: () => new Promise(() => undefined) });
    controller.start();
    enqueue('a');
    await settled();
    const stopped = controller.stop(10_000);
    await clock.elapse(9_999);
    expect(await Promise.race([stopped, settled().then(() => 'draining')])).toBe('draining');
    await clock.elapse(1);
    expect(await stopped).toBe(false);
  });

  test('drops what waits for its time', async () => {
    const { clock, controller, enqueue, times } = running();
    controller.start();
    enqueue('a', { afterMs: 60_000 });
    expect(await controller.stop(10_000)).toBe(true);
    await clock.elapse(HOUR);
    expect(times('a')).toEqual([]);
  });

  test('of a controller that was never started is done at once', async () => {
    const { controller } = running();
    expect(await controller.stop(10_000)).toBe(true);
  });
});

describe('it is taken for dead', () => {
  const never = (): Promise<Next> => new Promise(() => undefined);

  test('when a pass does not end for two hours, whatever the others do', async () => {
    const { controller, clock, enqueue } = running({
      reconcile: (key) => (key === 'bad' ? never() : Promise.resolve({})),
      workers: 2,
    });
    controller.start();
    enqueue('bad');
    await clock.elapse(2 * HOUR);
    enqueue('good');
    await settled();
    expect(controller.stuck()).toBeUndefined();
    await clock.elapse(60_000);
    expect(controller.stuck()).toBe('bad is worked on for 121 min');
  });

  test('when keys wait and nobody takes them', async () => {
    const { controller, clock, enqueue } = running();
    controller.start();
    // As a worker that has died.
    void controller.queue.get();
    controller.queue.get = never as never;
    enqueue('a');
    enqueue('b');
    await settled();
    enqueue('c');
    enqueue('d');
    expect(controller.stuck()).toBeUndefined();
    await clock.elapse(61_000);
    expect(controller.stuck()).toMatch(/^\d keys wait and nobody takes them$/);
  });

  test('neither before it works nor when there is nothing to do', async () => {
    const { controller, clock, enqueue } = running();
    enqueue('a');
    await clock.elapse(HOUR);
    expect(controller.stuck()).toBeUndefined();
    controller.start();
    await clock.elapse(24 * HOUR);
    enqueue('b');
    expect(controller.stuck()).toBeUndefined();
    await controller.stop(1_000);
    await clock.elapse(24 * HOUR);
    expect(controller.stuck()).toBeUndefined();
  });
});
