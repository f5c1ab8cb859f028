import type { Key } from '../../runtime/key.ts';
import type { Trigger } from '../../runtime/sources.ts';
import type { AddOptions } from '../../runtime/work-queue.ts';
import { allClaims, type Claim, claimKey, claimsNear, targetKey } from './claims.ts';
import type { PullWorld } from './pull-world.ts';
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

/** The targets in these namespaces: every name that the operator may write, and every one that stands in a ServiceAccount. */
export function* targetsIn(world: PullWorld, namespaces: Iterable<string>): Generator<Key> {
  for (const namespace of namespaces) {
    for (const secretName of world.secretNames) yield targetKey({ namespace, secretName });
    for (const { ours } of world.serviceAccountsIn(namespace)) {
      // A name that was taken out of the configuration leaves its entries behind.
      for (const secretName of ours) {
        if (!world.secretNames.includes(secretName)) yield targetKey({ namespace, secretName });
      }
    }
  }
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

/** Refreshes wait this long for the other tokens of their Secret, so that one write takes them all (ms). */
const TOGETHER_MS = 1_000;

/** How soon a target is served after one of its tokens came. */
export function deliveryAfterToken(world: PullWorld, target: Key): AddOptions {
  const wants = world.demand.get(target)?.wants ?? [];
  const isComing = wants.some(({ id }) => {
    const { token, failure } = world.tokens.get(id);
    return !token && !failure;
  });
  if (world.secret(target) || isComing) return { priority: 'refresh', afterMs: TOGETHER_MS };
  return { priority: 'first' };
}
