import { describe, expect, test } from '@jest/globals';
import type { Informer } from '../../../src/runtime/informer.ts';
import { NAMESPACES } from '../../../src/runtime/resource.ts';
import { createTrigger, mappedWatchSource, watchSource } from '../../../src/runtime/sources.ts';
import { ObjectStore } from '../../../src/runtime/store.ts';
import type { AddOptions } from '../../../src/runtime/work-queue.ts';

const never = new AbortController().signal;

function storeAndInformer() {
  const store = new ObjectStore<string>(() => undefined);
  const informer: Informer<string> = {
    lister: store,
    resource: NAMESPACES,
    ready: Promise.resolve(),
    listen: (listener) => store.listen(listener),
    run: async () => undefined,
  };
  const woken: [key: string, options?: AddOptions][] = [];
  const enqueue = (key: string, options?: AddOptions): void =>
    void woken.push(options ? [key, options] : [key]);
  return { store, informer, woken, enqueue };
}

describe('a watch', () => {
  test('wakes the key of each object that comes, changes or goes', () => {
    const { store, informer, woken, enqueue } = storeAndInformer();
    watchSource(informer)(enqueue, never);
    store.set('a', 'one', '1');
    store.set('a', 'two', '2');
    store.remove('a');
    expect(woken).toEqual([['a'], ['a'], ['a']]);
  });

  test('wakes nobody for what its predicate does not let through', () => {
    const { store, informer, woken, enqueue } = storeAndInformer();
    watchSource(informer, (now, before) => now !== undefined && before !== undefined)(enqueue, never);
    store.set('a', 'one', '1');
    store.set('a', 'two', '2');
    store.remove('a');
    expect(woken).toEqual([['a']]);
  });

  test('that is mapped wakes the keys that it is told, in the way it is told', () => {
    const { store, informer, woken, enqueue } = storeAndInformer();
    const both = (_key: string, now?: string, before?: string) =>
      [now, before].filter((key) => key !== undefined);
    mappedWatchSource(informer, both, { priority: 'refresh' })(enqueue, never);
    store.set('a', 'one', '1');
    store.set('a', 'two', '2');
    expect(woken).toEqual([
      ['one', { priority: 'refresh' }],
      ['two', { priority: 'refresh' }],
      ['one', { priority: 'refresh' }],
    ]);
  });
});

test('a trigger wakes whoever is connected, and nobody before', () => {
  const { woken, enqueue } = storeAndInformer();
  const trigger = createTrigger();
  trigger.fire('early');
  trigger.source(enqueue, never);
  trigger.source(enqueue, never);
  trigger.fire('a', { afterMs: 5 });
  expect(woken).toEqual([
    ['a', { afterMs: 5 }],
    ['a', { afterMs: 5 }],
  ]);
});
