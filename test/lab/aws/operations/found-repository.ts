import { repositoryNotFound } from '../aws-error.ts';
import { type Input, repositoryName } from '../parameters.ts';
import type { Repository } from '../registry-state.ts';
import type { OperationContext } from '../world.ts';

/** The repository that `repositoryName` names, as reads see it; throws RepositoryNotFoundException. */
export function repositoryToRead(context: OperationContext, input: Input): Repository {
  const name = repositoryName(input);
  return found(context, name, context.registry.seen(name));
}

/** As writes see it: a repository that was deleted is gone for them, whatever reads still show. */
export function repositoryToWrite(context: OperationContext, input: Input): Repository {
  const name = repositoryName(input);
  return found(context, name, context.registry.writable(name));
}

function found(context: OperationContext, name: string, repository: Repository | undefined): Repository {
  if (repository === undefined) throw repositoryNotFound(name, context.registry.accountId);
  return repository;
}
