import { describe, expect, test } from '@jest/globals';
import type { Repository } from '../../../../src/api/repository.generated.ts';
import { hasItsName, indexByName } from '../../../../src/controllers/repository/name-index.ts';
import { keyOf } from '../../../../src/runtime/key.ts';
import { ObjectStore } from '../../../../src/runtime/store.ts';
import { registry, repository, stored } from '../objects.ts';

const REGISTRIES = [registry(), registry('twin'), registry('prod', { accountId: '210987654321' })];
const [PLACE, PROD] = ['123456789012/us-east-1', '210987654321/us-east-1'];

/** An index over a cache that is filled with these one after the other. */
function index(...objects: readonly Repository[]) {
  const store = new ObjectStore<Repository>((error) => {
    throw error;
  });
  const registries = stored(REGISTRIES, ({ metadata }) => metadata.name);
  const declares = indexByName({ listen: (listener) => store.listen(listener) }, registries);
  let version = 0;
  const put = (object: Repository) => {
    version += 1;
    store.set(keyOf(object.metadata), object, String(version));
  };
  for (const object of objects) put(object);
  return { declares, put, remove: (key: string) => store.remove(key), store, registries };
}

test('a Repository has its own name, or for the name that it gives', () => {
  const { declares } = index(repository(), repository({ name: 'team/api' }, { name: 'api' }));
  expect(declares(PLACE, 'web')).toBe(true);
  expect(declares(PLACE, 'team/api')).toBe(true);
  expect([declares(PLACE, 'api'), declares(PLACE, 'team/web'), declares(PLACE, '')]).toEqual([
    false,
    false,
    false,
  ]);
});

test('in the account and region of its Registry alone', () => {
  const { declares } = index(repository({ registryRef: { name: 'prod' } }));
  expect([declares(PROD, 'web'), declares(PLACE, 'web')]).toEqual([true, false]);
});

test('through any Registry of that account and region', () => {
  const { declares, registries } = index(repository({ registryRef: { name: 'twin' } }));
  expect([declares(PLACE, 'web'), declares('123456789012/eu-west-1', 'web')]).toEqual([true, false]);
  registries.remove('twin');
  expect(declares(PLACE, 'web')).toBe(false);
});

test('only while it may', () => {
  const { declares, put } = index(repository());
  put(repository({}, {}, synced('False')));
  expect(declares(PLACE, 'web')).toBe(false);
  put(repository({}, {}, synced('True')));
  expect(declares(PLACE, 'web')).toBe(true);
});

test('as long as there is one of several, in any namespace', () => {
  const { declares, remove } = index(repository(), repository({}, { namespace: 'other' }));
  remove('team/web');
  expect(declares(PLACE, 'web')).toBe(true);
  remove('other/web');
  expect(declares(PLACE, 'web')).toBe(false);
});

test('however often it changes', () => {
  const { declares, put, remove } = index(repository());
  for (const scanOnPush of [true, false, true]) put(repository({ scanOnPush }));
  expect(declares(PLACE, 'web')).toBe(true);
  remove('team/web');
  expect(declares(PLACE, 'web')).toBe(false);
});

test('and no longer where another of its name has another name', () => {
  const { declares, put } = index(repository());
  put(repository({ name: 'new' }, { uid: 'another' }));
  expect([declares(PLACE, 'web'), declares(PLACE, 'new')]).toEqual([false, true]);
  put(repository({ name: 'new', registryRef: { name: 'prod' } }, { uid: 'a third' }));
  expect([declares(PLACE, 'new'), declares(PROD, 'new')]).toEqual([false, true]);
});

test('also after the cache was filled anew', () => {
  const { declares, store } = index(repository(), repository({}, { name: 'api' }));
  store.replace(new Map([['team/api', { value: repository({}, { name: 'api' }), version: '9' }]]));
  expect([declares(PLACE, 'web'), declares(PLACE, 'api')]).toEqual([false, true]);
});

function synced(status: 'True' | 'False' | 'Unknown', observedGeneration = 1) {
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  return {
    conditions: [
      { type: 'Synced', status, reason: 'X', message: '', observedGeneration, lastTransitionTime },
    ],
  } as const;
}

describe('a Repository keeps a class away from its name', () => {
  test.each<[boolean, string, Repository]>([
    [true, 'was not looked at yet', repository()],
    [true, 'holds what is declared', repository({}, {}, synced('True'))],
    [true, 'waits for something', repository({}, {}, synced('Unknown'))],
    [true, 'failed as it was before', repository({}, { generation: 2 }, synced('False'))],
    [false, 'fails', repository({}, {}, synced('False'))],
    [false, 'fails, though it was once there', repository({}, {}, { ...synced('False'), arn: 'arn' })],
    [false, 'only observes', repository({ mode: 'Observe' }, {}, synced('True'))],
    [false, 'is to observe from now on', repository({ mode: 'Observe' }, { generation: 2 }, synced('True'))],
    [false, 'rests', repository({ suspend: true })],
    [false, 'rests since it failed', repository({ suspend: true }, { generation: 2 }, synced('False'))],
    [true, 'says that it enforces', repository({ mode: 'Enforce' }, {}, synced('True'))],
  ])('%s where it %s', (has, _what, object) => {
    expect(hasItsName(object)).toBe(has);
  });
});
