import { describe, expect, test } from '@jest/globals';
import {
  classFor,
  partsOfKey,
  undeclaredKey,
  undeclaredKeys,
} from '../../../../src/controllers/repository-class/undeclared-keys.ts';
import { createUndeclaredStore } from '../../../../src/controllers/repository-class/undeclared-store.ts';
import type { LiveRepository } from '../../../../src/ecr/ecr-api.ts';
import { registry, repositoryClass, worldOf } from '../objects.ts';

const under = (name: string, prefixes: readonly string[], registry = 'default') =>
  repositoryClass(name, { undeclared: { registryRef: { name: registry }, prefixes } });

const registries = [
  registry(),
  registry('twin', { access: 'PullOnly' }),
  registry('other', { region: 'eu-west-1' }),
  registry('stranger', { accountId: '210987654321' }),
];
const [PLACE, OTHER] = ['123456789012/us-east-1', '123456789012/eu-west-1'];

function nameFor(name: string, ...classes: readonly ReturnType<typeof repositoryClass>[]) {
  return classFor(worldOf({ registries, repositoryClasses: classes }), PLACE, name)?.metadata.name;
}

describe('a class has', () => {
  test.each<[string, readonly string[], boolean]>([
    ['cache', ['cache'], true],
    ['cache/alpine', ['cache'], true],
    ['cache/docker-hub/alpine', ['cache'], true],
    ['cache/alpine', ['cache/'], true],
    ['cache', ['cache/'], true],
    ['cache/docker-hub/alpine', ['other', 'cache/docker-hub'], true],
    ['cached', ['cache'], false],
    ['cached', ['cache/'], false],
    ['cache-b/alpine', ['cache'], false],
    ['my/cache/alpine', ['cache'], false],
    ['cache', ['cache/alpine'], false],
    ['cache/docker-hubs', ['cache/docker-hub'], false],
  ])('the name %s by the prefixes %j: %s', (name, prefixes, has) => {
    expect(nameFor(name, under('a', prefixes))).toBe(has ? 'a' : undefined);
  });

  test('no name without prefixes, nor in another Registry', () => {
    expect(nameFor('cache', repositoryClass('a', { scanOnPush: true }))).toBeUndefined();
    for (const elsewhere of ['other', 'stranger', 'nowhere'])
      expect(nameFor('cache', under('a', ['cache'], elsewhere))).toBeUndefined();
  });
});

describe('of several classes', () => {
  const [wide, narrow] = [under('a', ['cache']), under('z', ['cache/docker-hub'])];

  test.each([
    ['the wider one comes first', [wide, narrow]],
    ['the narrower one comes first', [narrow, wide]],
  ])('the one with the longest prefix has the name, also where %s', (_order, classes) => {
    expect(nameFor('cache/docker-hub/alpine', ...classes)).toBe('z');
    expect(nameFor('cache/alpine', ...classes)).toBe('a');
  });

  test('with the same prefix the first by name has it, however it is written and listed', () => {
    const [first, second] = [under('a', ['x', 'cache']), under('b', ['cache/'])];
    expect(nameFor('cache/alpine', first, second)).toBe('a');
    expect(nameFor('cache/alpine', second, first)).toBe('a');
  });

  test('also where they come to the same account and region by different Registries', () => {
    const [mine, twin] = [under('a', ['cache']), under('z', ['cache/docker-hub'], 'twin')];
    expect(nameFor('cache/docker-hub/alpine', mine, twin)).toBe('z');
    expect(nameFor('cache/alpine', mine, under('b', ['cache'], 'twin'))).toBe('a');
  });

  test('a slash at the end makes a prefix no longer', () => {
    expect(nameFor('cache/b', under('b', ['cache/']), under('a', ['cache']))).toBe('a');
  });

  test('the longest of all its prefixes counts, wherever it stands in the list', () => {
    expect(nameFor('a/b/c', under('x', ['a/b', 'a']), under('w', ['a']))).toBe('x');
    expect(nameFor('a/b/c', under('x', ['a', 'a/b']), under('w', ['a']))).toBe('x');
  });
});

describe('the keys of an account and region', () => {
  const store = createUndeclaredStore();
  const live = (name: string) => ({ name }) as LiveRepository;
  store.see(PLACE, ['cache/alpine', 'cached', 'team/web', 'cache/hub/nginx'].map(live));
  store.see(OTHER, ['cache/busybox'].map(live));

  test('name each repository that a class has, with that class', () => {
    const repositoryClasses = [under('wide', ['cache', 'team']), under('hub', ['cache/hub'])];
    const keys = undeclaredKeys({ world: worldOf({ registries, repositoryClasses }), store }, PLACE);
    expect([...keys]).toEqual(['wide/cache/alpine', 'wide/team/web', 'hub/cache/hub/nginx']);
    expect(undeclaredKey('hub', 'cache/hub/nginx')).toBe('hub/cache/hub/nginx');
    expect(partsOfKey('hub/cache/hub/nginx')).toEqual({ className: 'hub', name: 'cache/hub/nginx' });
  });

  test('are none without a class for it, and none of what was never listed', () => {
    const repositoryClasses = [under('wide', ['cache'], 'other'), under('far', ['cache'], 'stranger')];
    const options = { world: worldOf({ registries, repositoryClasses }), store };
    expect([...undeclaredKeys(options, PLACE)]).toEqual([]);
    expect([...undeclaredKeys(options, OTHER)]).toEqual(['wide/cache/busybox']);
    expect([...undeclaredKeys(options, '210987654321/us-east-1')]).toEqual([]);
  });
});
