import type { Informer } from './informer.ts';
import type { ResourceType } from './resource.ts';
import { ObjectStore } from './store.ts';

/** An {@link Informer} of a kind that this installation does not read: it asks nobody, and nothing is ever there. */
export function absentInformer<T>(resource: ResourceType): Informer<T> {
  return {
    lister: new ObjectStore<T>(() => undefined),
    resource,
    ready: Promise.resolve(),
    listen: () => undefined,
    run: () => Promise.resolve(),
  };
}
