import { describe, expect, test } from '@jest/globals';
import { createRecent } from '../../../src/runtime/recent.ts';

describe('what is remembered', () => {
  const known = (memory: ReturnType<typeof createRecent<number>>) =>
    ['a', 'b', 'c', 'd'].filter((key) => memory.get(key) !== undefined);

  test('is what was set last, of each key', () => {
    const memory = createRecent<number>({ entries: 2 });
    memory.set('a', 1);
    memory.set('a', 2);
    memory.set('b', 3);
    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([2, 3, undefined]);
  });

  test('makes room one by one, first what was not asked for longest', () => {
    const memory = createRecent<number>({ entries: 3 });
    for (const key of ['a', 'b', 'c']) memory.set(key, 0);
    memory.get('a');
    memory.set('d', 0);
    expect(known(memory)).toEqual(['a', 'c', 'd']);
  });

  test('is never larger than it may be, all together', () => {
    const memory = createRecent<number>({ entries: 10, size: 10 });
    for (const key of ['a', 'b', 'c']) memory.set(key, 0, 3);
    memory.set('d', 0, 4);
    expect(known(memory)).toEqual(['b', 'c', 'd']);
    memory.set('a', 0, 10);
    expect(known(memory)).toEqual(['a']);
  });

  test('counts a key that is set again once, by its new size', () => {
    const memory = createRecent<number>({ entries: 10, size: 10 });
    for (const size of [8, 8, 2]) memory.set('a', 0, size);
    memory.set('b', 0, 8);
    expect(known(memory)).toEqual(['a', 'b']);
  });

  test('is not what alone is too large, and nothing goes for it, but for what it was before', () => {
    const memory = createRecent<number>({ entries: 10, size: 10 });
    memory.set('a', 0, 5);
    memory.set('b', 0, 11);
    expect(known(memory)).toEqual(['a']);
    memory.set('a', 0, 11);
    memory.set('b', 0, 10);
    expect(known(memory)).toEqual(['b']);
  });
});
