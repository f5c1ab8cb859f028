import type { SimulatorClock } from './simulator-clock.ts';

/**
 * How long a change stays unseen: until so many looks missed it, and until so much time went by.
 * ECR is eventually consistent after CreateRepository (terraform-provider-aws#3849).
 */
export interface Lag {
  readonly calls?: number;
  readonly milliseconds?: number;
}

/** What is there but not seen yet, and what is gone but still seen. */
export interface Visibility<T extends object> {
  hide(one: T, lag: Lag): void;
  /** `use` counts as one of the lag's calls, `peek` does not. */
  isHidden(one: T, look: 'use' | 'peek'): boolean;
  keepGhost(name: string, one: T, lag: Lag): void;
  forgetGhost(name: string): void;
  /** Uses up one of the lag's calls. */
  ghost(name: string): T | undefined;
  ghosts(): T[];
}

interface Pending {
  callsLeft: number;
  readonly until: number;
}

/** No lags until somebody asks for them. */
export function createVisibility<T extends object>(clock: SimulatorClock): Visibility<T> {
  const hidden = new WeakMap<T, Pending>();
  const ghosts = new Map<string, { readonly one: T; readonly pending: Pending }>();
  const pendingFor = (lag: Lag): Pending => ({
    callsLeft: lag.calls ?? 0,
    until: clock.now().getTime() + (lag.milliseconds ?? 0),
  });
  const lasts = (pending: Pending, look: 'use' | 'peek'): boolean => {
    const lasting = pending.callsLeft > 0 || clock.now().getTime() < pending.until;
    if (look === 'use' && pending.callsLeft > 0) pending.callsLeft -= 1;
    return lasting;
  };
  return {
    hide: (one, lag) => void hidden.set(one, pendingFor(lag)),
    isHidden(one, look) {
      const pending = hidden.get(one);
      return pending !== undefined && lasts(pending, look);
    },
    keepGhost: (name, one, lag) => void ghosts.set(name, { one, pending: pendingFor(lag) }),
    forgetGhost: (name) => void ghosts.delete(name),
    ghost(name) {
      const ghost = ghosts.get(name);
      return ghost && lasts(ghost.pending, 'use') ? ghost.one : undefined;
    },
    ghosts: () =>
      [...ghosts.values()].filter((ghost) => lasts(ghost.pending, 'peek')).map((ghost) => ghost.one),
  };
}
