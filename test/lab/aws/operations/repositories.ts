import { AwsError, invalidParameter, limitExceeded, repositoryNotFound } from '../aws-error.ts';
import { resolveKmsKey } from '../kms-key.ts';
import { cutPage } from '../paging.ts';
import {
  checkedRepositoryName,
  type Input,
  maxResults,
  type Output,
  oneOf,
  optionalBoolean,
  optionalList,
  optionalString,
  repositoryName,
  structure,
} from '../parameters.ts';
import type { Repository } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { repositoryToWrite } from './found-repository.ts';
import { mutabilityOf } from './repository-settings.ts';
import { tagsOf } from './tags.ts';

/** ECR's operations on repositories as such. */
export const repositoryOperations = {
  CreateRepository: createRepository,
  DescribeRepositories: describeRepositories,
  DeleteRepository: deleteRepository,
} satisfies OperationTable;

function createRepository(context: OperationContext, input: Input): Output {
  const { registry } = context;
  const name = repositoryName(input);
  const settings = {
    ...mutabilityOf(input, optionalString(input, 'imageTagMutability') ?? 'MUTABLE'),
    scanOnPush: optionalBoolean(structure(input, 'imageScanningConfiguration'), 'scanOnPush') ?? false,
    encryption: encryptionOf(structure(input, 'encryptionConfiguration'), context),
    tags: tagsOf(input, new Map()),
  };
  if (registry.repositories.has(name)) {
    throw new AwsError(
      'RepositoryAlreadyExistsException',
      `The repository with name '${name}' already exists in the registry with id '${registry.accountId}'`,
    );
  }
  if (registry.repositories.size >= registry.repositoryQuota) {
    throw limitExceeded();
  }
  return { repository: describe(registry.add(name, settings)) };
}

/** Without a key, KMS means the AWS managed key of ECR; AES256 takes none. */
function encryptionOf(input: Input, context: OperationContext): Repository['encryption'] {
  const encryptionType = optionalString(input, 'encryptionType') ?? 'AES256';
  const key = optionalString(input, 'kmsKey');
  oneOf(encryptionType, ['AES256', 'KMS', 'KMS_DSSE'], 'encryptionConfiguration.encryptionType');
  if (encryptionType === 'AES256') {
    if (key !== undefined)
      throw invalidParameter('kmsKey', 'kmsKey must not be specified with AES256 encryption');
    return { encryptionType };
  }
  return { encryptionType, kmsKey: resolveKmsKey(key, context.registry.accountId, context.region) };
}

function describeRepositories(context: OperationContext, input: Input): Output {
  const names = optionalList(input, 'repositoryNames', { min: 1, max: 100 });
  const size = maxResults(input);
  const nextToken = optionalString(input, 'nextToken');
  if (names === undefined) {
    const page = cutPage(context.registry.allSeen(), (one) => one.sequence, size ?? 100, nextToken);
    return { repositories: page.items.map(describe), nextToken: page.nextToken };
  }
  // The API reference: "This option cannot be used when you specify repositories with repositoryNames."
  if (size !== undefined) throw invalidParameter('maxResults', 'must not be used with repositoryNames');
  if (nextToken !== undefined) throw invalidParameter('nextToken', 'must not be used with repositoryNames');
  const repositories = names.map((raw) => {
    const name = checkedRepositoryName(String(raw), 'repositoryNames');
    const repository = context.registry.seen(name);
    if (repository === undefined) throw repositoryNotFound(name, context.registry.accountId);
    return describe(repository);
  });
  return { repositories };
}

function deleteRepository(context: OperationContext, input: Input): Output {
  const repository = repositoryToWrite(context, input);
  if (repository.images.size > 0 && optionalBoolean(input, 'force') !== true) {
    throw new AwsError(
      'RepositoryNotEmptyException',
      `The repository with name '${repository.name}' in registry with id '${repository.registryId}' cannot be deleted because it still contains images`,
    );
  }
  context.registry.remove(repository.name);
  return { repository: describe(repository) };
}

function describe(repository: Repository): Output {
  const filters = repository.exclusionFilters;
  return {
    repositoryArn: repository.arn,
    registryId: repository.registryId,
    repositoryName: repository.name,
    repositoryUri: repository.uri,
    createdAt: repository.createdAt,
    imageTagMutability: repository.mutability,
    imageTagMutabilityExclusionFilters: filters.length > 0 ? filters : undefined,
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: repository.encryption,
  };
}
