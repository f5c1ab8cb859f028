import { isOutage } from '../../ecr/aws-errors.ts';
import { type Backoff, backoffDelay } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Failure } from '../../runtime/errors.ts';

/**
 * While AWS refuses one Registry, one attempt at a time asks whether it still does, and all its other tokens wait for
 * the answer: an outage costs the same few calls, however many tokens there are.
 */
export interface RegistryBreaker {
  /** Undefined: go on, and report what came of it. Else: how long to wait (ms), and the failure to wait for. */
  enter(way: string): { readonly waitMs: number; readonly failure: Failure } | undefined;
  /** True if others wait for this. */
  succeeded(way: string): boolean;
  /** Returns when the next attempt is due (ms from now). */
  failed(way: string, failure: Failure): number;
  /** What came of it says nothing of the others: the next one asks. */
  abstained(way: string): void;
}

/** AWS comes back without anybody doing anything here, and is to be noticed within ten seconds. */
const OUTAGE: Backoff = { first: 1_000, cap: 5_000, jitter: 0.2 };
/** Somebody has to change a policy, a role or keys. */
const REFUSAL: Backoff = { first: 1_000, cap: 60_000, jitter: 0.2 };

/** Who finds an attempt under way looks again after this time. */
const PROBE_WAIT_MS = 1_000;

interface Broken {
  readonly failures: number;
  readonly failure: Failure;
  readonly retryAt: number;
  readonly probing: boolean;
}

/** A {@link RegistryBreaker} without failures. `way` is whatever fails together: a Registry and its way to AWS. */
export function createRegistryBreaker(
  { now }: Pick<Clock, 'now'>,
  random: () => number = Math.random,
): RegistryBreaker {
  const broken = new Map<string, Broken>();
  return {
    enter(way) {
      const state = broken.get(way);
      if (!state) return undefined;
      const waitMs = state.retryAt - now();
      if (waitMs > 0) return { waitMs, failure: state.failure };
      if (state.probing) return { waitMs: PROBE_WAIT_MS, failure: state.failure };
      broken.set(way, { ...state, probing: true });
      return undefined;
    },
    succeeded: (way) => broken.delete(way),
    failed(way, failure) {
      const before = broken.get(way);
      // Those that were under way together failed once.
      if (before && !before.probing) return Math.max(0, before.retryAt - now());
      const failures = (before?.failures ?? 0) + 1;
      const delay = backoffDelay(isOutage(failure.reason) ? OUTAGE : REFUSAL, failures, random);
      broken.set(way, { failures, failure, retryAt: now() + delay, probing: false });
      return delay;
    },
    abstained(way) {
      const state = broken.get(way);
      if (state) broken.set(way, { ...state, probing: false });
    },
  };
}
