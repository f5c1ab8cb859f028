import type { Clock } from '../../runtime/clock.ts';

/**
 * How many new tokens the PullSecrets of one namespace may make the operator ask for: whoever may write there could have
 * AWS called at will by asking for other repositories each time. What exists is renewed without it.
 */
export interface TokenBudget {
  /** 0 if one may be asked for now, and is counted; else how long to wait (ms). */
  take(namespace: string): number;
}

/** A Secret has seventeen tokens at most; two of them at once are fine. */
const BURST = 40;
const ONE_EACH_MS = 30_000;
/** Those that are full again say nothing, and are dropped when there are more than this. */
const MANY = 10_000;

interface Account {
  readonly left: number;
  readonly at: number;
}

/** A {@link TokenBudget} that nobody has used. */
export function createTokenBudget({ now }: Pick<Clock, 'now'>): TokenBudget {
  const accounts = new Map<string, Account>();
  // A clock that was set back must not hold anything up for as long.
  const leftOf = ({ left, at }: Account): number =>
    Math.min(BURST, left + Math.max(0, now() - at) / ONE_EACH_MS);
  function prune(): void {
    for (const [namespace, account] of accounts) if (leftOf(account) >= BURST) accounts.delete(namespace);
  }
  return {
    take(namespace) {
      if (accounts.size > MANY) prune();
      const left = leftOf(accounts.get(namespace) ?? { left: BURST, at: now() });
      if (left < 1) return Math.ceil((1 - left) * ONE_EACH_MS);
      accounts.set(namespace, { left: left - 1, at: now() });
      return 0;
    },
  };
}
