import { backoffDelay } from '../../../src/runtime/backoff.ts';
import type { Priority } from '../../../src/runtime/work-queue.ts';
import { BACKOFF, type Step } from './work-queue-trace.ts';

interface Waiting {
  readonly key: string;
  readonly priority: Priority;
}

interface Later extends Waiting {
  readonly due: number;
}

/** What a queue has to do, said as simply as can be: lists that are searched, and time in steps of 1 ms. */
export interface Model {
  readonly given: readonly string[];
  length(): number;
  take(step: Step): void;
}

/** A {@link Model} of an empty queue. */
export function createModel(): Model {
  const given: string[] = [];
  const underWay: string[] = [];
  const failures = new Map<string, number>();
  let waiting: Waiting[] = [];
  let again: Waiting[] = [];
  let later: Later[] = [];
  let workers = 0;
  let now = 0;

  function add(entry: Waiting): void {
    if (underWay.includes(entry.key)) again.push(entry);
    else if (!waiting.some(({ key, priority }) => key === entry.key && priority === 'first')) {
      if (entry.priority === 'first') waiting = waiting.filter(({ key }) => key !== entry.key);
      if (!waiting.some(({ key }) => key === entry.key)) waiting.push(entry);
    }
    give();
  }

  function addLater(entry: Later): void {
    const earlier = later.find(({ key }) => key === entry.key);
    if (earlier && earlier.due <= entry.due) return;
    later = [...later.filter(({ key }) => key !== entry.key), entry];
  }

  function give(): void {
    while (workers > 0 && waiting.length > 0) {
      const next = waiting.find(({ priority }) => priority === 'first') ?? (waiting[0] as Waiting);
      waiting = waiting.filter((entry) => entry !== next);
      workers -= 1;
      underWay.push(next.key);
      given.push(next.key);
    }
  }

  function done(which: number): void {
    const [key] = underWay.splice(which % Math.max(underWay.length, 1), 1);
    const entries = again.filter((entry) => entry.key === key);
    again = again.filter((entry) => entry.key !== key);
    const entry = entries.find(({ priority }) => priority === 'first') ?? entries[0];
    if (entry) add(entry);
  }

  function advance(ms: number): void {
    for (const until = now + ms; now < until; ) {
      now += 1;
      for (const entry of later.filter(({ due }) => due === now)) {
        later = later.filter((each) => each !== entry);
        add(entry);
      }
    }
  }

  return {
    given,
    length: () => waiting.length,
    take(step) {
      switch (step.kind) {
        case 'add':
          return add(step);
        case 'addAfter':
          return addLater({ ...step, due: now + step.ms });
        case 'addRateLimited': {
          const count = (failures.get(step.key) ?? 0) + 1;
          failures.set(step.key, count);
          return addLater({ key: step.key, priority: 'refresh', due: now + backoffDelay(BACKOFF, count) });
        }
        case 'forget':
          return void failures.delete(step.key);
        case 'get':
          workers += 1;
          return give();
        case 'done':
          return done(step.which);
        case 'advance':
          return advance(step.ms);
      }
    },
  };
}
