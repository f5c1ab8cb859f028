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
  /** Which keys wait in one line; without it all do, in the group ''. Asked anew whenever a key comes to wait. */
  readonly groupOf?: ((key: Key) => string) | undefined;
  /** Told of each group once, before its first key waits. */
  readonly onGroup?: (group: string) => void;
}

/** Told of what happens to keys, at once; must not throw. */
export interface QueueObserver {
  /** It waits now, or will as soon as it is no longer worked on. */
  added(key: Key): void;
  taken(key: Key): void;
  done(key: Key): void;
  /** One more failure was put back. */
  retried(): void;
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
  /** The next key of a group, in arrival order within its priority; undefined once the queue is shut down. */
  get(group?: string): Promise<Key | undefined>;
  /** Asks anew for the group of each key that waits. */
  regroup(): void;
  /** To be called for every key that `get` gave, whatever came of it. */
  done(key: Key): void;
  /** Hands out nothing more and drops every timer. */
  shutDown(): void;
  /** Tells this one, and nobody before it, of what happens from now on. */
  observe(observer: QueueObserver): void;
  /** Keys that wait now, delayed ones excepted. */
  readonly length: number;
}

interface Delayed {
  readonly due: number;
  readonly timer: Timer;
}

/** What waits in one group, and who waits for it. */
interface Line {
  // Sets keep insertion order, so each is a FIFO without duplicates.
  readonly first: Set<Key>;
  readonly refresh: Set<Key>;
  readonly waiters: ((key: Key | undefined) => void)[];
}

const EVERYBODY = '';

/** An empty {@link WorkQueue}. */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { clock, backoff = OBJECT_BACKOFF, random, groupOf = () => EVERYBODY, onGroup } = options;
  const lines = new Map<string, Line>();
  const waitsIn = new Map<Key, Line>();
  const processing = new Set<Key>();
  const dirtyWhileProcessing = new Map<Key, Priority>();
  const delayed = new Map<Key, Delayed>();
  const failures = new Map<Key, number>();
  let observer: QueueObserver | undefined;
  let shut = false;

  function lineOf(group: string): Line {
    const known = lines.get(group);
    if (known) return known;
    const line: Line = { first: new Set(), refresh: new Set(), waiters: [] };
    lines.set(group, line);
    onGroup?.(group);
    return line;
  }

  function addNow(key: Key, priority: Priority): void {
    if (processing.has(key)) {
      if (!dirtyWhileProcessing.has(key)) observer?.added(key);
      if (dirtyWhileProcessing.get(key) !== 'first') dirtyWhileProcessing.set(key, priority);
      return;
    }
    if (!waitsIn.has(key)) observer?.added(key);
    wait(key, priority);
  }

  function wait(key: Key, priority: Priority): void {
    const line = lineOf(groupOf(key));
    const before = waitsIn.get(key);
    const isUrgent = priority === 'first' || before?.first.has(key) === true;
    if (before === line && line[isUrgent ? 'first' : 'refresh'].has(key)) return;
    before?.first.delete(key);
    before?.refresh.delete(key);
    line[isUrgent ? 'first' : 'refresh'].add(key);
    waitsIn.set(key, line);
    handOut(line);
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

  function take(line: Line): Key | undefined {
    for (const keys of [line.first, line.refresh]) {
      for (const key of keys) {
        keys.delete(key);
        waitsIn.delete(key);
        processing.add(key);
        observer?.taken(key);
        return key;
      }
    }
    return undefined;
  }

  function handOut(line: Line): void {
    while (line.waiters.length > 0) {
      const key = take(line);
      if (key === undefined) return;
      line.waiters.shift()?.(key);
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
      observer?.retried();
      add(key, { priority: 'refresh', afterMs: backoffDelay(backoff, count, random) });
    },
    forget: (key) => void failures.delete(key),
    failures: (key) => failures.get(key) ?? 0,
    get(group = EVERYBODY) {
      if (shut) return Promise.resolve(undefined);
      const line = lineOf(group);
      const key = take(line);
      if (key !== undefined) return Promise.resolve(key);
      return new Promise((resolve) => line.waiters.push(resolve));
    },
    regroup() {
      // What is urgent stays so.
      for (const key of [...waitsIn.keys()]) addNow(key, 'refresh');
    },
    done(key) {
      processing.delete(key);
      observer?.done(key);
      const priority = dirtyWhileProcessing.get(key);
      dirtyWhileProcessing.delete(key);
      // It was told of when it was added.
      if (priority && !shut) wait(key, priority);
    },
    shutDown() {
      shut = true;
      for (const { timer } of delayed.values()) timer.cancel();
      delayed.clear();
      waitsIn.clear();
      for (const { waiters } of lines.values()) for (const resolve of waiters.splice(0)) resolve(undefined);
    },
    observe(one) {
      observer = one;
    },
    get length() {
      return waitsIn.size;
    },
  };
}
