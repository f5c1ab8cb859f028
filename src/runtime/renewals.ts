import { type Clock, monotonic } from './clock.ts';

/** What this process wrote into the Lease, and how long ago it last did. */
export interface Renewals {
  /** Before a request that writes this renewTime: the API server can have it later, but not sooner. */
  begin(renewTime: string): void;
  /** What was begun before counts no more. */
  forget(): void;
  /** The Lease is known to say this renewTime; false where it was not this process that wrote it. */
  confirm(renewTime: string): boolean;
  /** Whether this process wrote it, or tried to: an answer may be lost, and the write done. */
  isOurs(renewTime: string): boolean;
  readonly hasBegun: boolean;
  /** Since the last one that is known to be done (ms); endless where there is none. */
  age(): number;
}

interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** {@link Renewals} of a process that has written nothing yet. */
export function createRenewals(clock: Clock): Renewals {
  const begun = new Map<string, Moment>();
  let last: Moment = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  return {
    begin: (renewTime) => void begun.set(renewTime, { monotonic: monotonic(clock), wall: clock.now() }),
    forget: () => begun.clear(),
    confirm(renewTime) {
      const found = begun.get(renewTime);
      if (!found) return false;
      last = found;
      // They are in the order of their beginnings: what was begun before is over.
      for (const earlier of begun.keys()) {
        if (earlier === renewTime) break;
        begun.delete(earlier);
      }
      return true;
    },
    isOurs: (renewTime) => begun.has(renewTime),
    get hasBegun() {
      return begun.size > 0;
    },
    /** The longer of both: one stands still while a machine is frozen, the other may be set. */
    age: () => Math.max(monotonic(clock) - last.monotonic, clock.now() - last.wall),
  };
}
