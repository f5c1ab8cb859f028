import { wildcardMatches } from './policy-document.ts';

/** What a fault does to a call that it matches. */
export type Fault =
  /** ThrottlingException "Rate exceeded", 400. */
  | { readonly kind: 'throttle' }
  /** ServerException, 500 unless told. */
  | { readonly kind: 'server-error'; readonly status?: number; readonly when?: When }
  /** The connection is reset. */
  | { readonly kind: 'reset'; readonly when?: When }
  /** No answer ever comes; the connection stays open until the client or the simulator closes it. */
  | { readonly kind: 'never'; readonly when?: When }
  /** The answer waits for a promise, or for real milliseconds. */
  | { readonly kind: 'slow'; readonly until: Promise<unknown> | number; readonly when?: When }
  /** AccessDeniedException with AWS's wording. */
  | { readonly kind: 'access-denied' }
  /** LimitExceededException. */
  | { readonly kind: 'quota' }
  | { readonly kind: 'error'; readonly name: string; readonly message: string; readonly status?: number }
  /** GetAuthorizationToken answers 200 with something unusable. */
  | {
      readonly kind: 'bad-token';
      readonly shape: 'expired' | 'no-expiry' | 'no-data' | 'empty-data' | 'garbage';
    };

/** Before the call is carried out, or after it, when the state has changed and only the answer is lost. */
export type When = 'before' | 'after';

/** All that is given has to match; `*` and `?` are wildcards. */
export interface FaultMatch {
  /** `ecr:CreateRepository`, `ecr:Put*`, `sts:AssumeRole`; the registry front's actions too. */
  readonly action?: string | readonly string[];
  readonly accountId?: string;
  readonly region?: string;
  /** ARN pattern; a rule with a resource matches a call when any of its resources fits. */
  readonly resource?: string;
}

export interface FaultRule {
  readonly match: FaultMatch;
  readonly fault: Fault;
  /** How many calls it hits; for ever unless told. */
  readonly times?: number;
  /** Lets this many matching calls pass first. */
  readonly after?: number;
  /** The share of matching calls that it hits, 0 to 1: which ones is the same for the same `seed`. */
  readonly rate?: number;
  readonly seed?: number;
}

/** A rule at work. */
export interface ActiveFault {
  /** How often it has struck. */
  hits(): number;
  remove(): void;
}

/** The rules at work, oldest first; the first that matches strikes. */
export interface Faults {
  add(rule: FaultRule): ActiveFault;
  clear(): void;
}

/** The side that the simulator asks. */
export interface FaultTable extends Faults {
  /** The fault for a call; uses up one of its times. */
  strike(call: {
    readonly action: string;
    readonly accountId: string;
    readonly region: string;
    readonly resources: readonly string[];
  }): Fault | undefined;
}

/** No faults. */
export function createFaultTable(): FaultTable {
  const rules: { rule: FaultRule; passes: number; hits: number; draw: () => number }[] = [];
  return {
    add(rule) {
      const entry = { rule, passes: rule.after ?? 0, hits: 0, draw: seededDraws(rule.seed ?? 1) };
      rules.push(entry);
      return {
        hits: () => entry.hits,
        remove: () => {
          const at = rules.indexOf(entry);
          if (at >= 0) rules.splice(at, 1);
        },
      };
    },
    clear: () => void rules.splice(0),
    strike(call) {
      for (const entry of rules) {
        if (entry.hits >= (entry.rule.times ?? Number.POSITIVE_INFINITY)) continue;
        if (!matches(entry.rule.match, call)) continue;
        if (entry.passes > 0) {
          entry.passes -= 1;
          continue;
        }
        if (entry.draw() >= (entry.rule.rate ?? 1)) continue;
        entry.hits += 1;
        return entry.rule.fault;
      }
      return undefined;
    },
  };
}

function matches(match: FaultMatch, call: Parameters<FaultTable['strike']>[0]): boolean {
  const { action = '*', accountId = '*', region = '*', resource = '*' } = match;
  return (
    [action].flat().some((one) => wildcardMatches(one, call.action, 'i')) &&
    wildcardMatches(accountId, call.accountId) &&
    wildcardMatches(region, call.region) &&
    call.resources.some((one) => wildcardMatches(resource, one))
  );
}

/** Numbers from 0 to 1 that look drawn and are the same for the same seed (mulberry32). */
function seededDraws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
