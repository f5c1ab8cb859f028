import type { Key } from '../../runtime/key.ts';
import type { Trigger } from '../../runtime/sources.ts';
import type { AddOptions } from '../../runtime/work-queue.ts';
import { allClaims, type Claim, claimKey, claimsNear, targetKey } from './claims.ts';
import type { PullWorld } from './pull-world.ts';
import { LEFTOVERS, leftovers } from './service-account.ts';
import { registryOfToken } from './wants.ts';

/** How one of the pull-secret controllers wakes another; always in the direction of the data. */
export interface PullTriggers {
  /** With ids of tokens. */
  readonly tokens: Trigger;
  /** With keys of targets. */
  readonly deliveries: Trigger;
  /** With `kind:key`. */
  readonly claims: Trigger;
}

/** The targets in these namespaces: every name that the operator may write. */
export function* targetsIn(world: PullWorld, namespaces: Iterable<string>): Generator<Key> {
  for (const namespace of namespaces) {
    for (const secretName of world.secretNames) yield targetKey({ namespace, secretName });
  }
}

/**
 * One target for all that names which are not configured any more left in the ServiceAccounts of a namespace: how many
 * they are is up to whoever may write to one. Of a namespace that is gone, too, so that it is forgotten.
 */
export function* leftoversIn(world: PullWorld, namespace: string): Generator<Key> {
  const accounts = world.namespaces.get(namespace) ? world.serviceAccountsIn(namespace) : undefined;
  if (accounts && !some(accounts, (account) => leftovers(account, world.secretNames).length > 0)) return;
  yield targetKey({ namespace, secretName: LEFTOVERS });
}

function some<T>(values: Iterable<T>, matches: (value: T) => boolean): boolean {
  for (const value of values) if (matches(value)) return true;
  return false;
}

/** The tokens of a Registry that somebody wants. */
export function tokensOfRegistry(world: PullWorld, registry: string): string[] {
  return [...world.demand.ids()].filter((id) => registryOfToken(id) === registry);
}

/** `kind:key` of the objects for which `matches`, as far as they can reach into `namespace` (absent: any). */
export function* claimantsAffected(
  world: PullWorld,
  matches: (claim: Claim) => boolean,
  namespace?: string,
): Generator<string> {
  for (const claim of namespace === undefined ? allClaims(world) : claimsNear(world, namespace)) {
    if (matches(claim)) yield claimKey(claim);
  }
}

/** So long a Secret waits for its other tokens that are on their way, so that one write takes them all (ms). */
const TOGETHER_MS = 1_000;

/** How soon a target is served after one of its tokens came. */
export function deliveryAfterToken(world: PullWorld, target: Key, now: number): AddOptions {
  const wants = world.demand.get(target)?.wants ?? [];
  const isComing = wants.some(({ id }) => {
    const { token, failure } = world.tokens.get(id);
    return !failure && (!token || token.rotateAt <= now);
  });
  if (isComing) return { priority: 'refresh', afterMs: TOGETHER_MS };
  return { priority: world.secret(target) ? 'refresh' : 'first' };
}
