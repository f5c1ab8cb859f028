import type { Informer } from './informer.ts';
import type { Key } from './key.ts';
import type { Predicate } from './predicates.ts';
import type { AddOptions } from './work-queue.ts';

/** Puts keys into one controller's queue. */
export type Enqueue = (key: Key, options?: AddOptions) => void;

/** Something that wakes a controller. It is started once, before the informers run, and stops with `signal`. */
export type Source = (enqueue: Enqueue, signal: AbortSignal) => void;

/** Each change of an object wakes the key of that object. */
export function watchSource<T>(informer: Informer<T>, predicate: Predicate<T> = () => true): Source {
  return (enqueue) => {
    informer.listen((key, now, before) => {
      if (predicate(now, before)) enqueue(key);
    });
  };
}

/** A {@link Source} that is told what to wake, for what happens inside the operator. */
export interface Trigger {
  readonly source: Source;
  readonly fire: Enqueue;
}

/** A trigger that wakes nobody until its source is connected. */
export function createTrigger(): Trigger {
  const targets: Enqueue[] = [];
  return {
    source: (enqueue) => void targets.push(enqueue),
    fire: (key, options) => {
      for (const enqueue of targets) enqueue(key, options);
    },
  };
}

/** Each firing of a trigger wakes the keys that `map` derives from what it was fired with. */
export function mappedTriggerSource(
  trigger: Trigger,
  map: (key: Key) => Iterable<Key>,
  options?: AddOptions,
): Source {
  return (enqueue, signal) =>
    trigger.source((key) => {
      for (const mapped of map(key)) enqueue(mapped, options);
    }, signal);
}

/** Each change of an object wakes the keys that `map` derives from it (and from what it was before). */
export function mappedWatchSource<T>(
  informer: Informer<T>,
  map: (key: Key, now: T | undefined, before: T | undefined) => Iterable<Key>,
  options?: AddOptions,
): Source {
  return (enqueue) => {
    informer.listen((key, now, before) => {
      for (const mapped of map(key, now, before)) enqueue(mapped, options);
    });
  };
}
