import type { Registry } from '../../api/registry.generated.ts';
import { connectionKey } from '../../ecr/connection.ts';
import { pullHosts } from '../../ecr/partition.ts';
import { splitKey } from '../../runtime/key.ts';
import { currentOf } from './claims.ts';
import type { PullWorld } from './pull-world.ts';
import type { RegistryToken } from './token-store.ts';
import { readyWants, type TokenWant, wantsOf } from './wants.ts';

/** What the way to a token hangs on: another one may have other rights. */
export function wayOf(registry: Registry | undefined): string {
  return registry ? connectionKey(registry.spec) : '';
}

/** The token, unless its Registry was deleted and made anew for another account meanwhile. */
export function tokenFor(
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
export function isOutdated(registry: Registry | undefined, token: RegistryToken): boolean {
  return registry !== undefined && token.connection !== wayOf(registry);
}

/** Whether somebody waits for the token who is not suspended. */
export function isWanted(world: PullWorld, id: string): boolean {
  for (const target of world.demand.targetsOf(id)) {
    const holder = world.demand.get(target)?.holder;
    if (holder && currentOf(world, holder)?.object.spec.suspend !== true) return true;
  }
  return false;
}

/**
 * Whether the Registry, as it is now, gives the token to somebody who waits for it: what it allows may have changed since
 * they were looked at, and a Registry that was not there yet forbade nothing.
 */
export function isGranted(world: PullWorld, id: string): boolean {
  for (const target of world.demand.targetsOf(id)) {
    const holder = world.demand.get(target)?.holder;
    if (!holder) continue;
    const namespace = world.namespaces.get(splitKey(target).namespace);
    const wants = namespace
      ? wantsOf(world.registries, holder, namespace).wants
      : readyWants(world.registries, holder);
    if (wants.some((want) => want.id === id)) return true;
  }
  return false;
}

/** The namespace whose PullSecrets alone want the token; undefined where a ClusterPullSecret does, too. */
export function tenantOf(world: PullWorld, id: string): string | undefined {
  let tenant: string | undefined;
  for (const target of world.demand.targetsOf(id)) {
    const holder = world.demand.get(target)?.holder;
    if (holder?.kind === 'ClusterPullSecret') return undefined;
    tenant ??= holder?.object.metadata.namespace;
  }
  return tenant;
}

/** When the other tokens are replaced that stand in the Secrets of this one. */
export function neighbours(world: PullWorld, id: string): Set<number> {
  const times = new Set<number>();
  for (const target of world.demand.targetsOf(id)) {
    for (const want of world.demand.get(target)?.wants ?? []) {
      const { token } = want.id === id ? {} : world.tokens.get(want.id);
      if (token) times.add(token.rotateAt);
    }
  }
  return times;
}
