import { CLASS_LABEL } from '../../api/names.ts';
import type { Repository } from '../../api/repository.generated.ts';
import type { RepositoryClass } from '../../api/repository-class.generated.ts';
import { RetryableError, TerminalError } from '../../runtime/errors.ts';
import type { World } from '../world.ts';

/** The name of the class that a Repository has, by its own word or by its namespace's label (pure). */
export function classNameOf(
  { metadata, spec }: Pick<Repository, 'metadata' | 'spec'>,
  { namespaces }: Pick<World, 'namespaces'>,
): string | undefined {
  return spec.className ?? (namespaces.get(metadata.namespace)?.labels[CLASS_LABEL] || undefined);
}

/** Whether a lifecycle policy is declared, by the Repository or by its class. */
export function hasLifecycle(
  repository: Repository,
  world: Pick<World, 'namespaces' | 'repositoryClasses'>,
): boolean {
  const name = classNameOf(repository, world);
  const filled = name === undefined ? undefined : world.repositoryClasses.get(name);
  return (repository.spec.lifecycle ?? filled?.spec.lifecycle) !== undefined;
}

/**
 * The class of a Repository. One that is not there, or is suspended, throws: without it nobody knows what to leave
 * alone, and grants that it gives would be withdrawn.
 */
export function classOf(
  repository: Repository,
  world: Pick<World, 'namespaces' | 'repositoryClasses'>,
): RepositoryClass | undefined {
  const name = classNameOf(repository, world);
  if (repository.spec.className === undefined && !world.namespaces.get(repository.metadata.namespace)) {
    throw new RetryableError(
      'NamespaceNotSeen',
      `the labels of namespace ${repository.metadata.namespace}, which may name a class, are not known yet`,
    );
  }
  if (name === undefined) return undefined;
  const found = world.repositoryClasses.get(name);
  if (!found) {
    const by = repository.spec.className ? 'spec.className' : `the label ${CLASS_LABEL} of the namespace`;
    throw new RetryableError(
      'ClassNotFound',
      `there is no RepositoryClass ${name}, which ${by} names: make it, or name one of kubectl get ecrclass`,
    );
  }
  if (found.spec.suspend) {
    throw new TerminalError(
      'ClassSuspended',
      `RepositoryClass ${name} is suspended: nothing is written for its Repositories`,
    );
  }
  return found;
}
