import { AwsError, invalidParameter, repositoryNotFound } from '../aws-error.ts';
import { parseRepositoryArn } from '../aws-names.ts';
import { type Input, type Output, optionalList, requiredString } from '../parameters.ts';
import { isObject } from '../policy-document.ts';
import type { Repository } from '../registry-state.ts';
import type { OperationContext, OperationTable } from '../world.ts';

/** Operations on the tags of a repository. */
export const tagOperations = {
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
} satisfies OperationTable;

/** AWS's general limit; ECR's own is not in the model. */
const MOST_TAGS = 50;
const NO_BOUNDS = { min: 0, max: 200 };

function tagResource(context: OperationContext, input: Input): Output {
  const repository = taggedRepository(context, input, 'write');
  if (input['tags'] === undefined) throw invalidParameter('tags', 'must not be null');
  const tags = tagsOf(input, repository.tags);
  for (const [key, value] of tags) repository.tags.set(key, value);
  return {};
}

function untagResource(context: OperationContext, input: Input): Output {
  const repository = taggedRepository(context, input, 'write');
  const keys = optionalList(input, 'tagKeys', NO_BOUNDS);
  if (keys === undefined) throw invalidParameter('tagKeys', 'must not be null');
  for (const key of keys) repository.tags.delete(String(key));
  return {};
}

function listTagsForResource(context: OperationContext, input: Input): Output {
  const { tags } = taggedRepository(context, input, 'read');
  return { tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
}

/** The tags of a request merged over those there are; refuses what ECR refuses. */
export function tagsOf(input: Input, present: ReadonlyMap<string, string>): Map<string, string> {
  const merged = new Map(present);
  const requested = new Set<string>();
  for (const raw of optionalList(input, 'tags', NO_BOUNDS) ?? []) {
    const { Key: key, Value: value = '' } = isObject(raw) ? raw : {};
    if (typeof key !== 'string' || typeof value !== 'string')
      throw invalidTag('Tag keys and values are strings');
    if (key.length < 1 || key.length > 128) throw invalidTag('Tag keys have 1 to 128 characters');
    if (value.length > 256) throw invalidTag('Tag values have at most 256 characters');
    if (/^aws:/i.test(key)) throw invalidTag('Tag keys starting with "aws:" are reserved for system use');
    if (requested.has(key)) throw invalidTag(`Duplicate tag key '${key}'`);
    requested.add(key);
    merged.set(key, value);
  }
  if (merged.size > MOST_TAGS) {
    throw new AwsError(
      'TooManyTagsException',
      'The list of tags on the repository is over the limit. The maximum number of tags that can be applied to a repository is 50.',
    );
  }
  return merged;
}

function taggedRepository(context: OperationContext, input: Input, look: 'read' | 'write'): Repository {
  const arn = parseRepositoryArn(requiredString(input, 'resourceArn'));
  if (arn === undefined || arn.region !== context.region)
    throw invalidParameter('resourceArn', 'Invalid ARN');
  const registry = context.world.registry(arn.accountId, arn.region);
  const repository = look === 'read' ? registry.seen(arn.name) : registry.writable(arn.name);
  if (repository === undefined) throw repositoryNotFound(arn.name, arn.accountId);
  return repository;
}

function invalidTag(message: string): AwsError {
  return new AwsError(
    'InvalidTagParameterException',
    `Invalid parameter at 'tags' failed to satisfy constraint: '${message}'`,
  );
}
