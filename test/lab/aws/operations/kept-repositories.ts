import { AwsError, invalidParameter, limitExceeded, repositoryNotFound } from '../aws-error.ts';
import { cutPage } from '../paging.ts';
import {
  checkedRepositoryName,
  type Input,
  maxResults,
  optionalBoolean,
  optionalList,
  optionalString,
} from '../parameters.ts';
import type { Registry, Repository } from '../registry-state.ts';
import type { OperationContext } from '../world.ts';
import { repositoryToWrite } from './found-repository.ts';

/** Throws unless a repository of this name can be made: ECR and ECR Public refuse alike. */
export function requireRoom({ repositories, repositoryQuota, accountId }: Registry, name: string): void {
  if (repositories.has(name)) {
    throw new AwsError(
      'RepositoryAlreadyExistsException',
      `The repository with name '${name}' already exists in the registry with id '${accountId}'`,
    );
  }
  if (repositories.size >= repositoryQuota) throw limitExceeded();
}

/** What `DescribeRepositories` of either asks for: a page of all, or those that it names. */
export function repositoriesAskedFor(
  { registry }: OperationContext,
  input: Input,
): { readonly found: readonly Repository[]; readonly nextToken?: string | undefined } {
  const names = optionalList(input, 'repositoryNames', { min: 1, max: 100 });
  const size = maxResults(input);
  const nextToken = optionalString(input, 'nextToken');
  if (names === undefined) {
    const page = cutPage(registry.allSeen(), (one) => one.sequence, size ?? 100, nextToken);
    return { found: page.items, nextToken: page.nextToken };
  }
  // The API reference: "This option cannot be used when you specify repositories with repositoryNames."
  if (size !== undefined) throw invalidParameter('maxResults', 'must not be used with repositoryNames');
  if (nextToken !== undefined) throw invalidParameter('nextToken', 'must not be used with repositoryNames');
  const found = names.map((raw) => {
    const name = checkedRepositoryName(String(raw), 'repositoryNames');
    const repository = registry.seen(name);
    if (repository === undefined) throw repositoryNotFound(name, registry.accountId);
    return repository;
  });
  return { found };
}

/** Takes away the repository that is named; throws where it has images and `force` is not set. */
export function removedRepository(context: OperationContext, input: Input): Repository {
  const repository = repositoryToWrite(context, input);
  if (repository.images.size > 0 && optionalBoolean(input, 'force') !== true) {
    throw new AwsError(
      'RepositoryNotEmptyException',
      `The repository with name '${repository.name}' in registry with id '${repository.registryId}' cannot be deleted because it still contains images`,
    );
  }
  context.registry.remove(repository.name);
  return repository;
}
