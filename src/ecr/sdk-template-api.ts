import {
  CreateRepositoryCreationTemplateCommand,
  DeleteRepositoryCreationTemplateCommand,
  DescribeRepositoryCreationTemplatesCommand,
  type ECRClient,
  type RepositoryCreationTemplate,
  UpdateRepositoryCreationTemplateCommand,
} from '@aws-sdk/client-ecr';
import type { AccountRegion } from './partition.ts';
import { sdkCalls, unlessAbsent } from './sdk-calls.ts';
import {
  encryptionInput,
  liveEncryption,
  liveMutability,
  liveTags,
  mutabilityInput,
  tagList,
} from './sdk-shapes.ts';
import type { CreationTemplate, LiveTemplate, TemplateApi } from './template-api.ts';

/** DescribeRepositoryCreationTemplates does not declare it: that gives an empty list. */
const ABSENT = ['TemplateNotFoundException'];

/** The {@link TemplateApi} on the AWS SDK. SDK names stop here. These operations take no registry ID. */
export function sdkTemplateApi(client: ECRClient, registry: AccountRegion): TemplateApi {
  const { call } = sdkCalls(client, registry);
  return {
    describe: (prefix) =>
      call('DescribeRepositoryCreationTemplates', nameOf(prefix), async () => {
        const command = new DescribeRepositoryCreationTemplatesCommand({ prefixes: [prefix] });
        const answer = await unlessAbsent(ABSENT, client.send(command));
        return answer?.repositoryCreationTemplates?.map(liveTemplate)[0];
      }),

    create: (template) =>
      call('CreateRepositoryCreationTemplate', nameOf(template.prefix), async () => {
        const answer = await client.send(new CreateRepositoryCreationTemplateCommand(newInput(template)));
        return liveTemplate(answer.repositoryCreationTemplate ?? {});
      }),

    update: (template) =>
      call('UpdateRepositoryCreationTemplate', nameOf(template.prefix), async () => {
        const answer = await client.send(new UpdateRepositoryCreationTemplateCommand(wholeInput(template)));
        return liveTemplate(answer.repositoryCreationTemplate ?? {});
      }),

    delete: async (prefix) => {
      await call('DeleteRepositoryCreationTemplate', nameOf(prefix), () =>
        unlessAbsent(ABSENT, client.send(new DeleteRepositoryCreationTemplateCommand({ prefix }))),
      );
    },
  };
}

function nameOf(prefix: string): string {
  return `repository creation template ${prefix}`;
}

function newInput(template: CreationTemplate) {
  const { prefix, description, appliedFor, tags, lifecycle, policy, customRoleArn } = template;
  return {
    prefix,
    appliedFor: [...appliedFor],
    ...mutabilityInput(template.tagMutability),
    encryptionConfiguration: encryptionInput(template.encryption),
    ...(Object.keys(tags).length > 0 ? { resourceTags: tagList(tags) } : {}),
    ...(description ? { description } : {}),
    ...(lifecycle ? { lifecyclePolicy: lifecycle } : {}),
    ...(policy ? { repositoryPolicy: policy } : {}),
    ...(customRoleArn ? { customRoleArn } : {}),
  };
}

/** An empty text clears; what is left out of an update may stay as it was (ecr.md 4.4). */
function wholeInput(template: CreationTemplate) {
  const { type, kmsKey = '' } = template.encryption;
  return {
    ...newInput(template),
    encryptionConfiguration: {
      encryptionType: type,
      ...(type === 'AES256' ? {} : { kmsKey }),
    },
    resourceTags: tagList(template.tags),
    description: template.description ?? '',
    lifecyclePolicy: template.lifecycle ?? '',
    repositoryPolicy: template.policy ?? '',
    customRoleArn: template.customRoleArn ?? '',
  };
}

function liveTemplate(template: RepositoryCreationTemplate): LiveTemplate {
  const { description, lifecyclePolicy, repositoryPolicy, customRoleArn, updatedAt } = template;
  return {
    prefix: template.prefix ?? '',
    appliedFor: template.appliedFor ?? [],
    tagMutability: liveMutability(template),
    encryption: liveEncryption(template.encryptionConfiguration),
    tags: liveTags(template.resourceTags),
    createdAt: (template.createdAt ?? new Date(0)).toISOString(),
    ...(description ? { description } : {}),
    ...(lifecyclePolicy ? { lifecycle: lifecyclePolicy } : {}),
    ...(repositoryPolicy ? { policy: repositoryPolicy } : {}),
    ...(customRoleArn ? { customRoleArn } : {}),
    ...(updatedAt ? { updatedAt: updatedAt.toISOString() } : {}),
  };
}
