import { backoffDelay } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';

/**
 * Remembers how often something of ours had to be put right, so that a tool that keeps undoing it meets back-off
 * instead of a fight. What a person undoes a few times is back at once. A thing is the key of a target, or such a key,
 * a space, and what belongs to the target.
 */
export interface Contests {
  /** How long to wait before it is put right again (ms); 0 = now. */
  wait(thing: string): number;
  /** When it may be put right again (ms since the epoch), the past included. Unlike a wait it stays the same. */
  due(thing: string): number;
  /** It was put right. */
  restored(thing: string): void;
  /** How often it was, in the time that is remembered. */
  count(thing: string): number;
  /** Of a target: all that belongs to it, too. */
  forget(thing: string): void;
}

const BACKOFF = { first: 10_000, cap: 600_000, jitter: 0 };
/** Longer than the longest wait, or a fight would begin anew with each. */
const QUIET_MS = 1_800_000;
/** What was put right long ago is dropped now and then when there are more targets than this. */
const MANY = 10_000;
const PRUNE_EVERY_MS = 60_000;

interface Restored {
  readonly count: number;
  readonly last: number;
}

/** No {@link Contests} yet. So often, `free`, something is put right without waiting, and once more. */
export function createContests({ now }: Pick<Clock, 'now'>, free = 5): Contests {
  const targets = new Map<string, Map<string, Restored>>();
  let prunedAt = 0;
  const recent = (thing: string): Restored => {
    const found = targets.get(targetOf(thing))?.get(thing);
    return found && now() - found.last < QUIET_MS ? found : { count: 0, last: 0 };
  };
  function remove(thing: string): void {
    const target = targetOf(thing);
    const things = targets.get(target);
    things?.delete(thing);
    if (thing === target || things?.size === 0) targets.delete(target);
  }
  function prune(): void {
    if (targets.size <= MANY || now() - prunedAt < PRUNE_EVERY_MS) return;
    prunedAt = now();
    for (const things of targets.values())
      for (const [thing, { last }] of things) if (now() - last >= QUIET_MS) remove(thing);
  }
  function due(thing: string): number {
    const { count, last } = recent(thing);
    return count <= free ? last : last + backoffDelay(BACKOFF, count - free);
  }
  return {
    due,
    wait: (thing) => Math.max(0, due(thing) - now()),
    restored(thing) {
      prune();
      const things = targets.get(targetOf(thing)) ?? new Map<string, Restored>();
      targets.set(targetOf(thing), things.set(thing, { count: recent(thing).count + 1, last: now() }));
    },
    count: (thing) => recent(thing).count,
    forget: remove,
  };
}

function targetOf(thing: string): string {
  return thing.split(' ', 1)[0] ?? '';
}
