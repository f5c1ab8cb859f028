import type { RepositoryClass } from '../../api/repository-class.generated.ts';
import type { World } from '../world.ts';
import type { UndeclaredStore } from './undeclared-store.ts';

/** One repository that nobody declared, and the class that applies to it: `class/name in ECR`. */
export function undeclaredKey(className: string, name: string): string {
  return `${className}/${name}`;
}

/** The keys of all classes for what this Registry holds and nobody declared. */
export function* undeclaredKeys(
  { world, store }: { readonly world: Pick<World, 'repositoryClasses'>; readonly store: UndeclaredStore },
  registry: string,
): Generator<string> {
  const classes = classesFor(world, registry);
  if (classes.length === 0) return;
  for (const name of store.names(registry)) {
    const found = closest(classes, name);
    if (found) yield undeclaredKey(found.metadata.name, name);
  }
}

/** The class that applies to a name of a Registry, if nobody declares it. */
export function classFor(
  world: Pick<World, 'repositoryClasses'>,
  registry: string,
  name: string,
): RepositoryClass | undefined {
  return closest(classesFor(world, registry), name);
}

function classesFor(
  { repositoryClasses }: Pick<World, 'repositoryClasses'>,
  registry: string,
): RepositoryClass[] {
  return [...repositoryClasses.values()].filter(({ spec }) => spec.undeclared?.registryRef.name === registry);
}

/** The class with the longest prefix that holds the name; of several the first by name. */
function closest(classes: readonly RepositoryClass[], name: string): RepositoryClass | undefined {
  let best: { readonly found: RepositoryClass; readonly length: number } | undefined;
  for (const found of classes) {
    for (const prefix of found.spec.undeclared?.prefixes ?? []) {
      if (!isUnder(name, prefix)) continue;
      const { length } = bare(prefix);
      const wins = !best || length > best.length;
      const ties = best?.length === length && found.metadata.name < best.found.metadata.name;
      if (wins || ties) best = { found, length };
    }
  }
  return best?.found;
}

/** Whole path segments. */
function isUnder(name: string, prefix: string): boolean {
  return name === bare(prefix) || name.startsWith(`${bare(prefix)}/`);
}

function bare(prefix: string): string {
  return prefix.replace(/\/$/, '');
}
