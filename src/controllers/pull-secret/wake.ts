import type { Key } from '../../runtime/key.ts';
import { keyOf } from '../../runtime/key.ts';
import type { Trigger } from '../../runtime/sources.ts';
import { allClaims, type Claim, claims, registryOf, targetKey } from './claims.ts';
import type { PullWorld } from './pull-world.ts';

/** How one of the pull-secret controllers wakes another; always in the direction of the data. */
export interface PullTriggers {
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

/** The targets that want the token of a Registry. */
export function targetsOfRegistry(world: PullWorld, registry: string): Set<Key> {
  const found = new Set<Key>();
  for (const claim of allClaims(world)) {
    if (registryOf(claim) !== registry) continue;
    for (const namespace of world.namespaces.values()) {
      const target = { namespace: namespace.name, secretName: claim.object.spec.secretName };
      if (claims(claim, namespace)) found.add(targetKey(target));
    }
  }
  return found;
}

/** `kind:key` of the objects for which `matches`, as far as they can reach into `namespace` (absent: any). */
export function* claimantsAffected(
  world: PullWorld,
  matches: (claim: Claim) => boolean,
  namespace?: string,
): Generator<string> {
  for (const claim of allClaims(world)) {
    const { metadata } = claim.object;
    if (namespace !== undefined && claim.kind === 'PullSecret' && metadata.namespace !== namespace) continue;
    if (matches(claim)) yield `${claim.kind}:${keyOf(metadata)}`;
  }
}

interface Named {
  readonly spec: { readonly registries: readonly { readonly name: string }[] };
}

/** The Registries that an object names, or named. */
export function registriesNamed(now: Named | undefined, before: Named | undefined): Key[] {
  return [...(now?.spec.registries ?? []), ...(before?.spec.registries ?? [])].map(({ name }) => name);
}
