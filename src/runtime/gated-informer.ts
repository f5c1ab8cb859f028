import { createInformer, type Informer, type InformerOptions } from './informer.ts';
import { joinInformers } from './joined-informer.ts';
import type { Reach } from './reach.ts';

/**
 * An {@link Informer} of one kind in these namespaces, each by the rights of that namespace. It is ready when each is
 * filled or closed; one that is closed is tried again about every 30 seconds.
 */
export function createGatedInformer<T>(
  options: InformerOptions<T>,
  namespaces: readonly string[],
  reach: Reach,
): Informer<T> {
  const { resource, client, log, fieldSelector } = options;
  const what = fieldSelector ? `${resource.plural} with ${fieldSelector}` : resource.plural;
  const parts = namespaces.map((namespace): [string, Informer<T>] => {
    const gate = reach.gate(namespace, what);
    const informer = createInformer({
      ...options,
      namespace,
      client: gate.client(client),
      log: gate.log(log),
    });
    gate.fills(informer.ready);
    const ready = Promise.race([informer.ready, gate.closed]);
    // That it is closed is told elsewhere, and does not mean that watches are in trouble.
    const restarts = (): number => (informer.restarts?.() ?? 0) - gate.refusals();
    return [namespace, { ...informer, ready, restarts }];
  });
  return joinInformers(resource, new Map(parts));
}
