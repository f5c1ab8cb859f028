import type { Repository } from '../../api/repository.generated.ts';
import type { Informer } from '../../runtime/informer.ts';
import { repositoryName } from './desired.ts';

/** Whether a Repository stands for this name in ECR; kept up by the watch. To be made before the informer runs. */
export function indexByName(
  repositories: Pick<Informer<Repository>, 'listen'>,
): (registry: string, name: string) => boolean {
  const counts = new Map<string, number>();
  const count = (repository: Repository | undefined, by: number): void => {
    if (!repository) return;
    const key = `${repository.spec.registryRef.name} ${repositoryName(repository)}`;
    const left = (counts.get(key) ?? 0) + by;
    if (left > 0) counts.set(key, left);
    else counts.delete(key);
  };
  repositories.listen((_key, now, before) => {
    count(before, -1);
    count(now, 1);
  });
  return (registry, name) => counts.has(`${registry} ${name}`);
}
