import { describe, expect, test } from '@jest/globals';
import { indexByNamespace } from '../../../src/runtime/namespace-index.ts';
import { ObjectStore } from '../../../src/runtime/store.ts';

function stores(count: number): ObjectStore<string>[] {
  return Array.from(
    { length: count },
    () =>
      new ObjectStore<string>((error) => {
        throw error;
      }),
  );
}

describe('an index by namespace', () => {
  test('holds what the caches of several informers hold, as it is now', () => {
    const [a, b] = stores(2);
    if (!a || !b) throw new Error('there are two');
    const objectsIn = indexByNamespace([a, b].map((store) => ({ listen: store.listen.bind(store) })));
    a.set('x/one', 'one', '1');
    b.set('x/two', 'two', '1');
    b.set('y/two', 'elsewhere', '1');
    expect([[...objectsIn('x')], [...objectsIn('y')], [...objectsIn('z')]]).toEqual([
      ['one', 'two'],
      ['elsewhere'],
      [],
    ]);
    a.set('x/one', 'one, changed', '2');
    b.remove('y/two');
    b.remove('x/two');
    expect([[...objectsIn('x')], [...objectsIn('y')]]).toEqual([['one, changed'], []]);
    b.set('y/two', 'back', '3');
    expect([...objectsIn('y')]).toEqual(['back']);
  });

  test('is right already when those are woken that listen after it was made', () => {
    const [store] = stores(1);
    if (!store) throw new Error('there is one');
    const objectsIn = indexByNamespace([{ listen: store.listen.bind(store) }]);
    const seen: string[][] = [];
    store.listen(() => void seen.push([...objectsIn('x')]));
    store.set('x/one', 'one', '1');
    store.remove('x/one');
    expect(seen).toEqual([['one'], []]);
  });
});
