import { type Clock, monotonic, sleep } from './clock.ts';
import { messageOf } from './errors.ts';
import type { Key } from './key.ts';
import type { Log } from './log.ts';
import type { Retry } from './outcome.ts';
import type { Enqueue, Source } from './sources.ts';
import { traced } from './tracing.ts';
import { createWorkQueue, type QueueObserver, type WorkQueue } from './work-queue.ts';

/** What one pass over a key asks for next; an empty object is "nothing until something changes". */
export interface Next {
  readonly requeueAfterMs?: number;
  /** The pass failed. */
  readonly retry?: Retry;
}

export interface ControllerOptions {
  readonly name: string;
  readonly sources: readonly Source[];
  /** One pass over a key. A throw is a failure with back-off. */
  readonly reconcile: (key: Key) => Promise<Next>;
  /** At most so many passes at the same time: of each group, where there are groups. */
  readonly workers: number;
  /**
   * Which keys share workers; without it all do. Where keys wait for different services, one that is slow then keeps
   * nobody of the others waiting. There have to be few groups: each keeps its workers.
   */
  readonly groupOf?: (key: Key) => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Whatever a pass waits for has a time limit, but its turn at AWS: one that is throttled for long is not dead (ms). */
const LONGEST_WORK_MS = 7_200_000;
/** A key that waits while nobody works is taken in the same moment (ms). */
const LONGEST_REST_MS = 60_000;

/** What came of a pass, by controller-runtime's words. */
export type PassResult = 'success' | 'requeue_after' | 'error';

/** Told of what a controller does, at once; must not throw. */
export interface ControllerObserver extends QueueObserver {
  /** A pass is over; `isTerminal` where it failed in a way that no retry mends. */
  passed(key: Key, result: PassResult, isTerminal: boolean): void;
}

/** Sources, a queue and N workers, or N for each group of keys. */
export interface Controller {
  readonly name: string;
  readonly enqueue: Enqueue;
  readonly queue: WorkQueue;
  /** Passes that may be under way at the same time, over all groups there are. */
  workers(): number;
  /** Tells this one of what happens from now on. */
  observe(observer: ControllerObserver): void;
  /** Connects the sources; what informers hold already wakes its keys, too. */
  connect(signal: AbortSignal): void;
  /** Begins to work; needs filled informers. */
  start(): void;
  /** Why it has to be taken for dead, if so: a pass that does not end, or keys that nobody takes. */
  stuck(): string | undefined;
  /** Takes no new key; resolves when the ones under way are done, or after `deadlineMs`: false then. */
  stop(deadlineMs: number): Promise<boolean>;
}

/**
 * A key that asks to be looked at sooner, or in the past (by a wrong clock, say), would make a hot loop: whatever
 * wants work at once is woken by a change.
 */
const SHORTEST_DELAY_MS = 1_000;

/**
 * A pass that takes longer slept in the midst of it, or waited for AWS: what it asked for, by the time that it began at,
 * is due that much earlier.
 */
const LONGEST_PASS_MS = 30_000;

/** A {@link Controller} at rest. */
export function createController(options: ControllerOptions): Controller {
  const { name, clock, log, reconcile } = options;
  const groups: string[] = [];
  let hire: (group: string) => void = () => undefined;
  const queue = createWorkQueue({
    clock,
    groupOf: options.groupOf,
    onGroup: (group) => {
      groups.push(group);
      hire(group);
    },
  });
  const workers: Promise<void>[] = [];
  let observer: ControllerObserver | undefined;
  /** By monotonic time: when the passes under way began, and when the last one came to its end. */
  const underWay = new Map<Key, number>();
  let restsSince: number | undefined;

  async function work(group: string): Promise<void> {
    for (let key = await queue.get(group); key !== undefined; key = await queue.get(group)) {
      underWay.set(key, monotonic(clock));
      await pass(key);
      underWay.delete(key);
      restsSince = monotonic(clock);
      queue.done(key);
    }
  }

  async function pass(key: Key): Promise<void> {
    const startedAt = clock.now();
    const next = await attempt(key);
    observer?.passed(key, resultOf(next), next.retry?.kind === 'after');
    if (next.retry?.kind === 'backoff') queue.addRateLimited(key);
    else queue.forget(key);
    const askedMs = next.retry?.kind === 'after' ? next.retry.ms : next.requeueAfterMs;
    if (askedMs === undefined) return;
    const tookMs = clock.now() - startedAt;
    const afterMs = tookMs > LONGEST_PASS_MS ? askedMs - tookMs : askedMs;
    // NaN too has to come out as the shortest delay.
    queue.add(key, { priority: 'refresh', afterMs: Math.max(afterMs || 0, SHORTEST_DELAY_MS) });
  }

  async function attempt(key: Key): Promise<Next> {
    try {
      return await traced(`reconcile ${name}`, 'internal', { 'ecr_operator.key': key }, async (add) => {
        const next = await reconcile(key);
        add({ 'ecr_operator.result': resultOf(next) });
        return next;
      });
    } catch (error) {
      log.warn({ controller: name, key, error: messageOf(error) }, 'reconcile failed');
      return { retry: { kind: 'backoff' } };
    }
  }

  return {
    name,
    queue,
    enqueue: queue.add,
    workers: () => options.workers * Math.max(1, groups.length),
    observe: (one) => {
      observer = one;
      queue.observe(one);
    },
    connect: (signal) => {
      for (const source of options.sources) source(queue.add, signal);
    },
    start: () => {
      restsSince = monotonic(clock);
      // What decides over groups may have been read after the keys.
      queue.regroup();
      hire = (group) => {
        for (let count = 0; count < options.workers; count += 1) workers.push(work(group));
      };
      for (const group of groups) hire(group);
    },
    stuck() {
      const now = monotonic(clock);
      // The first one is the oldest.
      for (const [key, startedAt] of underWay) {
        const tookMs = now - startedAt;
        if (tookMs > LONGEST_WORK_MS) return `${key} is worked on for ${Math.round(tookMs / 60_000)} min`;
        break;
      }
      const isIdle = restsSince !== undefined && underWay.size === 0 && queue.length > 0;
      if (!isIdle || now - (restsSince ?? now) <= LONGEST_REST_MS) return undefined;
      return `${queue.length} keys wait and nobody takes them`;
    },
    stop: async (deadlineMs) => {
      queue.shutDown();
      const deadline = new AbortController();
      const late = sleep(clock, deadlineMs, deadline.signal).then(() => false);
      const drained = Promise.all(workers).then(() => true);
      const result = await Promise.race([drained, late]);
      deadline.abort();
      return result;
    },
  };
}

function resultOf({ retry, requeueAfterMs }: Next): PassResult {
  if (retry) return 'error';
  return requeueAfterMs === undefined ? 'success' : 'requeue_after';
}
