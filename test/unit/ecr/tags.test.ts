import { describe, expect, test } from '@jest/globals';
import {
  managedKeys,
  missingTags,
  ownerOf,
  ownerTagValue,
  staleTagKeys,
  withoutTags,
} from '../../../src/ecr/tags.ts';

describe('the owner tag', () => {
  test('is cluster, namespace and name', () => {
    expect(ownerTagValue({ cluster: 'prod', namespace: 'team', name: 'web' })).toBe('prod/team/web');
  });

  test('is left alone up to the 256 characters of AWS', () => {
    const name = 'n'.repeat(256 - 'prod/team/'.length);
    expect(ownerTagValue({ cluster: 'prod', namespace: 'team', name })).toBe(`prod/team/${name}`);
  });

  test('is cut beyond them, and stays different for different names', () => {
    const [one, two] = ['a', 'b'].map((end) =>
      ownerTagValue({ cluster: 'prod', namespace: 'team', name: `${'n'.repeat(252)}${end}` }),
    );
    expect([one, two]).toEqual([
      expect.stringMatching(/^prod\/team\/n{229}\.[0-9a-f]{16}$/),
      expect.stringMatching(/^prod\/team\/n{229}\.[0-9a-f]{16}$/),
    ]);
    expect([one?.length, one === two]).toEqual([256, false]);
  });

  test('is found among the tags', () => {
    expect([ownerOf({ 'ecr-operator.io/owner': 'a/b/c', x: 'y' }), ownerOf({ x: 'y' })]).toEqual([
      'a/b/c',
      undefined,
    ]);
  });
});

describe('tags to put and to take away', () => {
  test('only what is absent or differs is put', () => {
    expect(missingTags({ a: '1', b: '2', c: '3' }, { a: '1', b: 'x', theirs: 'y' })).toEqual({
      b: '2',
      c: '3',
    });
  });

  test('only what we put, want no longer, and is there is taken away', () => {
    expect(
      staleTagKeys({ a: '1' }, { a: '1', c: '3', b: '2', theirs: 'y' }, ['a', 'c', 'b', 'gone']),
    ).toEqual(['b', 'c']);
  });

  test('what was taken away is gone, the others stay', () => {
    expect(withoutTags({ a: '1', b: '2', c: '3' }, ['b', 'x'])).toEqual({ a: '1', c: '3' });
  });

  test('ours stay what we declare or declared, as far as it is there', () => {
    const live = { declared: '1', stale: '2', theirs: '3' };
    expect(managedKeys({ declared: '1', refused: '4' }, live, ['stale', 'gone'])).toEqual([
      'declared',
      'stale',
    ]);
  });

  test('keys that every JavaScript object seems to have are keys like any other', () => {
    expect({
      missing: missingTags({ constructor: 'x' }, {}),
      stale: staleTagKeys({}, { toString: 'x' } as never, ['toString', 'constructor']),
    }).toEqual({ missing: { constructor: 'x' }, stale: ['toString'] });
  });
});
