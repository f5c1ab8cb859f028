import { describe, expect, test } from '@jest/globals';
import { createUndeclaredStore } from '../../../../src/controllers/repository-class/undeclared-store.ts';
import type { LiveRepository } from '../../../../src/ecr/ecr-api.ts';

const live = (name: string) => ({ name, arn: `arn/${name}` }) as LiveRepository;

/** Has seen these names in the place `default`. */
function seen(...names: readonly string[]) {
  const store = createUndeclaredStore();
  store.see('default', names.map(live));
  return store;
}

describe('what a list showed', () => {
  test('is known by place and name', () => {
    const store = seen('a', 'b');
    store.see('other', [live('c')]);
    expect([[...store.names('default')], [...store.names('other')]]).toEqual([['a', 'b'], ['c']]);
    expect([store.has('default', 'a'), store.has('default', 'c'), store.has('other', 'c')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('is nothing for a place that was never listed', () => {
    const store = createUndeclaredStore();
    expect([[...store.names('default')], store.has('default', 'a'), store.take('default', 'a')]).toEqual([
      [],
      false,
      undefined,
    ]);
  });

  test('is all that there is: the next list replaces it', () => {
    const store = seen('a', 'b');
    store.see('default', [live('b')]);
    expect([[...store.names('default')], store.has('default', 'a')]).toEqual([['b'], false]);
    expect(store.take('default', 'a')).toBeUndefined();
  });

  test('is given once, and still known after that; a new list gives it again', () => {
    const store = seen('a', 'b');
    expect(store.take('default', 'a')).toEqual(live('a'));
    expect(store.take('default', 'a')).toBeUndefined();
    expect([store.has('default', 'a'), [...store.names('default')]]).toEqual([true, ['a', 'b']]);
    expect(store.take('default', 'b')).toEqual(live('b'));
    store.see('default', [live('a')]);
    expect(store.take('default', 'a')).toEqual(live('a'));
  });

  test('is known to be a list, an empty one too, until it is forgotten', () => {
    const store = seen();
    expect([store.isSeen('default'), store.isSeen('other')]).toEqual([true, false]);
    store.see('default', [live('a')]);
    store.forget('default');
    expect([store.isSeen('default'), store.has('default', 'a'), [...store.names('default')]]).toEqual([
      false,
      false,
      [],
    ]);
  });

  test('and is asked for without being there does not appear by that', () => {
    const store = seen('a');
    store.take('default', 'x');
    store.take('other', 'x');
    expect([store.has('default', 'x'), [...store.names('default')], [...store.names('other')]]).toEqual([
      false,
      ['a'],
      [],
    ]);
  });
});

describe('what came of a pass', () => {
  const denied = { reason: 'AccessDenied', message: 'no', occurrence: 'request id 1' };

  test('is kept by class and name', () => {
    const store = createUndeclaredStore();
    store.setResult('x', 'a', 'synced');
    store.setResult('x', 'b', denied);
    store.setResult('y', 'a', denied);
    expect([...store.results('x')]).toEqual([
      ['a', 'synced'],
      ['b', denied],
    ]);
    expect([...store.results('y')]).toEqual([['a', denied]]);
    expect([...store.results('z')]).toEqual([]);
  });

  test.each([
    ['a first result', undefined, 'synced', true],
    ['a first failure', undefined, denied, true],
    ['the same result again', 'synced', 'synced', false],
    ['the same failure again', denied, { ...denied }, false],
    ['the same failure with another request id', denied, { ...denied, occurrence: 'request id 2' }, false],
    ['a failure with other words', denied, { ...denied, message: 'never' }, true],
    ['a failure for another reason', denied, { ...denied, reason: 'Throttled' }, true],
    ['a failure after all was well', 'synced', denied, true],
    ['a recovery', denied, 'synced', true],
    ['that one is gone', 'synced', undefined, true],
    ['that a failed one is gone', denied, undefined, true],
    ['that one is gone of which nobody knew', undefined, undefined, false],
  ] as const)('is news where it is %s', (_what, before, after, news) => {
    const store = createUndeclaredStore();
    store.setResult('x', 'a', before);
    expect(store.setResult('x', 'a', after)).toBe(news);
    expect([...store.results('x').values()]).toEqual(news ? (after ? [after] : []) : before ? [before] : []);
  });

  test('is forgotten for one repository alone', () => {
    const store = createUndeclaredStore();
    for (const name of ['a', 'b']) store.setResult('x', name, 'synced');
    store.setResult('x', 'a', undefined);
    expect([...store.results('x').keys()]).toEqual(['b']);
  });

  test('outlives the list in which its repository was', () => {
    const store = seen('a');
    store.setResult('x', 'a', 'synced');
    store.see('default', []);
    expect([...store.results('x').keys()]).toEqual(['a']);
  });
});
