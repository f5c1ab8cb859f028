import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { settled } from '../fake-clock.ts';
import { createModel } from './work-queue-model.ts';
import { anySteps, createTrace, type Seen, traceOf } from './work-queue-trace.ts';

const RUNS = { numRuns: 300 };

type Added = Extract<Seen, { readonly kind: 'added' }>;
type Given = Extract<Seen, { readonly kind: 'given' }>;

const isAdded = (seen: Seen): seen is Added => seen.kind === 'added';

/** Each hand-out with what was added of its key before it, and the hand-out of that key before. */
function* handOuts(
  seen: readonly Seen[],
): Generator<{ given: Given; previous: Given | undefined; added: Added[]; since: Added[] }> {
  for (const [index, given] of seen.entries()) {
    if (given.kind !== 'given') continue;
    const before = seen.slice(0, index).filter(({ key }) => key === given.key);
    const last = before.findLastIndex(({ kind }) => kind === 'given');
    yield {
      given,
      previous: before[last] as Given | undefined,
      added: before.filter(isAdded),
      since: before.slice(last + 1).filter(isAdded),
    };
  }
}

test('a key is never handed out twice at once', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps(), async (steps) => {
      const underWay = new Set<string>();
      for (const { kind, key } of await traceOf(steps)) {
        if (kind === 'given') expect(underWay).not.toContain(key);
        if (kind === 'given') underWay.add(key);
        if (kind === 'done') underWay.delete(key);
      }
    }),
    RUNS,
  );
});

test('no wake-up is lost: after every add, now or later, the key is handed out', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps(), async (steps) => {
      const seen = await traceOf(steps);
      for (const [index, added] of seen.entries()) {
        if (added.kind !== 'added') continue;
        const after = seen.slice(index).filter(({ kind, key }) => kind === 'given' && key === added.key);
        expect(after.length).toBeGreaterThan(0);
      }
    }),
    RUNS,
  );
});

test('an idle worker gets a key in the moment in which it is added', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps(), async (steps) => {
      const trace = createTrace();
      for (const step of steps) {
        await trace.take(step);
        expect(Math.min(trace.waiting(), trace.queue.length)).toBe(0);
      }
    }),
    RUNS,
  );
});

test('a key waits at most once: every hand-out has an add of its own', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps(), async (steps) => {
      for (const { given, previous, added, since } of handOuts(await traceOf(steps))) {
        // What was added before the last hand-out counts only if its time had not come by then.
        const delayed = added.filter(({ due }) => previous && due >= previous.at && !since.length);
        expect({ given, reasons: since.length + delayed.length }).not.toMatchObject({ reasons: 0 });
      }
    }),
    RUNS,
  );
});

test('however often a key is added, it waits once, and once more while it is worked on', async () => {
  const adds = fc.array(fc.constantFrom('first' as const, 'refresh' as const), {
    minLength: 1,
    maxLength: 9,
  });
  await fc.assert(
    fc.asyncProperty(adds, adds, async (before, during) => {
      const { queue, take, drain, seen } = createTrace();
      for (const priority of before) await take({ kind: 'add', key: 'a', priority });
      expect(queue.length).toBe(1);
      await take({ kind: 'get' });
      for (const priority of during) await take({ kind: 'add', key: 'a', priority });
      expect(queue.length).toBe(0);
      await drain();
      expect(seen.filter(({ kind }) => kind === 'given')).toHaveLength(2);
    }),
    RUNS,
  );
});

test('first-time work is handed out before refreshes', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps(['add', 'get', 'done']), async (steps) => {
      const seen = await traceOf(steps);
      // What waits, and how urgently; while a key is under way, what will wait.
      const wanted = new Map<string, 'first' | 'refresh'>();
      const underWay = new Set<string>();
      for (const each of seen) {
        if (each.kind === 'done') underWay.delete(each.key);
        if (each.kind === 'added' && wanted.get(each.key) !== 'first') wanted.set(each.key, each.priority);
        if (each.kind !== 'given') continue;
        const urgent = [...wanted].filter(([key, how]) => how === 'first' && !underWay.has(key));
        if (wanted.get(each.key) === 'refresh') expect(urgent).toEqual([]);
        wanted.delete(each.key);
        underWay.add(each.key);
      }
    }),
    RUNS,
  );
});

test('a delayed add is not handed out before its time', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps(), async (steps) => {
      for (const { given, added } of handOuts(await traceOf(steps))) {
        expect(Math.min(...added.map(({ due }) => due))).toBeLessThanOrEqual(given.at);
      }
    }),
    RUNS,
  );
});

test('of several delays of a key the earliest holds, to the millisecond', async () => {
  const delays = fc.array(
    fc.record({ ms: fc.integer({ min: 1, max: 100 }), gap: fc.integer({ min: 0, max: 30 }) }),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(delays, async (adds) => {
      const { clock, take, drain, seen } = createTrace();
      const expected: number[] = [];
      let due: number | undefined;
      for (const { ms, gap } of adds) {
        await take({ kind: 'addAfter', key: 'a', priority: 'refresh', ms });
        due = Math.min(due ?? Number.POSITIVE_INFINITY, clock.now() + ms);
        // A worker that is always there.
        for (let left = gap; left > 0; left -= 1) {
          await take({ kind: 'get' });
          await take({ kind: 'advance', ms: 1 });
          await take({ kind: 'done', which: 0 });
          if (due !== clock.now()) continue;
          expected.push(due);
          due = undefined;
        }
      }
      if (due !== undefined) expected.push(due);
      await drain();
      expect(seen.flatMap((each) => (each.kind === 'given' ? [each.at] : []))).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});

test('a shut queue sends all workers home, hands out nothing more and leaves no timer', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps(), anySteps(), async (before, after) => {
      const { queue, clock, take, seen, waiting } = createTrace();
      for (const step of before) await take(step);
      const given = seen.filter(({ kind }) => kind === 'given').length;
      queue.shutDown();
      await settled();
      expect([waiting(), queue.length, clock.pending()]).toEqual([0, 0, []]);
      for (const step of after) await take(step);
      expect(await queue.get()).toBeUndefined();
      expect([waiting(), queue.length, clock.pending()]).toEqual([0, 0, []]);
      expect(seen.filter(({ kind }) => kind === 'given')).toHaveLength(given);
    }),
    RUNS,
  );
});

test('the queue hands out what its model does, in the same order', async () => {
  await fc.assert(
    fc.asyncProperty(anySteps(), async (steps) => {
      const { queue, take, seen } = createTrace();
      const model = createModel();
      for (const step of steps) {
        await take(step);
        model.take(step);
        const given = seen.flatMap(({ kind, key }) => (kind === 'given' ? [key] : []));
        expect({ given, length: queue.length }).toEqual({ given: model.given, length: model.length() });
      }
    }),
    RUNS,
  );
});
