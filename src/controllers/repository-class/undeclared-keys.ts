import type { RepositoryClass } from '../../api/repository-class.generated.ts';
import { bare, underPrefix } from '../../ecr/tenancy.ts';
import { placeNamed } from '../registry/place.ts';
import type { World } from '../world.ts';
import type { UndeclaredStore } from './undeclared-store.ts';

/** One repository that nobody declared, and the class that applies to it: `class/name in ECR`. */
export function undeclaredKey(className: string, name: string): string {
  return `${className}/${name}`;
}

/** The two parts of an {@link undeclaredKey}. */
export function partsOfKey(key: string): { readonly className: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { className: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The caches that say which class applies where. */
export type ClassWorld = Pick<World, 'repositoryClasses' | 'registries'>;

/** The keys of all classes for what is in this account and region and nobody declared. */
export function* undeclaredKeys(
  { world, store }: { readonly world: ClassWorld; readonly store: UndeclaredStore },
  place: string,
): Generator<string> {
  const classes = classesFor(world, place);
  if (classes.length === 0) return;
  for (const name of store.names(place)) {
    const found = closest(classes, name);
    if (found) yield undeclaredKey(found.metadata.name, name);
  }
}

/** The class that applies to a name in an account and region, if nobody declares it. */
export function classFor(world: ClassWorld, place: string, name: string): RepositoryClass | undefined {
  return closest(classesFor(world, place), name);
}

/** The account and region in which a class applies to what nobody declared, if it does and there is its Registry. */
export function placeOfClass({ registries }: ClassWorld, { spec }: RepositoryClass): string | undefined {
  return spec.undeclared && placeNamed(registries, spec.undeclared.registryRef.name);
}

/** Those that apply there, through whichever Registry, so that no two classes have the same repository. */
export function classesFor(world: ClassWorld, place: string): RepositoryClass[] {
  return [...world.repositoryClasses.values()].filter((of) => placeOfClass(world, of) === place);
}

/** The class with the longest prefix that holds the name; of several the first by name. */
function closest(classes: readonly RepositoryClass[], name: string): RepositoryClass | undefined {
  let best: { readonly found: RepositoryClass; readonly length: number } | undefined;
  for (const found of classes) {
    for (const prefix of found.spec.undeclared?.prefixes ?? []) {
      if (!underPrefix(name, prefix)) continue;
      const { length } = bare(prefix);
      const wins = !best || length > best.length;
      const ties = best?.length === length && found.metadata.name < best.found.metadata.name;
      if (wins || ties) best = { found, length };
    }
  }
  return best?.found;
}
