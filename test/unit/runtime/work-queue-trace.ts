import fc from 'fast-check';
import { type Backoff, backoffDelay } from '../../../src/runtime/backoff.ts';
import { createWorkQueue, type Priority, type WorkQueue } from '../../../src/runtime/work-queue.ts';
import { createFakeClock, type FakeClock, settled } from '../fake-clock.ts';

/** What may be done to a queue, in any order. */
export type Step =
  | { readonly kind: 'add'; readonly key: string; readonly priority: Priority }
  | { readonly kind: 'addAfter'; readonly key: string; readonly priority: Priority; readonly ms: number }
  | { readonly kind: 'addRateLimited'; readonly key: string }
  | { readonly kind: 'forget'; readonly key: string }
  | { readonly kind: 'get' }
  /** One of the keys under way, if there is any. */
  | { readonly kind: 'done'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number };

/** What came of it, in the order in which it came. */
export type Seen =
  | { readonly kind: 'added'; readonly key: string; readonly priority: Priority; readonly due: number }
  | { readonly kind: 'given'; readonly key: string; readonly at: number }
  | { readonly kind: 'done'; readonly key: string };

export const BACKOFF: Backoff = { first: 10, cap: 80, jitter: 0 };

const key = fc.constantFrom('a', 'b', 'c');
const priority = fc.constantFrom<Priority>('first', 'refresh');
const steps = {
  add: fc.record({ kind: fc.constant('add' as const), key, priority }),
  addAfter: fc.record({
    kind: fc.constant('addAfter' as const),
    key,
    priority,
    ms: fc.integer({ min: 1, max: 50 }),
  }),
  addRateLimited: fc.record({ kind: fc.constant('addRateLimited' as const), key }),
  forget: fc.record({ kind: fc.constant('forget' as const), key }),
  get: fc.record({ kind: fc.constant('get' as const) }),
  done: fc.record({ kind: fc.constant('done' as const), which: fc.nat(5) }),
  advance: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 60 }) }),
};

/** Any steps of these kinds, or of all kinds. */
export function anySteps(
  kinds: readonly (keyof typeof steps)[] = Object.keys(steps) as (keyof typeof steps)[],
): fc.Arbitrary<Step[]> {
  return fc.array(fc.oneof(...kinds.map((kind) => steps[kind])), { maxLength: 40 });
}

/** A queue on a clock of its own, to which steps are done, and what was seen of it. */
export interface Trace {
  readonly clock: FakeClock;
  readonly queue: WorkQueue;
  readonly seen: readonly Seen[];
  /** Workers that wait for a key. */
  waiting(): number;
  take(step: Step): Promise<void>;
  /** Workers keep going, and time passes, until nothing is left. */
  drain(): Promise<void>;
}

/** A trace of an empty queue; its time begins at 0. */
export function createTrace(): Trace {
  const clock = createFakeClock(0);
  const queue = createWorkQueue({ clock, backoff: BACKOFF });
  const seen: Seen[] = [];
  const underWay: string[] = [];
  let waiting = 0;

  async function get(): Promise<void> {
    waiting += 1;
    const given = await queue.get();
    waiting -= 1;
    if (given === undefined) return;
    underWay.push(given);
    seen.push({ kind: 'given', key: given, at: clock.now() });
  }

  function done(which: number): void {
    const [finished] = underWay.splice(which % Math.max(underWay.length, 1), 1);
    if (finished === undefined) return;
    seen.push({ kind: 'done', key: finished });
    queue.done(finished);
  }

  function added(name: string, how: Priority, ms: number): void {
    seen.push({ kind: 'added', key: name, priority: how, due: clock.now() + ms });
  }

  async function take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'add':
        added(step.key, step.priority, 0);
        queue.add(step.key, { priority: step.priority });
        break;
      case 'addAfter':
        added(step.key, step.priority, step.ms);
        queue.add(step.key, { priority: step.priority, afterMs: step.ms });
        break;
      case 'addRateLimited':
        added(step.key, 'refresh', backoffDelay(BACKOFF, queue.failures(step.key) + 1));
        queue.addRateLimited(step.key);
        break;
      case 'forget':
        queue.forget(step.key);
        break;
      case 'get':
        void get();
        break;
      case 'done':
        done(step.which);
        break;
      case 'advance':
        await clock.elapse(step.ms);
    }
    await settled();
  }

  async function drain(): Promise<void> {
    // A queue that hands out for ever would never be drained: more than enough turns for what was added.
    for (let turn = 0; turn < 500; turn += 1) {
      if (waiting === 0) void get();
      await settled();
      const [next] = clock.pending();
      if (underWay.length > 0) done(0);
      else if (next !== undefined) await clock.elapse(next);
      else if (waiting > 0) return;
    }
    throw new Error('the queue does not come to rest');
  }

  return { clock, queue, seen, waiting: () => waiting, take, drain };
}

/** What is seen when these steps are taken, and everything that is left is worked off. */
export async function traceOf(taken: readonly Step[]): Promise<readonly Seen[]> {
  const trace = createTrace();
  for (const step of taken) await trace.take(step);
  await trace.drain();
  return trace.seen;
}
