import type { Registry } from '../../api/registry.generated.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import type { Next } from '../../runtime/controller.ts';
import { type Failure, failureOf, RetryableError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { retryOf } from '../../runtime/outcome.ts';
import type { PullSecretCounters } from '../metrics/event-counters.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { type DueRules, dueRulesOf, loginsWith, NO_RULES } from './due.ts';
import type { PullWorld } from './pull-world.ts';
import { createRegistryBreaker } from './registry-breaker.ts';
import { nextRotation, rotationTime } from './rotation.ts';
import { createTokenBudget } from './token-budget.ts';
import { isGranted, isOutdated, isWanted, neighbours, tenantOf, tokenFor, wayOf } from './token-facts.ts';
import { createTokenLanes } from './token-lanes.ts';
import type { RegistryToken, TokenState } from './token-store.ts';
import { registryOfToken, type TokenWant } from './wants.ts';

export interface TokensOptions {
  readonly world: PullWorld;
  readonly access: RegistryAccess;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
  /** The shortest time between two tokens of one id (ms). */
  readonly floorMs: number;
  /** Called when a token, or the failure to get one, is new. */
  readonly onToken: (id: string, state: TokenState) => void;
  /** Called when a Registry answers again: with the other tokens that waited for that. */
  readonly onRecovered: (registry: string) => void;
  /** Called with a token that had to wait for others of its Registry. */
  readonly onTurn: (id: string) => void;
  readonly counters?: Pick<PullSecretCounters, 'issued' | 'notIssued'> | undefined;
}

/**
 * One pass over one token: one GetAuthorizationToken serves every Secret that wants the same, renewed by its own life.
 * A failure keeps the token that is there.
 */
export function tokensReconciler(options: TokensOptions): (id: string) => Promise<Next> {
  const { world, access, clock, log, floorMs } = options;
  const breaker = createRegistryBreaker(clock, options.random);
  const lanes = createTokenLanes(options.onTurn);
  // Scopes that cannot be had as things are: whoever else comes to want one does not ask AWS again.
  const refused = new Map<string, { readonly way: string; readonly until: number }>();
  const budget = createTokenBudget(clock);
  const counted = new Set<string>();
  const kept = new Set<string>();

  async function issue(want: TokenWant, registry: Registry, replacesAll: boolean): Promise<RegistryToken> {
    const connection = await access.connect(registry);
    const issuedAt = clock.now();
    const token = await connection.issueToken(want.scope);
    // It could not be followed in time by another, and would take the place of one that lasts.
    if (token.expiresAt < issuedAt + floorMs) {
      throw new RetryableError(
        'TokenUnusable',
        `the token that came runs out at ${new Date(token.expiresAt).toISOString()}, too soon for use: compare this machine's clock with AWS's`,
      );
    }
    const rotateAt = rotationTime(
      { issuedAt, expiresAt: token.expiresAt },
      neighbours(world, want.id),
      options.random,
    );
    return { ...token, id: want.id, connection: wayOf(registry), issuedAt, rotateAt, replacesAll };
  }

  function remember(id: string, state: TokenState): void {
    world.tokens.set(id, state);
    options.onToken(id, state);
  }

  function failed(want: TokenWant, token: RegistryToken | undefined, failure: Failure): void {
    const known = world.tokens.get(want.id).failure;
    const isSame = known?.message === failure.message || VARYING_WORDS.has(failure.reason);
    const isNews = known?.reason !== failure.reason || !isSame;
    if (isNews) remember(want.id, { ...(token ? { token } : {}), failure });
  }

  /**
   * A schedule or a wish is that of some claims, and the Secrets of the others keep what they have. After a start,
   * Secrets that are still good do too.
   */
  function replacesAll(id: string, token: RegistryToken | undefined): boolean {
    if (!token) return false;
    return (
      isOutdated(world.registries.get(registryOfToken(id)), token) ||
      dueAt(id, token, NO_RULES) <= clock.now()
    );
  }

  async function renew(want: TokenWant, token: RegistryToken | undefined): Promise<Next> {
    const way = `${want.scope.kind === 'Public'} ${wayOf(world.registries.get(want.registry))} ${want.registry}`;
    const refusal = refused.get(want.id);
    const refusedMs = refusal?.way === way ? refusal.until - clock.now() : 0;
    if (refusedMs > 0) return { requeueAfterMs: refusedMs };
    const barred = breaker.enter(way);
    if (barred) {
      failed(want, token, barred.failure);
      return { requeueAfterMs: barred.waitMs };
    }
    try {
      const fresh = await issue(want, access.registry(want.registry), replacesAll(want.id, token));
      const waiting = breaker.succeeded(way);
      refused.delete(want.id);
      remember(want.id, { token: fresh });
      options.counters?.issued(want.registry);
      if (waiting) options.onRecovered(want.registry);
      log.info({ token: want.id, expiresAt: new Date(fresh.expiresAt).toISOString() }, 'token issued');
      return { requeueAfterMs: dueAt(want.id, fresh) - clock.now() };
    } catch (error) {
      const failure = failureOf(error);
      log.warn({ token: want.id, reason: failure.reason, error: failure.message }, 'token not issued');
      failed(want, token, failure);
      options.counters?.notIssued(want.registry, failure.reason);
      if (OF_ONE_SCOPE.has(failure.reason)) {
        breaker.abstained(way);
        const retry = retryOf(error);
        if (retry.kind === 'after') refused.set(want.id, { way, until: clock.now() + retry.ms });
        return { retry };
      }
      return { requeueAfterMs: breaker.failed(way, failure) };
    }
  }

  /** When a token is to be replaced, by its life and by these rules. */
  function dueAt(id: string, token: RegistryToken, rules: DueRules = dueRulesOf(world, id)): number {
    // Once all have been given one token, that token alone says when: what stands in Secrets could be anybody's.
    const secretsDueAt = token.replacesAll ? [] : [...loginsWith(world, id)].map(({ rotateAt }) => rotateAt);
    return nextRotation({ now: clock.now(), token, secretsDueAt, floorMs, ...rules });
  }

  /** What goes and comes back asks AWS for nothing, while its token is good. */
  function forgetLater(id: string): Next {
    const left = (world.tokens.get(id).token?.expiresAt ?? 0) - clock.now();
    refused.delete(id);
    kept.delete(id);
    if (left > 0) kept.add(id);
    const [oldest] = kept;
    const gone = left <= 0 ? id : kept.size > MOST_KEPT ? oldest : undefined;
    if (gone !== undefined) {
      world.tokens.forget(gone);
      kept.delete(gone);
      counted.delete(gone);
    }
    return left > 0 ? { requeueAfterMs: left } : {};
  }

  /** How long a namespace has to wait for one more new token (ms). */
  function overBudgetMs(want: TokenWant): number {
    const tenant = counted.has(want.id) ? undefined : tenantOf(world, want.id);
    const waitMs = tenant === undefined ? 0 : budget.take(tenant);
    if (tenant !== undefined && waitMs > 0) failed(want, undefined, tooMany(tenant, waitMs, clock.now()));
    else counted.add(want.id);
    return waitMs;
  }

  return async (id) => {
    const want = world.demand.want(id);
    const known = world.tokens.get(id).token;
    const now = clock.now();
    if (!want) return forgetLater(id);
    kept.delete(id);
    if (!isWanted(world, id)) return {};
    const registry = world.registries.get(want.registry);
    const token = tokenFor(registry, want, known);
    // Without its Registry it cannot be renewed: that is told now, while there is time to mend it.
    const due = token && registry && !isOutdated(registry, token) ? dueAt(id, token) : now;
    // Read anew: to look at thousands of targets took a moment.
    if (token && due > clock.now()) {
      // Of a renewal that nobody needs any more: the Registry was gone, or had another spec for a while.
      if (world.tokens.get(id).failure) remember(id, { token });
      return { requeueAfterMs: due - clock.now() };
    }
    if (!isGranted(world, id)) return { requeueAfterMs: GRANT_SOON_MS };
    const waitMs = token ? 0 : overBudgetMs(want);
    if (waitMs > 0) return { requeueAfterMs: waitMs };
    return lanes.run(want.registry, id, () => renew(want, token));
  };
}

/** Failures whose words differ from one attempt to the next, by an address or a time. */
const VARYING_WORDS: ReadonlySet<string> = new Set([
  'TooManyTokens',
  'AWSUnavailable',
  'AWSUnreachable',
  'Throttled',
  'CredentialsRefused',
]);

/** Failures that say nothing of other tokens of the same Registry. */
const OF_ONE_SCOPE: ReadonlySet<string> = new Set([
  'ScopeTooLarge',
  'ScopeNeedsRole',
  'IdentityTokenRefused',
  'PublicNotAvailable',
  'RegistryNotFound',
]);

/** Those who want what they may not have are about to be looked at again. */
const GRANT_SOON_MS = 1_000;

/** Tokens that nobody wants any more are kept while they are good, but not more of them than this. */
const MOST_KEPT = 500;

function tooMany(namespace: string, waitMs: number, now: number): Failure {
  return {
    reason: 'TooManyTokens',
    message: `the PullSecrets of namespace ${namespace} asked for many new tokens in a short time: this one is asked for at ${timestamp(now + waitMs)}; let them share repositories or prefixes`,
  };
}
