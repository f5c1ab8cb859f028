import type { Next } from '../../runtime/controller.ts';
import { type Key, splitKey } from '../../runtime/key.ts';
import { claimKey } from './claims.ts';
import { type Demand, demandOf } from './demand.ts';
import type { PullWorld } from './pull-world.ts';
import type { PullTriggers } from './wake.ts';

/** One pass over one target: what it shall hold. It asks nobody, and writes nothing. */
export function demandReconciler(
  world: PullWorld,
  { tokens, deliveries, claims }: PullTriggers,
): (key: Key) => Promise<Next> {
  return async (key) => {
    const { namespace, name } = splitKey(key);
    const before = world.demand.get(key);
    const now = demandOf(world, { namespace, secretName: name });
    const isGone = !world.namespaces.get(namespace);
    const ids = isGone ? world.demand.forget(key) : world.demand.set(key, now);
    for (const id of ids) tokens.fire(id);
    // Schedules and suspensions decide when a token is asked for.
    if (generationOf(before) !== generationOf(now)) for (const { id } of now?.wants ?? []) tokens.fire(id);
    deliveries.fire(key);
    for (const { holder } of [before, now].flatMap((demand) => demand ?? []))
      if (holder) claims.fire(claimKey(holder));
    return {};
  };
}

function generationOf(demand: Demand | undefined): string {
  const { uid, generation } = demand?.holder?.object.metadata ?? {};
  return `${uid} ${generation}`;
}
