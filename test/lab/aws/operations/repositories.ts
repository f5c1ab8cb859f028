import { invalidParameter } from '../aws-error.ts';
import { resolveKmsKey } from '../kms-key.ts';
import {
  type Input,
  type Output,
  oneOf,
  optionalBoolean,
  optionalString,
  repositoryName,
  structure,
} from '../parameters.ts';
import type { Repository } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { removedRepository, repositoriesAskedFor, requireRoom } from './kept-repositories.ts';
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
  requireRoom(registry, name);
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
  const { found, nextToken } = repositoriesAskedFor(context, input);
  return { repositories: found.map(describe), nextToken };
}

function deleteRepository(context: OperationContext, input: Input): Output {
  return { repository: describe(removedRepository(context, input)) };
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
