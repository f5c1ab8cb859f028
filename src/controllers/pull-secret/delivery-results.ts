import type { Failure } from '../../runtime/errors.ts';
import type { Key } from '../../runtime/key.ts';

/** Why a target could not be served the last time, by its key. What went well is seen in the caches. */
export interface DeliveryResults {
  get(target: Key): Failure | undefined;
  /** True if that is news. */
  set(target: Key, failure: Failure | undefined): boolean;
}

/** Empty {@link DeliveryResults}. */
export function createDeliveryResults(): DeliveryResults {
  const failures = new Map<Key, Failure>();
  return {
    get: (target) => failures.get(target),
    set(target, failure) {
      const before = failures.get(target);
      if (failure) failures.set(target, failure);
      else failures.delete(target);
      return before?.reason !== failure?.reason || before?.message !== failure?.message;
    },
  };
}
