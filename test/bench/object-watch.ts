import { KubeConfig } from '@kubernetes/client-node';
import { systemClock } from '../../src/runtime/clock.ts';
import { createInformer } from '../../src/runtime/informer.ts';
import { createKubeClient } from '../../src/runtime/kube-client.ts';
import type { KubeObject, ResourceType } from '../../src/runtime/resource.ts';

/** The objects of one name in all namespaces, followed by a watch, so that nothing is polled while it is timed. */
export interface ObjectWatch<T> {
  values(): readonly T[];
  /** Resolves when `matches` holds for `count` objects; gives the time (performance.now) of the last change. */
  until(count: number, matches: (object: T) => boolean): Promise<number>;
  stop(): Promise<void>;
}

export interface ObjectWatchOptions<T> {
  readonly kubeconfig: string;
  readonly resource: ResourceType;
  readonly name: string;
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
export async function watchObjects<T extends { readonly namespace: string }>(
  options: ObjectWatchOptions<T>,
): Promise<ObjectWatch<T>> {
  const config = new KubeConfig();
  config.loadFromFile(options.kubeconfig);
  const client = createKubeClient({ config, clock: systemClock, userAgent: 'bench' });
  const informer = createInformer({
    client,
    resource: options.resource,
    fieldSelector: `metadata.name=${options.name}`,
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
      new Promise((resolve) => {
        const done = new Set<string>();
        const tell = (object: T): void => {
          if (matches(object)) done.add(object.namespace);
          if (done.size < count) return;
          waiting.delete(tell);
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
