import { KubeConfig } from '@kubernetes/client-node';
import { systemClock } from '../../src/runtime/clock.ts';
import { createInformer } from '../../src/runtime/informer.ts';
import { keyOf } from '../../src/runtime/key.ts';
import { createKubeClient } from '../../src/runtime/kube-client.ts';
import type { KubeObject, ResourceType } from '../../src/runtime/resource.ts';

/** What is kept of an object has to say which one it is. */
export interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** The objects of one kind in all namespaces, followed by a watch, so that nothing is polled while it is timed. */
export interface ObjectWatch<T extends Named> {
  values(): readonly T[];
  /**
   * Resolves when `matches` has held for `count` objects; gives the time (performance.now) of the last change. Rejects
   * after {@link PATIENCE_MS}.
   */
  until(count: number, matches: (object: T) => boolean): Promise<number>;
  stop(): Promise<void>;
}

/** Nothing that is timed takes so long; what does will never come. */
const PATIENCE_MS = 600_000;

export interface ObjectWatchOptions<T> {
  readonly kubeconfig: string;
  readonly resource: ResourceType;
  /** All names unless told. */
  readonly name?: string;
  readonly metadataOnly?: boolean;
  readonly project: (object: KubeObject) => T;
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Begins to watch; resolves when what is there is known. */
export async function watchObjects<T extends Named>(options: ObjectWatchOptions<T>): Promise<ObjectWatch<T>> {
  const config = new KubeConfig();
  config.loadFromFile(options.kubeconfig);
  const client = createKubeClient({ config, clock: systemClock, userAgent: 'bench' });
  const informer = createInformer({
    client,
    resource: options.resource,
    ...(options.name ? { fieldSelector: `metadata.name=${options.name}` } : {}),
    metadataOnly: options.metadataOnly ?? false,
    project: options.project,
    clock: systemClock,
    log: SILENT,
  });
  const stopping = new AbortController();
  const running = informer.run(stopping.signal);
  await informer.ready;
  const waiting = new Set<(object: T) => void>();
  informer.listen((_, now) => {
    if (now) for (const tell of waiting) tell(now);
  });
  return {
    values: () => [...informer.lister.values()],
    until: (count, matches) =>
      new Promise((resolve, reject) => {
        const done = new Set<string>();
        const patience = setTimeout(() => {
          waiting.delete(tell);
          const { kind } = options.resource;
          reject(new Error(`after ${PATIENCE_MS} ms, ${done.size} of ${count} ${kind}s are as wanted`));
        }, PATIENCE_MS);
        // The open watch keeps the process alive; after a failure elsewhere nothing shall.
        patience.unref();
        const tell = (object: T): void => {
          if (matches(object)) done.add(keyOf(object));
          if (done.size < count) return;
          waiting.delete(tell);
          clearTimeout(patience);
          resolve(performance.now());
        };
        waiting.add(tell);
        for (const object of informer.lister.values()) tell(object);
      }),
    async stop() {
      stopping.abort();
      await running;
      await client.close();
    },
  };
}
