import type { RepositoryStatusRefusedPolicy } from '../../api/repository.generated.ts';
import { isObject, type Json, listOf } from '../../ecr/json-document.ts';
import { timestamp } from '../../runtime/clock.ts';
import { RetryableError, TerminalError } from '../../runtime/errors.ts';
import { hashOf } from './preview-step.ts';

const REASON = 'PrincipalNotFound';

export interface RefusedPolicy {
  readonly document: string;
  /** The policy that is there. */
  readonly live: string | undefined;
  /** The ids of deleted principals in statements of others, as `AIDA... (statement X)`. */
  readonly foreign: readonly string[];
}

/** A refusal for a principal that AWS does not know names those that may be meant: AWS does not say which. */
export function withPrincipals(error: unknown, { document, live, foreign }: RefusedPolicy): unknown {
  if (!(error instanceof RetryableError) || error.reason !== REASON) return error;
  const known = new Set(principalsOf(live ?? '{}'));
  const unknown = principalsOf(document).filter((principal) => !known.has(principal));
  const words = [
    ...(unknown.length > 0
      ? [`AWS knows nothing of one of: ${unknown.join(', ')}: make it, or take it out`]
      : []),
    ...(foreign.length > 0
      ? [
          `statements that are not the operator's name principals that were deleted, and keep every change of the policy back: take out ${foreign.join(', ')}`,
        ]
      : []),
  ];
  if (words.length === 0) return error;
  return new RetryableError(
    REASON,
    `${error.message}; ${words.join('; ')}; nothing of the policy was changed`,
    { cause: error, occurrence: error.occurrence },
  );
}

export interface PolicyFailureInput extends RefusedPolicy {
  readonly error: unknown;
  /** As the status tells of it. */
  readonly previous: RepositoryStatusRefusedPolicy | undefined;
  readonly now: number;
}

/** Why AWS did not take a policy, for people, and what the status is to remember of that (pure). */
export function policyFailure({ error, previous, now, ...refused }: PolicyFailureInput): {
  readonly failure: unknown;
  readonly refusedPolicy: RepositoryStatusRefusedPolicy | undefined;
} {
  const refusedPolicy = refusedSince(error, refused.document, previous, now);
  return { failure: boundedPatience(withPrincipals(error, refused), refusedPolicy, now), refusedPolicy };
}

/** A new principal is seen within minutes; after that somebody has to do something (ms). */
const PATIENCE_MS = 600_000;
const RECHECK_MS = 900_000;

/**
 * That this policy is refused for a principal, and since when (pure): another policy is waited for anew. Undefined where
 * it is refused for something else.
 */
export function refusedSince(
  failure: unknown,
  document: string,
  previous: RepositoryStatusRefusedPolicy | undefined,
  now: number,
): RepositoryStatusRefusedPolicy | undefined {
  if (!(failure instanceof RetryableError) || failure.reason !== REASON) return undefined;
  const hash = hashOf(document);
  return previous?.document === hash ? previous : { document: hash, since: timestamp(now) };
}

/** The failure, which is no longer waited out when it has lasted too long. */
export function boundedPatience(
  failure: unknown,
  refused: RepositoryStatusRefusedPolicy | undefined,
  now: number,
): unknown {
  if (!(failure instanceof RetryableError) || failure.reason !== REASON) return failure;
  if (!refused || now - Date.parse(refused.since) <= PATIENCE_MS) return failure;
  const { message, occurrence } = failure;
  return new TerminalError(REASON, message, { cause: failure, occurrence, recheckAfterMs: RECHECK_MS });
}

function principalsOf(document: string): string[] {
  const statements = parsedStatements(document);
  return [...new Set(statements.flatMap(({ Principal }) => awsPrincipals(Principal)))];
}

function awsPrincipals(principal: Json | undefined): string[] {
  const values = isObject(principal) ? listOf(principal['AWS']) : listOf(principal);
  return values.filter((value): value is string => typeof value === 'string' && value !== '*');
}

function parsedStatements(document: string): readonly { readonly [key: string]: Json }[] {
  try {
    const parsed = JSON.parse(document) as Json;
    return isObject(parsed) ? listOf(parsed['Statement']).filter(isObject) : [];
  } catch {
    return [];
  }
}
