import { describe, expect, test } from '@jest/globals';
import type { PublicRepositorySpec } from '../../../../src/api/public-repository.generated.ts';
import { createDriftChecks } from '../../../../src/controllers/drift/drift-checks.ts';
import type { Parts } from '../../../../src/controllers/parts.ts';
import { publicRepositoryController } from '../../../../src/controllers/public-repository/controller.ts';
import { keyOf } from '../../../../src/runtime/key.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import { connected, informerOf } from '../connected.ts';
import { NOW, namespace, registry, stored } from '../objects.ts';
import { cached } from './public-objects.ts';

/** A PublicRepository `namespace/name` in that Registry. */
function declared(key: string, of: string, spec: Partial<PublicRepositorySpec> = {}) {
  const [namespaceName = '', name = ''] = key.split('/');
  const whole = cached({ registryRef: { name: of }, ...spec });
  return { ...whole, metadata: { ...whole.metadata, name, namespace: namespaceName } };
}

/** The controller on caches that a test changes, connected, and at rest. */
function wired() {
  const drift = createDriftChecks();
  const registries = stored(
    [
      registry('here'),
      registry('far', { region: 'eu-west-1' }),
      registry('else', { accountId: '2'.repeat(12) }),
    ],
    ({ metadata }) => metadata.name,
  );
  const all = [
    declared('team/web', 'here', { name: 'shared' }),
    declared('team/other', 'far', { name: 'shared' }),
    declared('two/web', 'else', { name: 'shared' }),
    declared('two/api', 'here'),
  ];
  const publicRepositories = stored(all, ({ metadata }) => keyOf(metadata));
  const namespaces = stored([namespace('team'), namespace('two')], ({ name }) => name);
  const controller = publicRepositoryController({
    caches: {
      registries: informerOf(registries),
      publicRepositories: informerOf(publicRepositories),
      namespaces: informerOf(namespaces),
    },
    world: { registries, publicRepositories, namespaces },
    drift,
    clock: createFakeClock(NOW),
    log: recordedLog(),
  } as unknown as Parts);
  return { drift, registries, publicRepositories, namespaces, woken: connected(controller) };
}

describe('a PublicRepository is looked at', () => {
  test('after each drift check of its Registry, but for one that AWS did not answer', () => {
    const { drift, woken } = wired();
    expect(woken(() => drift.set('here', { at: NOW }))).toEqual(['team/web', 'two/api']);
    expect(woken(() => drift.set('here', { at: NOW, failure: new Error('throttled') }))).toEqual([]);
  });

  test('when its Registry changes, and not when its status does', () => {
    const { registries, woken } = wired();
    const now = registry('far', { region: 'eu-west-1' }, { generation: 2 });
    expect(woken(() => registries.set('far', now, '2'))).toEqual(['team/other']);
    expect(woken(() => registries.set('far', { ...now, status: {} }, '3'))).toEqual([]);
  });

  test('when the labels of its namespace change', () => {
    const { namespaces, woken } = wired();
    const set = (version: string) => () =>
      namespaces.set('two', namespace('two', { labels: { a: 'b' } }), version);
    expect(woken(set('2'))).toEqual(['two/api', 'two/web']);
    expect(woken(set('3'))).toEqual([]);
  });

  test('when another one of its name and account is gone, whatever the region of its Registry', () => {
    const { publicRepositories, woken } = wired();
    expect(woken(() => publicRepositories.remove('team/web'))).toEqual(['team/other', 'team/web']);
    expect(woken(() => publicRepositories.remove('two/web'))).toEqual(['two/web']);
  });

  test('when it changes itself, and not when its status does', () => {
    const { publicRepositories, woken } = wired();
    const one = declared('two/api', 'here');
    const changed = { ...one, metadata: { ...one.metadata, generation: 2 } };
    expect(woken(() => publicRepositories.set('two/api', changed, '2'))).toEqual(['two/api']);
    expect(woken(() => publicRepositories.set('two/api', { ...changed, status: {} }, '3'))).toEqual([]);
  });
});
