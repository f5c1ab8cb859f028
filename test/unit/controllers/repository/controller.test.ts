import { describe, expect, jest, test } from '@jest/globals';
import { createDriftChecks } from '../../../../src/controllers/drift/drift-checks.ts';
import type { Parts } from '../../../../src/controllers/parts.ts';
import { repositoryController } from '../../../../src/controllers/repository/controller.ts';
import { keyOf } from '../../../../src/runtime/key.ts';
import { ObjectStore } from '../../../../src/runtime/store.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import { NOW, namespace, registry, repository, stored } from '../objects.ts';

/** The controller on caches with one Repository in each of these namespaces, connected, and at rest. */
function wired(names: readonly string[]) {
  const informer = <T>(lister: ObjectStore<T>) => ({ lister, listen: lister.listen.bind(lister) });
  const registries = stored([registry('default')], ({ metadata }) => metadata.name);
  const all = names.map((name) => repository({}, { name: 'web', namespace: name }));
  const repositories = stored(all, ({ metadata }) => keyOf(metadata));
  const namespaces = stored(
    names.map((name) => namespace(name)),
    ({ name }) => name,
  );
  const { queue, connect } = repositoryController({
    caches: {
      registries: informer(registries),
      repositories: informer(repositories),
      repositoryClasses: informer(new ObjectStore<never>(() => undefined)),
      namespaces: informer(namespaces),
    },
    world: { registries, repositories, namespaces },
    config: { repositoryWorkers: 1 },
    drift: createDriftChecks(),
    clock: createFakeClock(NOW),
    log: recordedLog(),
  } as unknown as Parts);
  const came = new Set<string>();
  queue.add = (key) => void came.add(key);
  const scans = jest.spyOn(repositories, 'values');
  connect(new AbortController().signal);
  const woken = (task: () => void) => {
    came.clear();
    task();
    return [...came].sort();
  };
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
