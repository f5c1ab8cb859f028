import { describe, expect, test } from '@jest/globals';
import { ObjectStore } from '../../../src/runtime/store.ts';

type Told = [key: string, now: string | undefined, before: string | undefined];

function storeWith(objects: Readonly<Record<string, readonly [value: string, version: string]>>) {
  const errors: unknown[] = [];
  const store = new ObjectStore<string>((error) => errors.push(error));
  for (const [key, [value, version]] of Object.entries(objects)) store.set(key, value, version);
  const told: Told[] = [];
  store.listen((...change) => told.push(change));
  told.length = 0;
  return { store, told, errors };
}

const all = (objects: Readonly<Record<string, readonly [value: string, version: string]>>) =>
  new Map(Object.entries(objects).map(([key, [value, version]]) => [key, { value, version }]));

describe('set', () => {
  test('tells of a new object', () => {
    const { store, told } = storeWith({});
    store.set('a', 'one', '1');
    expect(told).toEqual([['a', 'one', undefined]]);
    expect(store.get('a')).toBe('one');
  });

  test('tells of another version, with what was there before', () => {
    const { store, told } = storeWith({ a: ['one', '1'] });
    store.set('a', 'two', '2');
    expect(told).toEqual([['a', 'two', 'one']]);
  });

  test('is silent where that version is there already', () => {
    const { store, told } = storeWith({ a: ['one', '1'] });
    store.set('a', 'one again', '1');
    expect(told).toEqual([]);
    expect(store.get('a')).toBe('one');
  });
});

describe('remove', () => {
  test('tells what is gone', () => {
    const { store, told } = storeWith({ a: ['one', '1'] });
    store.remove('a');
    expect(told).toEqual([['a', undefined, 'one']]);
    expect(store.size).toBe(0);
  });

  test('is silent where nothing was', () => {
    const { store, told } = storeWith({});
    store.remove('a');
    expect(told).toEqual([]);
  });
});

test('replace tells only of differences', () => {
  const { store, told } = storeWith({ gone: ['g', '1'], same: ['s', '1'], changed: ['c', '1'] });
  store.replace(all({ same: ['s', '1'], changed: ['d', '2'], added: ['a', '1'] }));
  expect(told).toEqual([
    ['gone', undefined, 'g'],
    ['changed', 'd', 'c'],
    ['added', 'a', undefined],
  ]);
  expect([...store.keys()].sort()).toEqual(['added', 'changed', 'same']);
  expect([...store.values()].sort()).toEqual(['a', 'd', 's']);
});

test('who comes late is told what is there, as additions, and nobody else is', () => {
  const { store, told } = storeWith({ a: ['one', '1'], b: ['two', '1'] });
  store.set('a', 'three', '2');
  told.length = 0;
  const late: Told[] = [];
  store.listen((...change) => late.push(change));
  expect([late, told]).toEqual([
    [
      ['a', 'three', undefined],
      ['b', 'two', undefined],
    ],
    [],
  ]);
});

test('a change is there to be read when it is told', () => {
  const { store } = storeWith({ a: ['one', '1'] });
  const seen: (string | undefined)[] = [];
  store.listen((key) => seen.push(store.get(key)));
  store.set('a', 'two', '2');
  store.remove('a');
  expect(seen).toEqual(['one', 'two', undefined]);
});

test('a listener that throws harms neither the store nor the other listeners', () => {
  const { store, told, errors } = storeWith({});
  const wrong = new Error('wrong');
  store.listen(() => {
    throw wrong;
  });
  const after: string[] = [];
  store.listen((key) => after.push(key));
  store.replace(all({ a: ['one', '1'], b: ['two', '1'] }));
  expect(told).toHaveLength(2);
  expect(after).toEqual(['a', 'b']);
  expect(errors).toEqual([wrong, wrong]);
  expect(store.size).toBe(2);
});

test('a list of objects is a plain copy: keys as every JavaScript object has them are no trouble', () => {
  const { store } = storeWith({});
  expect(store.get('constructor')).toBeUndefined();
  store.set('__proto__', 'x', '1');
  expect(store.get('__proto__')).toBe('x');
});
