import { spread } from './backoff.ts';
import { type Failure, TerminalError } from './errors.ts';

/** One condition as a reconciler states it; times and generations are the runtime's. */
export interface ConditionState {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  /** Tells this time from the last, see {@link Failure}. */
  readonly occurrence?: string | undefined;
}

/** Something worth an Event beside the change of Ready. */
export interface Happening {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/**
 * What a reconciliation that did not throw found: the status fields it owns (conditions excepted),
 * the conditions its kind declares, Events, and when to look again at the latest.
 */
export interface Outcome<Status> {
  readonly status?: Status;
  readonly conditions: readonly ConditionState[];
  readonly happenings?: readonly Happening[];
  readonly requeueAfterMs?: number;
  /** Where it is not Ready, only a change from outside helps: kstatus' `Stalled`. */
  readonly stalled?: boolean;
}

/** A reconciliation that did a part of its work: a failure, with what is known and was done all the same. */
export interface Incomplete<Status> extends Pick<Outcome<Status>, 'status' | 'happenings'> {
  readonly failure: unknown;
}

/** When a failed key is tried again: by back-off, or once after a fixed delay. */
export type Retry = { readonly kind: 'backoff' } | { readonly kind: 'after'; readonly ms: number };

/** Terminal failures come back after their own delay, jittered so that many do not come at once. */
export function retryOf(error: unknown, random?: () => number): Retry {
  return error instanceof TerminalError
    ? { kind: 'after', ms: spread(error.recheckAfterMs, 0.2, random) }
    : { kind: 'backoff' };
}
