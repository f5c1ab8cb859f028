import { backoffDelay, CONNECTION_BACKOFF } from './backoff.ts';
import { type Clock, monotonic, sleep } from './clock.ts';
import { messageOf } from './errors.ts';
import { type Key, keyOf } from './key.ts';
import type { KubeClient, Query } from './kube-client.ts';
import { isGone, KubeError } from './kube-errors.ts';
import type { Log } from './log.ts';
import { type KubeObject, metadataOnly, pathOf, type ResourceType } from './resource.ts';
import { type Lister, ObjectStore, type StoreListener } from './store.ts';
import { readWatch, watchQuery } from './watch.ts';

export interface InformerOptions<T> {
  readonly client: KubeClient;
  readonly resource: ResourceType;
  /** One namespace; absent = all. */
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Ask for PartialObjectMetadata only: no spec, no data, leaves the API server. */
  readonly metadataOnly?: boolean;
  /** How many objects a page of a list has at most: a page is in memory as a whole. 500 unless told. */
  readonly pageSize?: number;
  /** Keeps what reconcilers read, drops the rest on arrival. */
  readonly project: (object: KubeObject) => T;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

/**
 * A local copy of one kind that follows the API server until `signal` aborts. It never gives up: every error is
 * followed by another try, a lost event by a new list. `ready` resolves after the first complete list.
 */
export interface Informer<T> {
  readonly lister: Lister<T>;
  readonly resource: ResourceType;
  readonly ready: Promise<void>;
  /** How often a list or watch was interrupted; absent where that is counted elsewhere, or cannot be. */
  readonly restarts?: () => number;
  /** What is there already is told at once, as additions. */
  listen(listener: StoreListener<T>): void;
  run(signal: AbortSignal): Promise<void>;
  /**
   * Why it has to be taken for dead, if so: nothing happened to it for long, no answer, no error, no next try. Absent
   * where it cannot be. An API server that does not answer is no such reason.
   */
  stuck?(): string | undefined;
}

const PAGE_SIZE = 500;
/** Failures in a row. */
const RELIST_AFTER = 10;
/** A watch that ends sooner than this counts as failed, or a broken proxy would make a hot loop. */
const SHORTEST_WATCH_MS = 1_000;
/** One that fails after this time is no failure in a row: load balancers end connections that are idle. */
const STEADY_WATCH_MS = 30_000;
/** Every request has a time limit, and so has silence: after this time (ms) one of them does not work. */
const STUCK_AFTER_MS = 300_000;

interface ListPage {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly KubeObject[];
}

/** An {@link Informer} that does nothing until it runs. */
export function createInformer<T>(options: InformerOptions<T>): Informer<T> {
  const { client, resource, clock, log, project, pageSize = PAGE_SIZE, random = Math.random } = options;
  const store = new ObjectStore<T>((error) =>
    log.error({ kind: resource.kind, err: error }, 'listener failed'),
  );
  const path = pathOf(resource, { namespace: options.namespace });
  const selectors: Query = { fieldSelector: options.fieldSelector, labelSelector: options.labelSelector };
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  let resourceVersion: string | undefined;
  let failures = 0;
  let restarts = 0;
  let watchedFrom = Number.POSITIVE_INFINITY;
  /** The next sign of life is due from then on; undefined while it does not run. */
  let aliveAt: number | undefined;

  function live(untilMs = 0): void {
    aliveAt = monotonic(clock) + untilMs;
  }

  async function list(signal: AbortSignal): Promise<void> {
    const found = new Map<Key, { readonly value: T; readonly version: string }>();
    let next: string | undefined;
    do {
      const query: Query = { ...selectors, limit: pageSize, continue: next };
      const page: ListPage = await client.request(path, {
        query,
        signal,
        ...acceptOf('PartialObjectMetadataList'),
      });
      live();
      for (const item of page.items ?? []) {
        found.set(keyOf(item.metadata), { value: project(item), version: versionOf(item) });
      }
      next = page.metadata.continue || undefined;
      if (!next) resourceVersion = page.metadata.resourceVersion;
    } while (next);
    store.replace(found);
    becomeReady();
  }

  async function watch(signal: AbortSignal): Promise<void> {
    const query: Query = { ...selectors, ...watchQuery(random), resourceVersion };
    const started = clock.now();
    watchedFrom = started;
    const open = (inner: AbortSignal): Promise<AsyncIterable<Uint8Array>> =>
      client.stream(path, { query, signal: inner, ...acceptOf('PartialObjectMetadata') });
    for await (const event of readWatch(open, { clock, signal })) {
      live();
      resourceVersion = event.object.metadata.resourceVersion;
      failures = 0;
      if (event.type === 'BOOKMARK') continue;
      const key = keyOf(event.object.metadata);
      if (event.type === 'DELETED') store.remove(key);
      else store.set(key, project(event.object), versionOf(event.object));
    }
    if (clock.now() - started < SHORTEST_WATCH_MS) throw new Error('the watch ended at once');
    failures = 0;
  }

  function acceptOf(kind: Parameters<typeof metadataOnly>[0]): { readonly accept?: string } {
    return options.metadataOnly ? { accept: metadataOnly(kind) } : {};
  }

  async function recover(error: unknown, signal: AbortSignal): Promise<void> {
    restarts += 1;
    failures = clock.now() - watchedFrom >= STEADY_WATCH_MS ? 1 : failures + 1;
    watchedFrom = Number.POSITIVE_INFINITY;
    // Whatever it is that a resourceVersion leads to again and again, a new list gets out of it.
    if (isGone(error) || failures % RELIST_AFTER === 0) resourceVersion = undefined;
    const delayMs = Math.max(
      isGone(error) && failures === 1 ? 0 : backoffDelay(CONNECTION_BACKOFF, failures, random),
      (error instanceof KubeError && error.retryAfterMs) || 0,
    );
    log.warn({ kind: resource.kind, failures, delayMs, error: messageOf(error) }, 'watch interrupted');
    live(delayMs);
    await sleep(clock, delayMs, signal);
  }

  return {
    lister: store,
    resource,
    ready,
    restarts: () => restarts,
    listen: (listener) => store.listen(listener),
    stuck() {
      const quietMs = aliveAt === undefined ? 0 : monotonic(clock) - aliveAt;
      return quietMs > STUCK_AFTER_MS ? `nothing happened for ${Math.round(quietMs / 1_000)} s` : undefined;
    },
    async run(signal) {
      while (!signal.aborted) {
        live();
        try {
          if (resourceVersion === undefined) await list(signal);
          await watch(signal);
        } catch (error) {
          if (!signal.aborted) await recover(error, signal);
        }
      }
      aliveAt = undefined;
    },
  };
}

/** A deleted and re-created object may come back under another uid with a list in between. */
function versionOf({ metadata }: KubeObject): string {
  return `${metadata.uid}/${metadata.resourceVersion}`;
}
