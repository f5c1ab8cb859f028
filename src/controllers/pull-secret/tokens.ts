import type { Registry } from '../../api/registry.generated.ts';
import { connectionKey } from '../../ecr/connection.ts';
import { pullHosts } from '../../ecr/partition.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Next } from '../../runtime/controller.ts';
import { type Failure, failureOf, RetryableError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import { retryOf } from '../../runtime/outcome.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { currentOf } from './claims.ts';
import { type DueRules, dueRulesOf, loginsWith, NO_RULES } from './due.ts';
import type { PullWorld } from './pull-world.ts';
import { createRegistryBreaker } from './registry-breaker.ts';
import { nextRotation, rotationTime } from './rotation.ts';
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
}

/**
 * One pass over one token: one GetAuthorizationToken serves every Secret that wants the same, renewed by its own life.
 * A failure keeps the token that is there.
 */
export function tokensReconciler(options: TokensOptions): (id: string) => Promise<Next> {
  const { world, access, clock, log, floorMs } = options;
  const breaker = createRegistryBreaker(clock, options.random);
  // Scopes that cannot be had as things are: whoever else comes to want one does not ask AWS again.
  const refused = new Map<string, { readonly way: string; readonly until: number }>();

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
    const isNews = known?.reason !== failure.reason || known.message !== failure.message;
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
      if (waiting) options.onRecovered(want.registry);
      log.info({ token: want.id, expiresAt: new Date(fresh.expiresAt).toISOString() }, 'token issued');
      return { requeueAfterMs: dueAt(want.id, fresh) - clock.now() };
    } catch (error) {
      const failure = failureOf(error);
      log.warn({ token: want.id, reason: failure.reason, error: failure.message }, 'token not issued');
      failed(want, token, failure);
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

  return async (id) => {
    const want = world.demand.want(id);
    const known = world.tokens.get(id).token;
    const now = clock.now();
    if (!want) {
      refused.delete(id);
      return forgetLater(world, id, known, now);
    }
    if (!isWanted(world, id)) return {};
    const registry = world.registries.get(want.registry);
    const token = tokenFor(registry, want, known);
    const due = token && !isOutdated(registry, token) ? dueAt(id, token) : now;
    return due > now ? { requeueAfterMs: due - now } : renew(want, token);
  };
}

/** Failures that say nothing of other tokens of the same Registry. */
const OF_ONE_SCOPE: ReadonlySet<string> = new Set([
  'ScopeTooLarge',
  'ScopeNeedsRole',
  'IdentityTokenRefused',
  'PublicNotAvailable',
  'RegistryNotFound',
]);

/** Kept while it is good: what goes and comes back asks AWS for nothing. */
function forgetLater(world: PullWorld, id: string, token: RegistryToken | undefined, now: number): Next {
  if (token && token.expiresAt > now) return { requeueAfterMs: token.expiresAt - now };
  world.tokens.forget(id);
  return {};
}

/** What the way to a token hangs on: another one may have other rights. */
function wayOf(registry: Registry | undefined): string {
  return registry ? connectionKey(registry.spec) : '';
}

/** A Registry that was deleted and made anew may be another account by now. */
function tokenFor(
  registry: Registry | undefined,
  { scope }: TokenWant,
  token: RegistryToken | undefined,
): RegistryToken | undefined {
  return registry && token && !sameHosts(token.hosts, pullHosts(registry.spec, scope)) ? undefined : token;
}

/** Whether two lists name the same hosts. */
export function sameHosts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((host) => b.includes(host));
}

/** Other credentials may have other rights: their token is wanted at once. The old one serves until it is there. */
function isOutdated(registry: Registry | undefined, token: RegistryToken): boolean {
  return registry !== undefined && token.connection !== wayOf(registry);
}

/** Nothing is asked of AWS for what is suspended. */
function isWanted(world: PullWorld, id: string): boolean {
  for (const target of world.demand.targetsOf(id)) {
    const holder = world.demand.get(target)?.holder;
    if (holder && currentOf(world, holder)?.object.spec.suspend !== true) return true;
  }
  return false;
}

/** When the other tokens are replaced that stand in the Secrets of this one. */
function neighbours(world: PullWorld, id: string): Set<number> {
  const times = new Set<number>();
  for (const target of world.demand.targetsOf(id)) {
    for (const want of world.demand.get(target)?.wants ?? []) {
      const { token } = want.id === id ? {} : world.tokens.get(want.id);
      if (token) times.add(token.rotateAt);
    }
  }
  return times;
}
