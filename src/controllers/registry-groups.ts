import type { Key } from '../runtime/key.ts';
import type { Lister } from '../runtime/store.ts';
import type { World } from './world.ts';

/** What refers to one Registry. */
export interface Referring {
  readonly spec: { readonly registryRef: { readonly name: string } };
}

/**
 * Repositories by Registry, as groups of a controller's workers: passes wait for their turn in the budget of an account
 * and region, and one that AWS throttles is not to stop the others. Those that name no Registry which is there make no
 * calls; they are one group, or people could make any number of them.
 */
export function byRegistry({
  registries,
  repositories,
}: Pick<World, 'registries'> & {
  readonly repositories: Pick<Lister<Referring>, 'get'>;
}): (key: Key) => string {
  return (key) => {
    const name = repositories.get(key)?.spec.registryRef.name ?? '';
    return registries.get(name) ? name : '';
  };
}
