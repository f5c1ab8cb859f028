import type { Registry } from '../../api/registry.generated.ts';
import type { Repository } from '../../api/repository.generated.ts';
import type { Informer } from '../../runtime/informer.ts';
import { conditionOf } from '../../runtime/status.ts';
import type { Lister } from '../../runtime/store.ts';
import { registriesAt } from '../registry/place.ts';
import { repositoryName } from './desired.ts';

/**
 * Whether a Repository has the name in ECR that it gives, or is about to have it: one that may not, only observes, or
 * rests keeps no class away from it. What one like that has all the same shows by the owner tag.
 */
export function hasItsName({ metadata, spec, status }: Repository): boolean {
  if (spec.mode === 'Observe' || spec.suspend) return false;
  const synced = conditionOf(status, 'Synced');
  return synced?.observedGeneration !== metadata.generation || synced.status !== 'False';
}

/**
 * Whether a Repository has this name in ECR, or is about to, through any of the Registries that are this account and
 * region; kept up by the watch. To be made before the informer runs.
 */
export function indexByName(
  repositories: Pick<Informer<Repository>, 'listen'>,
  registries: Lister<Registry>,
): (place: string, name: string) => boolean {
  const counts = new Map<string, number>();
  const count = (repository: Repository | undefined, by: number): void => {
    if (!repository || !hasItsName(repository)) return;
    const key = keyOf(repository.spec.registryRef.name, repositoryName(repository));
    const left = (counts.get(key) ?? 0) + by;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  };
  repositories.listen((_key, now, before) => {
    count(before, -1);
    count(now, 1);
  });
  return (place, name) =>
    [...registriesAt(registries, place)].some((registry) => counts.has(keyOf(registry, name)));
}

function keyOf(registry: string, name: string): string {
  return `${registry} ${name}`;
}
