import type { Informer } from './informer.ts';
import { splitKey } from './key.ts';
import type { ResourceType } from './resource.ts';
import type { Lister } from './store.ts';

/** One {@link Informer} out of several of one kind, each for the namespace that it stands under. */
export function joinInformers<T>(
  resource: ResourceType,
  byNamespace: ReadonlyMap<string, Informer<T>>,
): Informer<T> {
  const parts = [...byNamespace.values()];
  return {
    lister: joinedLister(byNamespace),
    resource,
    ready: Promise.all(parts.map(({ ready }) => ready)).then(() => undefined),
    // Of the one that fares worst: an API server that goes away interrupts all of them, which is one interruption.
    restarts: () => Math.max(0, ...parts.map(({ restarts }) => restarts?.() ?? 0)),
    stuck: () => parts.map(({ stuck }) => stuck?.()).find((why) => why !== undefined),
    listen: (listener) => {
      for (const part of parts) part.listen(listener);
    },
    run: async (signal) => {
      await Promise.all(parts.map((part) => part.run(signal)));
    },
  };
}

function joinedLister<T>(byNamespace: ReadonlyMap<string, Pick<Informer<T>, 'lister'>>): Lister<T> {
  const listers = [...byNamespace.values()].map(({ lister }) => lister);
  return {
    get: (key) => byNamespace.get(splitKey(key).namespace)?.lister.get(key),
    *keys() {
      for (const lister of listers) yield* lister.keys();
    },
    *values() {
      for (const lister of listers) yield* lister.values();
    },
    get size() {
      return listers.reduce((sum, { size }) => sum + size, 0);
    },
  };
}
