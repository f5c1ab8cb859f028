/**
 * What a failed reconciliation says in the Ready condition: a CamelCase reason, and words for a person.
 * `occurrence` tells this failure from the same one before (a request id): it is shown, but is no news.
 */
export interface Failure {
  readonly reason: string;
  readonly message: string;
  readonly occurrence?: string;
}

export interface FailureOptions extends ErrorOptions {
  readonly occurrence?: string | undefined;
}

/** A failure that a retry can mend; `reason` is what the condition and the Event will say. */
export class RetryableError extends Error {
  readonly reason: string;
  readonly occurrence: string | undefined;

  constructor(reason: string, message: string, options?: FailureOptions) {
    super(message, options);
    this.name = 'RetryableError';
    this.reason = reason;
    this.occurrence = options?.occurrence;
  }
}

/**
 * A failure that no retry mends: only a change of the spec, or of something elsewhere, does.
 * It is looked at again after `recheckAfterMs` (default: an hour).
 */
export class TerminalError extends Error {
  readonly reason: string;
  readonly recheckAfterMs: number;
  readonly occurrence: string | undefined;

  constructor(
    reason: string,
    message: string,
    options: FailureOptions & { readonly recheckAfterMs?: number } = {},
  ) {
    super(message, options);
    this.name = 'TerminalError';
    this.reason = reason;
    this.occurrence = options.occurrence;
    this.recheckAfterMs = options.recheckAfterMs ?? 3_600_000;
  }
}

/** The words of anything thrown; never a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What to say of anything thrown; errors without a reason of their own are `ReconcileFailed`. */
export function failureOf(error: unknown): Failure {
  const { reason, occurrence } = (error ?? {}) as {
    readonly reason?: unknown;
    readonly occurrence?: unknown;
  };
  return {
    // Errors of others have reasons in words of their own: only a condition's form counts.
    reason: typeof reason === 'string' && /^[A-Z]\w*$/.test(reason) ? reason : 'ReconcileFailed',
    message: messageOf(error),
    ...(typeof occurrence === 'string' ? { occurrence } : {}),
  };
}
