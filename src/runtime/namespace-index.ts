import type { Informer } from './informer.ts';
import { type Key, splitKey } from './key.ts';

/**
 * The objects of some informers by namespace, kept up as they change. To be made before anybody else listens to them,
 * so that nobody is woken by a change that is not here yet.
 */
export function indexByNamespace<T>(
  informers: readonly Pick<Informer<T>, 'listen'>[],
): (namespace: string) => Iterable<T> {
  const index = new Map<string, Map<Key, T>>();
  for (const informer of informers) {
    informer.listen((key, now) => {
      const { namespace } = splitKey(key);
      const objects = index.get(namespace) ?? new Map<Key, T>();
      if (now === undefined) objects.delete(key);
      else objects.set(key, now);
      if (objects.size > 0) index.set(namespace, objects);
      else index.delete(namespace);
    });
  }
  return (namespace) => index.get(namespace)?.values() ?? [];
}
