import { describe, expect, jest, test } from '@jest/globals';
import { createDriftChecks } from '../../../../src/controllers/drift/drift-checks.ts';
import type { Parts } from '../../../../src/controllers/parts.ts';
import { repositoryController } from '../../../../src/controllers/repository/controller.ts';
import { keyOf } from '../../../../src/runtime/key.ts';
import { ObjectStore } from '../../../../src/runtime/store.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import { connected, informerOf } from '../connected.ts';
import { NOW, namespace, registry, repository, stored } from '../objects.ts';

/** The controller on caches with one Repository in each of these namespaces, connected, and at rest. */
function wired(names: readonly string[]) {
  const registries = stored([registry('default')], ({ metadata }) => metadata.name);
  const all = names.map((name) => repository({}, { name: 'web', namespace: name }));
  const repositories = stored(all, ({ metadata }) => keyOf(metadata));
  const namespaces = stored(
    names.map((name) => namespace(name)),
    ({ name }) => name,
  );
  const controller = repositoryController({
    caches: {
      registries: informerOf(registries),
      repositories: informerOf(repositories),
      repositoryClasses: informerOf(new ObjectStore<never>(() => undefined)),
      namespaces: informerOf(namespaces),
    },
    world: { registries, repositories, namespaces },
    config: { repositoryWorkers: 1 },
    drift: createDriftChecks(),
    clock: createFakeClock(NOW),
    log: recordedLog(),
  } as unknown as Parts);
  const scans = jest.spyOn(repositories, 'values');
  const woken = connected(controller);
  return { namespaces, repositories, woken, scans: () => scans.mock.calls.length };
}

describe('Repositories are looked at', () => {
  test('when the labels of their namespace change, and not when those of another do', () => {
    const { namespaces, repositories, woken } = wired(['one', 'two']);
    const later = repository({}, { name: 'later', namespace: 'two' });
    repositories.set('two/later', later, '1');
    const set = () => namespaces.set('two', namespace('two', { labels: { a: 'b' } }), '2');
    expect(woken(set)).toEqual(['two/later', 'two/web']);
  });

  test('at a start, which goes through all of them once for a Registry, and not for each namespace', () => {
    const names = Array.from({ length: 50 }, (_, index) => `team-${index}`);
    const { scans } = wired(names);
    expect(scans()).toBe(1);
  });
});
