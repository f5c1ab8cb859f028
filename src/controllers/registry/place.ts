import type { Registry } from '../../api/registry.generated.ts';
import { placeKey } from '../../ecr/partition.ts';
import type { Lister } from '../../runtime/store.ts';

/** The {@link placeKey} of a Registry. Several Registries may be the same one. */
export function placeOf({ spec }: Pick<Registry, 'spec'>): string {
  return placeKey(spec);
}

/** The {@link placeOf} the Registry of that name, if there is one. */
export function placeNamed(registries: Pick<Lister<Registry>, 'get'>, name: string): string | undefined {
  const registry = registries.get(name);
  return registry && placeOf(registry);
}

/** The names of the Registries that are this account and region. */
export function registriesAt(
  registries: Pick<Lister<Registry>, 'values'>,
  place: string,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const registry of registries.values())
    if (placeOf(registry) === place) names.add(registry.metadata.name);
  return names;
}
