import type { Key } from '../../runtime/key.ts';
import type { Snapshot } from './snapshot.ts';

/** One comparison of all Repositories of a Registry, under way. */
export interface Sweep {
  readonly registry: string;
  /** Absent where listing is not allowed: then each repository is asked about by itself. */
  readonly snapshot: Snapshot | undefined;
  /** What is still to be compared, with the version that it had. */
  readonly open: Map<Key, string>;
  /** What was compared without an answer since AWS gave the last one, whatever it was about. */
  readonly unanswered: Set<Key>;
  /** How often each was compared without an answer. */
  readonly attempts: Map<Key, number>;
}

/** The sweeps under way, one for a Registry at most. What one of them knows goes when it is over. */
export interface Sweeps {
  isRunning(registry: string): boolean;
  /** Gives the keys to be compared. */
  begin(registry: string, snapshot: Snapshot | undefined, open: Map<Key, string>): void;
  /** The sweep that still has to compare this. */
  of(key: Key): Sweep | undefined;
  /** Nothing more is to be done for this key. */
  done(key: Key): void;
  /** Ends one before it is over; `failure` says why. Without one it leaves no trace. */
  abandon(registry: string, failure?: unknown): void;
}

/** No sweep is under way. `over` is called when one has ended that was begun. */
export function createSweeps(over: (sweep: Sweep, failure: unknown) => void): Sweeps {
  const running = new Map<string, Sweep>();
  const of = (key: Key): Sweep | undefined => {
    for (const sweep of running.values()) if (sweep.open.has(key)) return sweep;
    return undefined;
  };
  const endIfEmpty = (sweep: Sweep): void => {
    if (sweep.open.size > 0) return;
    running.delete(sweep.registry);
    over(sweep, undefined);
  };
  return {
    of,
    isRunning: (registry) => running.has(registry),
    begin(registry, snapshot, open) {
      const sweep = { registry, snapshot, open, unanswered: new Set<Key>(), attempts: new Map() };
      running.set(registry, sweep);
      endIfEmpty(sweep);
    },
    done(key) {
      const sweep = of(key);
      sweep?.open.delete(key);
      if (sweep) endIfEmpty(sweep);
    },
    abandon(registry, failure) {
      const sweep = running.get(registry);
      running.delete(registry);
      if (sweep && failure !== undefined) over(sweep, failure);
    },
  };
}
