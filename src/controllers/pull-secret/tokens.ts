import type { Registry } from '../../api/registry.generated.ts';
import { connectionKey } from '../../ecr/connection.ts';
import { registryHost } from '../../ecr/partition.ts';
import {
  nextRotation,
  type RegistryToken,
  rotationTime,
  SHORTEST_ROTATION_MS,
  type TokenState,
} from '../../ecr/token-store.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Next } from '../../runtime/controller.ts';
import { failureOf, RetryableError } from '../../runtime/errors.ts';
import type { Key } from '../../runtime/key.ts';
import type { Log } from '../../runtime/log.ts';
import { retryOf } from '../../runtime/outcome.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { allClaims, type Claim, registryOf } from './claims.ts';
import { opens } from './decide.ts';
import type { PullWorld } from './pull-world.ts';

export interface TokensOptions {
  readonly world: PullWorld;
  readonly access: RegistryAccess;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
  /** Called with the name of a Registry whose token, or whose failure to get one, is new. */
  readonly onToken: (registry: string, state: TokenState) => void;
}

/**
 * One pass over the token of one Registry: one GetAuthorizationToken serves every namespace, renewed by its own life.
 * A failure keeps the token that is there.
 */
export function tokensReconciler(options: TokensOptions): (key: Key) => Promise<Next> {
  const { world, access, clock, log } = options;

  async function issue(registry: Registry, replacesAll: boolean): Promise<RegistryToken> {
    const { ecr } = await access.connect(registry);
    const issuedAt = clock.now();
    const { password, expiresAt } = await ecr.getAuthorizationToken();
    // It could not be followed in time by another, and would take the place of one that lasts.
    if (expiresAt < issuedAt + SHORTEST_ROTATION_MS) {
      throw new RetryableError(
        'TokenUnusable',
        `the token that came runs out at ${new Date(expiresAt).toISOString()}, too soon for use: compare this machine's clock with AWS's`,
      );
    }
    const rotateAt = rotationTime(issuedAt, expiresAt, options.random);
    const { spec } = registry;
    const [host, connection] = [registryHost(spec), connectionKey(spec)];
    return { host, connection, password, issuedAt, expiresAt, rotateAt, replacesAll };
  }

  function remember(name: string, state: TokenState): void {
    world.tokens.set(name, state);
    options.onToken(name, state);
  }

  return async (name) => {
    const wanting = claimsOf(world, name);
    if (wanting.length === 0) world.tokens.forget(name);
    if (!wanting.some((claim) => isServing(world, claim))) return {};
    const registry = world.registries.get(name);
    const token = tokenFor(registry, world.tokens.get(name).token);
    // Once all have been given one token, that token alone says when: what stands in Secrets could be anybody's.
    const secretsDueAt = token?.replacesAll ? [] : dueTimes(world, name);
    const now = clock.now();
    const due = isOutdated(registry, token) ? now : nextRotation({ now, token, secretsDueAt });
    if (token && due > now) return { requeueAfterMs: due - now };
    try {
      // After a start, Secrets that are still good keep what they have.
      const fresh = await issue(access.registry(name), token !== undefined);
      remember(name, { token: fresh });
      log.info({ registry: name, expiresAt: new Date(fresh.expiresAt).toISOString() }, 'token issued');
      return { requeueAfterMs: nextRotation({ now: clock.now(), token: fresh, secretsDueAt }) - clock.now() };
    } catch (error) {
      const failure = failureOf(error);
      log.warn({ registry: name, reason: failure.reason, error: failure.message }, 'token not issued');
      remember(name, { ...(token ? { token } : {}), failure });
      return { retry: retryOf(error) };
    }
  };
}

/** A Registry that was deleted and made anew may be another account by now. */
function tokenFor(
  registry: Registry | undefined,
  token: RegistryToken | undefined,
): RegistryToken | undefined {
  return registry && token && !opens(token, registry) ? undefined : token;
}

/** Other credentials may have other rights: their token is wanted at once. The old one serves until it is there. */
function isOutdated(registry: Registry | undefined, token: RegistryToken | undefined): boolean {
  return registry !== undefined && token !== undefined && token.connection !== connectionKey(registry.spec);
}

/** What wants the token of a Registry, and is not going. */
function claimsOf(world: PullWorld, registry: string): Claim[] {
  return [...allClaims(world)].filter(
    (claim) => registryOf(claim) === registry && !claim.object.metadata.deletionTimestamp,
  );
}

/** Nothing is asked of AWS for what is suspended, or has a Secret name that we may not write. */
function isServing({ secretNames }: PullWorld, { object }: Claim): boolean {
  return !object.spec.suspend && secretNames.includes(object.spec.secretName);
}

/** Of our own, untouched Secrets only: what others write into theirs must not make us call AWS. */
function dueTimes(world: PullWorld, registry: string): number[] {
  const times: number[] = [];
  for (const secret of world.secrets()) {
    if (secret.managed && secret.intact && secret.registry.startsWith(`${registry} `))
      times.push(secret.rotateAt);
  }
  return times;
}
