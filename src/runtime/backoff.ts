/** Exponential delays in ms: `first * 2^n`, at most `cap`, then spread over `jitter` (0.2 = ±10 %). */
export interface Backoff {
  readonly first: number;
  readonly cap: number;
  readonly jitter: number;
}

/** For objects: first retry after a second, about every five minutes in the end. */
export const OBJECT_BACKOFF: Backoff = { first: 1_000, cap: 300_000, jitter: 0.2 };

/** For connections to the API server: as client-go's reflector, 0.8 s to 30 s before they are spread. */
export const CONNECTION_BACKOFF: Backoff = { first: 800, cap: 30_000, jitter: 1 };

/** The delay in ms after `failures` failures in a row (1 = the first). `random` is in [0, 1). */
export function backoffDelay(backoff: Backoff, failures: number, random: () => number = Math.random): number {
  const exponent = Math.min(Math.max(failures - 1, 0), 40);
  const base = Math.min(backoff.cap, backoff.first * 2 ** exponent);
  return spread(base, backoff.jitter, random);
}

/** `ms` moved at random by at most half of `jitter` to either side. */
export function spread(ms: number, jitter: number, random: () => number = Math.random): number {
  return Math.round(ms * (1 + (random() - 0.5) * jitter));
}
