import { AwsError, invalidParameter } from '../aws-error.ts';
import type { CreationTemplate } from '../cache-state.ts';
import { cutPage } from '../paging.ts';
import {
  type Input,
  maxResults,
  type Output,
  oneOf,
  optionalList,
  optionalString,
  requiredString,
  structure,
} from '../parameters.ts';
import { reformatPolicy } from '../policy-format.ts';
import type { OperationContext, OperationTable } from '../world.ts';
import { normalLifecyclePolicy } from './lifecycle-policies.ts';
import { mutabilityOf } from './repository-settings.ts';
import { tagsOf } from './tags.ts';

/** Operations on repository creation templates. The words of refusals are ours where no comment names a source. */
export const creationTemplateOperations = {
  CreateRepositoryCreationTemplate: createTemplate,
  UpdateRepositoryCreationTemplate: updateTemplate,
  DeleteRepositoryCreationTemplate: deleteTemplate,
  DescribeRepositoryCreationTemplates: describeTemplates,
} satisfies OperationTable;

/** From the ECR service model, 2015-09-21. */
const PREFIX = /^([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\/?|ROOT)$/;
const KMS_KEY = /^$|arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/[a-z0-9-]+/;
const OCCASIONS = ['REPLICATION', 'PULL_THROUGH_CACHE', 'CREATE_ON_PUSH'] as const;

function createTemplate(context: OperationContext, input: Input): Output {
  const { registry, world } = context;
  const prefix = prefixOf(input);
  if (input['appliedFor'] === undefined) throw invalidParameter('appliedFor', 'must not be null');
  if (registry.caches.templates.has(prefix)) {
    throw new AwsError(
      'TemplateAlreadyExistsException',
      `A repository creation template with prefix '${prefix}' already exists in the registry with id '${registry.accountId}'`,
    );
  }
  const now = world.clock.now();
  const template: CreationTemplate = {
    sequence: registry.caches.nextSequence(),
    prefix,
    appliedFor: [],
    imageTagMutability: 'MUTABLE',
    imageTagMutabilityExclusionFilters: [],
    encryptionType: 'AES256',
    resourceTags: new Map(),
    ...changesOf(context, input),
    createdAt: now,
    updatedAt: now,
  };
  registry.caches.templates.set(prefix, template);
  return answer(context, template);
}

/** What is left out stays, tag mutability excepted, of which the API reference says that MUTABLE is used. */
function updateTemplate(context: OperationContext, input: Input): Output {
  const template = presentTemplate(context, prefixOf(input));
  Object.assign(template, changesOf(context, input), { updatedAt: context.world.clock.now() });
  return answer(context, template);
}

function deleteTemplate(context: OperationContext, input: Input): Output {
  const template = presentTemplate(context, prefixOf(input));
  context.registry.caches.templates.delete(template.prefix);
  return answer(context, template);
}

/** Prefixes that have no template are left out: the model declares no error for them. */
function describeTemplates({ registry }: OperationContext, input: Input): Output {
  const registryId = registry.accountId;
  const { templates } = registry.caches;
  const prefixes = optionalList(input, 'prefixes', { min: 0, max: 100 });
  if (prefixes !== undefined && prefixes.length > 0) {
    const found = prefixes.flatMap((prefix) => templates.get(String(prefix)) ?? []);
    return { registryId, repositoryCreationTemplates: found.map(describe) };
  }
  const nextToken = optionalString(input, 'nextToken');
  const size = maxResults(input) ?? 100;
  const page = cutPage([...templates.values()], ({ sequence }) => sequence, size, nextToken);
  return {
    registryId,
    repositoryCreationTemplates: page.items.map(describe),
    nextToken: page.nextToken,
  };
}

/** An empty text clears, as the model's bounds from 0 let it. */
function changesOf(context: OperationContext, input: Input): Partial<CreationTemplate> {
  const { mutability, exclusionFilters } = mutabilityOf(
    input,
    optionalString(input, 'imageTagMutability') ?? 'MUTABLE',
  );
  const tags = optionalList(input, 'resourceTags', { min: 0, max: 200 });
  const occasions = optionalList(input, 'appliedFor', { min: 0, max: 3 });
  const description = optionalString(input, 'description');
  if ((description ?? '').length > 256) {
    throw invalidParameter('description', 'Member must have length less than or equal to 256');
  }
  return {
    imageTagMutability: mutability,
    imageTagMutabilityExclusionFilters: exclusionFilters,
    ...(occasions && { appliedFor: occasions.map((one) => oneOf(String(one), OCCASIONS, 'appliedFor')) }),
    ...(tags && { resourceTags: tagsOf({ tags }, new Map()) }),
    ...(description !== undefined && { description: description || undefined }),
    ...textOf(input, 'customRoleArn', (text) => text),
    ...textOf(input, 'lifecyclePolicy', normalLifecyclePolicy),
    ...textOf(input, 'repositoryPolicy', (text) => checkedPolicy(text, context.region)),
    ...encryptionOf(input),
  };
}

function textOf<K extends 'customRoleArn' | 'lifecyclePolicy' | 'repositoryPolicy'>(
  input: Input,
  name: K,
  normal: (text: string) => string,
): Partial<Pick<CreationTemplate, K>> {
  const text = optionalString(input, name);
  if (text === undefined) return {};
  return { [name]: text === '' ? undefined : normal(text) } as Partial<Pick<CreationTemplate, K>>;
}

function checkedPolicy(text: string, region: string): string {
  try {
    return reformatPolicy(text, region);
  } catch {
    throw invalidParameter('PolicyText', 'Invalid repository policy provided');
  }
}

function encryptionOf(input: Input): Partial<CreationTemplate> {
  if (input['encryptionConfiguration'] === undefined) return {};
  const given = structure(input, 'encryptionConfiguration');
  const encryptionType = requiredString(given, 'encryptionType');
  oneOf(encryptionType, ['AES256', 'KMS', 'KMS_DSSE'], 'encryptionConfiguration.encryptionType');
  const kmsKey = optionalString(given, 'kmsKey') ?? '';
  if (!KMS_KEY.test(kmsKey)) {
    throw invalidParameter('kmsKey', `must satisfy regular expression '${KMS_KEY.source}'`);
  }
  if (encryptionType === 'AES256' && kmsKey !== '') {
    throw invalidParameter('kmsKey', 'kmsKey must not be specified with AES256 encryption');
  }
  return { encryptionType, kmsKey: kmsKey || undefined };
}

function presentTemplate({ registry }: OperationContext, prefix: string): CreationTemplate {
  const template = registry.caches.templates.get(prefix);
  if (template) return template;
  throw new AwsError(
    'TemplateNotFoundException',
    `A repository creation template with prefix '${prefix}' does not exist in the registry with id '${registry.accountId}'`,
  );
}

function prefixOf(input: Input): string {
  const prefix = requiredString(input, 'prefix');
  if (prefix.length > 256) throw invalidParameter('prefix', 'must have length less than or equal to 256');
  if (!PREFIX.test(prefix)) {
    throw invalidParameter('prefix', `must satisfy regular expression '${PREFIX.source}'`);
  }
  return prefix;
}

function answer({ registry }: OperationContext, template: CreationTemplate): Output {
  return { registryId: registry.accountId, repositoryCreationTemplate: describe(template) };
}

function describe(template: CreationTemplate): Output {
  const {
    sequence: _,
    resourceTags,
    encryptionType,
    kmsKey,
    imageTagMutabilityExclusionFilters,
    ...fields
  } = template;
  return {
    ...fields,
    imageTagMutabilityExclusionFilters:
      imageTagMutabilityExclusionFilters.length > 0 ? imageTagMutabilityExclusionFilters : undefined,
    resourceTags: [...resourceTags].map(([Key, Value]) => ({ Key, Value })),
    encryptionConfiguration: { encryptionType, kmsKey },
  };
}
