import type { Controller } from '../../../src/runtime/controller.ts';
import type { ObjectStore } from '../../../src/runtime/store.ts';

/** As much of an informer as controllers listen to, on a store that a test fills. */
export function informerOf<T>(lister: ObjectStore<T>) {
  return { lister, listen: lister.listen.bind(lister) };
}

/**
 * Connects a controller that is not started. The function tells which keys come in while a task runs, each once and
 * sorted: a queue may have lines, and gives them out in no one order.
 */
export function connected({
  queue,
  connect,
}: Pick<Controller, 'queue' | 'connect'>): (task: () => void) => readonly string[] {
  const came = new Set<string>();
  queue.add = (key) => void came.add(key);
  connect(new AbortController().signal);
  return (task) => {
    came.clear();
    task();
    return [...came].sort();
  };
}
