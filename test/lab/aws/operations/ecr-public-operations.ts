import { randomUUID } from 'node:crypto';
import { invalidParameter, repositoryNotFound } from '../aws-error.ts';
import { parsePublicRepositoryArn } from '../aws-names.ts';
import { cutPage } from '../paging.ts';
import {
  type Input,
  maxResults,
  type Output,
  optionalList,
  optionalString,
  repositoryName,
  requiredString,
  structure,
} from '../parameters.ts';
import type { PublicCatalog } from '../public-registry.ts';
import type { Repository } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { repositoryToRead, repositoryToWrite } from './found-repository.ts';
import { imageFacts, imagePosition } from './images.ts';
import { removedRepository, repositoriesAskedFor, requireRoom } from './kept-repositories.ts';
import { repositoryPolicyOperations } from './repository-policies.ts';
import { tagsOf } from './tags.ts';

/** Every operation of ECR Public on repositories that the simulator knows. */
export const ECR_PUBLIC_OPERATIONS: OperationTable = {
  ...repositoryPolicyOperations,
  CreateRepository: createRepository,
  DescribeRepositories: describeRepositories,
  DeleteRepository: deleteRepository,
  GetRepositoryCatalogData: getRepositoryCatalogData,
  PutRepositoryCatalogData: putRepositoryCatalogData,
  DescribeImages: describeImages,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
};

/** From the service model of ECR Public, 2020-10-30, as are the bounds below. */
const NAME = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const LONGEST_NAME = 205;
const MOST_LOGO_BYTES = 512_000;
const MOST_WORDS = { min: 0, max: 50 };

/** Words of the refusals as those of private ECR. */
function createRepository(context: OperationContext, input: Input): Output {
  const { registry } = context;
  const name = repositoryName(input);
  if (name.length > LONGEST_NAME) {
    throw invalidParameter('repositoryName', `must have length less than or equal to ${LONGEST_NAME}`);
  }
  if (!NAME.test(name)) {
    throw invalidParameter('repositoryName', `must satisfy regular expression '${NAME.source.slice(1, -1)}'`);
  }
  const tags = tagsOf(input, new Map());
  const catalog = catalogOf(structure(input, 'catalogData'), {});
  requireRoom(registry, name);
  return { repository: describe(registry.add(name, { tags, catalog })), catalogData: shown(catalog) };
}

function describeRepositories(context: OperationContext, input: Input): Output {
  const { found, nextToken } = repositoriesAskedFor(context, input);
  return { repositories: found.map(describe), nextToken };
}

function deleteRepository(context: OperationContext, input: Input): Output {
  return { repository: describe(removedRepository(context, input)) };
}

function describe({ arn, registryId, name, uri, createdAt }: Repository): Output {
  return {
    repositoryArn: arn,
    registryId,
    repositoryName: name,
    repositoryUri: uri,
    createdAt,
  };
}

/** Empty where nobody put any: Terraform reads it of every repository, and takes no error for that. */
function getRepositoryCatalogData(context: OperationContext, input: Input): Output {
  return { catalogData: shown(repositoryToRead(context, input).catalog ?? {}) };
}

function putRepositoryCatalogData(context: OperationContext, input: Input): Output {
  const repository = repositoryToWrite(context, input);
  if (input['catalogData'] === undefined) throw invalidParameter('catalogData', 'must not be null');
  repository.catalog = catalogOf(structure(input, 'catalogData'), repository.catalog ?? {});
  return { catalogData: shown(repository.catalog) };
}

/**
 * Whether AWS keeps what a put leaves out is not established: here everything but the logo, which nobody can put back,
 * is gone.
 */
function catalogOf(input: Input, { logoUrl, logo }: PublicCatalog): PublicCatalog {
  const texts = {
    description: boundedText(input, 'description', 1_024),
    aboutText: boundedText(input, 'aboutText', 25_600),
    usageText: boundedText(input, 'usageText', 25_600),
    architectures: words(input, 'architectures'),
    operatingSystems: words(input, 'operatingSystems'),
  };
  const uploaded = optionalString(input, 'logoImageBlob');
  if (Buffer.from(uploaded ?? '', 'base64').length > MOST_LOGO_BYTES) {
    throw invalidParameter(
      'logoImageBlob',
      `Member must have length less than or equal to ${MOST_LOGO_BYTES}`,
    );
  }
  const image =
    uploaded === undefined
      ? { logoUrl, logo }
      : { logoUrl: `https://logos.example.com/${randomUUID()}.png`, logo: uploaded };
  const given = Object.entries({ ...texts, ...image }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as PublicCatalog;
}

function boundedText(input: Input, name: string, longest: number): string | undefined {
  const text = optionalString(input, name);
  if ((text ?? '').length <= longest) return text || undefined;
  throw invalidParameter(name, `Member must have length less than or equal to ${longest}`);
}

function words(input: Input, name: string): readonly string[] | undefined {
  const list = optionalList(input, name, MOST_WORDS)?.map(String);
  if (list?.some((word) => word.length < 1 || word.length > 50)) {
    throw invalidParameter(
      name,
      'Member must satisfy constraint: [Member must have length between 1 and 50]',
    );
  }
  return list;
}

function shown({ logo: _, ...catalog }: PublicCatalog): Output {
  return { ...catalog };
}

function describeImages(context: OperationContext, input: Input): Output {
  const repository = repositoryToRead(context, input);
  const images = [...repository.images.values()].sort((a, b) => imagePosition(a) - imagePosition(b));
  const size = maxResults(input) ?? 100;
  const page = cutPage(images, imagePosition, size, optionalString(input, 'nextToken'));
  return {
    imageDetails: page.items.map((image) => imageFacts(repository, image)),
    nextToken: page.nextToken,
  };
}

function tagResource(context: OperationContext, input: Input): Output {
  const repository = tagged(context, input, 'writable');
  if (input['tags'] === undefined) throw invalidParameter('tags', 'must not be null');
  for (const [key, value] of tagsOf(input, repository.tags)) repository.tags.set(key, value);
  return {};
}

function untagResource(context: OperationContext, input: Input): Output {
  const repository = tagged(context, input, 'writable');
  const keys = optionalList(input, 'tagKeys', { min: 0, max: 200 });
  if (keys === undefined) throw invalidParameter('tagKeys', 'must not be null');
  for (const key of keys) repository.tags.delete(String(key));
  return {};
}

function listTagsForResource(context: OperationContext, input: Input): Output {
  const { tags } = tagged(context, input, 'seen');
  return { tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
}

function tagged({ registry }: OperationContext, input: Input, look: 'seen' | 'writable'): Repository {
  const arn = parsePublicRepositoryArn(requiredString(input, 'resourceArn'));
  if (arn === undefined) throw invalidParameter('resourceArn', 'Invalid ARN');
  const repository = registry[look](arn.name);
  if (repository === undefined) throw repositoryNotFound(arn.name, arn.accountId);
  return repository;
}
