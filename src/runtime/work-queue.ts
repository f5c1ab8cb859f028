import { type Backoff, backoffDelay, OBJECT_BACKOFF } from './backoff.ts';
import type { Clock, Timer } from './clock.ts';
import type { Key } from './key.ts';

/** First-time work (something is missing) goes before refreshes (something works and gets newer). */
export type Priority = 'first' | 'refresh';

export interface AddOptions {
  readonly priority?: Priority;
  /** Delay in ms; of several delays of one key the earliest holds, with its priority. */
  readonly afterMs?: number;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly backoff?: Backoff;
  readonly random?: () => number;
}

/**
 * Keys that want work. A key waits in it at most once, is never handed out twice at the same time,
 * and one that is added while it is worked on is handed out again afterwards: no wake-up is lost.
 */
export interface WorkQueue {
  add(key: Key, options?: AddOptions): void;
  /** Adds the key after its own back-off, one step longer each time until {@link WorkQueue.forget}. */
  addRateLimited(key: Key): void;
  forget(key: Key): void;
  /** How often the key failed in a row. */
  failures(key: Key): number;
  /** The next key, in arrival order within its priority; undefined once the queue is shut down. */
  get(): Promise<Key | undefined>;
  /** To be called for every key that `get` gave, whatever came of it. */
  done(key: Key): void;
  /** Hands out nothing more and drops every timer. */
  shutDown(): void;
  /** Keys that wait now, delayed ones excepted. */
  readonly length: number;
}

interface Delayed {
  readonly due: number;
  readonly timer: Timer;
}

/** An empty {@link WorkQueue}. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { clock, backoff = OBJECT_BACKOFF, random } = options;
  // Sets keep insertion order, so each is a FIFO without duplicates.
  const ready = { first: new Set<Key>(), refresh: new Set<Key>() };
  const processing = new Set<Key>();
  const dirtyWhileProcessing = new Map<Key, Priority>();
  const delayed = new Map<Key, Delayed>();
  const failures = new Map<Key, number>();
  const waiters: ((key: Key | undefined) => void)[] = [];
  let shut = false;

  function addNow(key: Key, priority: Priority): void {
    if (processing.has(key)) {
      if (dirtyWhileProcessing.get(key) !== 'first') dirtyWhileProcessing.set(key, priority);
      return;
    }
    if (ready.first.has(key)) return;
    if (priority === 'first') ready.refresh.delete(key);
    ready[priority].add(key);
    handOut();
  }

  function addLater(key: Key, priority: Priority, ms: number): void {
    const due = clock.now() + ms;
    const earlier = delayed.get(key);
    if (earlier && earlier.due <= due) return;
    earlier?.timer.cancel();
    const timer = clock.after(ms, () => {
      delayed.delete(key);
      addNow(key, priority);
    });
    delayed.set(key, { due, timer });
  }

  function take(): Key | undefined {
    for (const keys of [ready.first, ready.refresh]) {
      for (const key of keys) {
        keys.delete(key);
        processing.add(key);
        return key;
      }
    }
    return undefined;
  }

  function handOut(): void {
    while (waiters.length > 0) {
      const key = take();
      if (key === undefined) return;
      waiters.shift()?.(key);
    }
  }

  function add(key: Key, { priority = 'first', afterMs = 0 }: AddOptions = {}): void {
    if (shut) return;
    if (afterMs > 0) addLater(key, priority, afterMs);
    else addNow(key, priority);
  }

  return {
    add,
    addRateLimited(key) {
      const count = (failures.get(key) ?? 0) + 1;
      failures.set(key, count);
      add(key, { priority: 'refresh', afterMs: backoffDelay(backoff, count, random) });
    },
    forget: (key) => void failures.delete(key),
    failures: (key) => failures.get(key) ?? 0,
    get() {
      const key = shut ? undefined : take();
      if (shut || key !== undefined) return Promise.resolve(key);
      return new Promise((resolve) => waiters.push(resolve));
    },
    done(key) {
      processing.delete(key);
      const priority = dirtyWhileProcessing.get(key);
      dirtyWhileProcessing.delete(key);
      if (priority && !shut) addNow(key, priority);
    },
    shutDown() {
      shut = true;
      for (const { timer } of delayed.values()) timer.cancel();
      delayed.clear();
      ready.first.clear();
      ready.refresh.clear();
      for (const resolve of waiters.splice(0)) resolve(undefined);
    },
    get length() {
      return ready.first.size + ready.refresh.size;
    },
  };
}
