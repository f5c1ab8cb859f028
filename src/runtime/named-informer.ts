import { type Clock, sleep } from './clock.ts';
import { messageOf } from './errors.ts';
import type { Informer } from './informer.ts';
import type { KubeClient } from './kube-client.ts';
import { KubeError } from './kube-errors.ts';
import type { Log } from './log.ts';
import type { Reach } from './reach.ts';
import { type KubeObject, metadataOnly, NAMESPACES, pathOf } from './resource.ts';
import { ObjectStore } from './store.ts';

export interface NamedInformerOptions<T> {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly names: readonly string[];
  /** How long until each is read again (ms). */
  readonly everyMs: number;
  readonly reach: Reach;
  /** Keeps what reconcilers read of the metadata: no more is asked for. */
  readonly project: (object: KubeObject) => T;
}

/** What closes the gate: no right to it, and no such namespace. */
const CLOSED_BY: readonly number[] = [403, 404];
/** What the API server did not answer is asked for sooner (ms). */
const ASK_AGAIN_MS = 2_000;

/**
 * An {@link Informer} of namespaces for who may `get` single ones and list none: it reads them again and again. One that
 * may not be read, or is not there, counts as not there, and so does one whose other caches were never filled: what is
 * in it is not known. One that was only not answered for stays as it was.
 */
export function createNamedInformer<T>(options: NamedInformerOptions<T>): Informer<T> {
  const { client, clock, log, names, everyMs, reach, project } = options;
  const { kind, plural } = NAMESPACES;
  const store = new ObjectStore<T>((error) => log.error({ kind, err: error }, 'listener failed'));
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  const found = new Map<string, KubeObject>();
  const gates = names.map((name) => ({ name, through: reach.gate(name, plural, CLOSED_BY).client(client) }));

  function publish(name: string): void {
    const object = reach.isFilled(name) ? found.get(name) : undefined;
    const { uid, resourceVersion } = object?.metadata ?? {};
    if (object) store.set(name, project(object), `${uid}/${resourceVersion}`);
    else store.remove(name);
  }

  /** Whether there was an answer. */
  async function read({ name, through }: (typeof gates)[number], signal: AbortSignal): Promise<boolean> {
    try {
      const accept = metadataOnly('PartialObjectMetadata');
      found.set(name, await through.request<KubeObject>(pathOf(NAMESPACES, { name }), { signal, accept }));
    } catch (error) {
      const isAnswer = error instanceof KubeError && CLOSED_BY.includes(error.status);
      if (!isAnswer && !signal.aborted) log.warn({ kind, name, error: messageOf(error) }, 'object not read');
      if (!isAnswer) return false;
      found.delete(name);
    }
    publish(name);
    return true;
  }

  reach.listen((name) => {
    if (found.has(name)) publish(name);
  });
  return {
    lister: store,
    resource: NAMESPACES,
    ready,
    listen: (listener) => store.listen(listener),
    async run(signal) {
      while (!signal.aborted) {
        const answers = await Promise.all(gates.map((gate) => read(gate, signal)));
        const isWhole = answers.every(Boolean);
        if (isWhole) becomeReady();
        await sleep(clock, isWhole ? everyMs : ASK_AGAIN_MS, signal);
      }
    },
  };
}
