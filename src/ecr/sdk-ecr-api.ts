import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  paginateDescribeImages,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr';
import { awsError } from './aws-errors.ts';
import type { EcrApi } from './ecr-api.ts';
import { type AccountRegion, repositoryArn } from './partition.ts';
import {
  authorizationToken,
  encryptionInput,
  liveRepository,
  mutabilityInput,
  tagList,
} from './sdk-shapes.ts';

/** The {@link EcrApi} on the AWS SDK. SDK names stop here. */
export function sdkEcrApi(client: ECRClient, registry: AccountRegion): EcrApi {
  const calls = callsTo(client, registry);
  return {
    ...repositoryCalls(calls),
    ...settingCalls(calls),
    ...documentCalls(calls),
    ...tagCalls(calls),
    ...registryCalls(calls),
  };
}

interface Calls {
  readonly client: ECRClient;
  readonly registryId: string;
  arnOf(name: string): string;
  /** Throws classified errors that name the action and the resource. */
  call<T>(action: string, resource: string, task: () => Promise<T>): Promise<T>;
  /** As `call`, with undefined for what is not there. */
  find<T>(action: string, name: string, absent: string, task: () => Promise<T>): Promise<T | undefined>;
}

function callsTo(client: ECRClient, registry: AccountRegion): Calls {
  const arnOf = (name: string): string => repositoryArn(registry, name);
  const call: Calls['call'] = async (action, resource, task) => {
    try {
      return await task();
    } catch (error) {
      throw awsError(error, `ecr:${action}`, resource);
    }
  };
  const find: Calls['find'] = (action, name, absent, task) =>
    call(action, arnOf(name), async () => {
      try {
        return await task();
      } catch (error) {
        if (error instanceof Error && error.name === absent) return undefined;
        throw error;
      }
    });
  return { client, registryId: registry.accountId, arnOf, call, find };
}

function repositoryCalls({
  client,
  registryId,
  arnOf,
  call,
  find,
}: Calls): Pick<EcrApi, 'describeRepository' | 'createRepository' | 'deleteRepository'> {
  return {
    describeRepository: (name) =>
      find('DescribeRepositories', name, 'RepositoryNotFoundException', async () => {
        const answer = await client.send(
          new DescribeRepositoriesCommand({ registryId, repositoryNames: [name] }),
        );
        return answer.repositories?.map(liveRepository)[0];
      }),

    createRepository: ({ name, tags, tagMutability, scanOnPush, encryption }) =>
      call('CreateRepository', arnOf(name), async () => {
        const answer = await client.send(
          new CreateRepositoryCommand({
            registryId,
            repositoryName: name,
            tags: tagList(tags),
            ...(tagMutability ? mutabilityInput(tagMutability) : {}),
            ...(scanOnPush === undefined ? {} : { imageScanningConfiguration: { scanOnPush } }),
            ...(encryption ? { encryptionConfiguration: encryptionInput(encryption) } : {}),
          }),
        );
        return liveRepository(answer.repository ?? {});
      }),

    deleteRepository: async (name, force) => {
      await find('DeleteRepository', name, 'RepositoryNotFoundException', () =>
        client.send(new DeleteRepositoryCommand({ registryId, repositoryName: name, force })),
      );
    },
  };
}

function settingCalls({
  client,
  registryId,
  arnOf,
  call,
}: Calls): Pick<EcrApi, 'putImageTagMutability' | 'putImageScanningConfiguration'> {
  return {
    putImageTagMutability: async (name, mutability) => {
      const input = { registryId, repositoryName: name, ...mutabilityInput(mutability) };
      await call('PutImageTagMutability', arnOf(name), () =>
        client.send(new PutImageTagMutabilityCommand(input)),
      );
    },

    putImageScanningConfiguration: async (name, scanOnPush) => {
      const input = { registryId, repositoryName: name, imageScanningConfiguration: { scanOnPush } };
      await call('PutImageScanningConfiguration', arnOf(name), () =>
        client.send(new PutImageScanningConfigurationCommand(input)),
      );
    },
  };
}

function documentCalls({
  client,
  registryId,
  arnOf,
  call,
  find,
}: Calls): Pick<
  EcrApi,
  'getLifecyclePolicy' | 'putLifecyclePolicy' | 'getRepositoryPolicy' | 'setRepositoryPolicy'
> {
  return {
    getLifecyclePolicy: (name) =>
      find('GetLifecyclePolicy', name, 'LifecyclePolicyNotFoundException', async () => {
        const answer = await client.send(new GetLifecyclePolicyCommand({ registryId, repositoryName: name }));
        return answer.lifecyclePolicyText;
      }),

    putLifecyclePolicy: async (name, lifecyclePolicyText) => {
      const input = { registryId, repositoryName: name, lifecyclePolicyText };
      await call('PutLifecyclePolicy', arnOf(name), () => client.send(new PutLifecyclePolicyCommand(input)));
    },

    getRepositoryPolicy: (name) =>
      find('GetRepositoryPolicy', name, 'RepositoryPolicyNotFoundException', async () => {
        const answer = await client.send(
          new GetRepositoryPolicyCommand({ registryId, repositoryName: name }),
        );
        return answer.policyText;
      }),

    setRepositoryPolicy: async (name, policyText) => {
      const input = { registryId, repositoryName: name, policyText };
      await call('SetRepositoryPolicy', arnOf(name), () =>
        client.send(new SetRepositoryPolicyCommand(input)),
      );
    },
  };
}

function tagCalls({ client, call }: Calls): Pick<EcrApi, 'listTags' | 'tag' | 'untag'> {
  return {
    listTags: (resourceArn) =>
      call('ListTagsForResource', resourceArn, async () => {
        const answer = await client.send(new ListTagsForResourceCommand({ resourceArn }));
        return Object.fromEntries((answer.tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
      }),

    tag: async (resourceArn, tags) => {
      const input = { resourceArn, tags: tagList(tags) };
      await call('TagResource', resourceArn, () => client.send(new TagResourceCommand(input)));
    },

    untag: async (resourceArn, tagKeys) => {
      const input = { resourceArn, tagKeys: [...tagKeys] };
      await call('UntagResource', resourceArn, () => client.send(new UntagResourceCommand(input)));
    },
  };
}

function registryCalls({
  client,
  registryId,
  arnOf,
  call,
}: Calls): Pick<EcrApi, 'countImages' | 'getAuthorizationToken'> {
  return {
    countImages: (name) =>
      call('DescribeImages', arnOf(name), async () => {
        let count = 0;
        const pages = paginateDescribeImages(
          { client, pageSize: 1_000 },
          // Archived images too: they go with the repository like any other.
          { registryId, repositoryName: name, filter: { imageStatus: 'ANY' } },
        );
        for await (const page of pages) count += page.imageDetails?.length ?? 0;
        return count;
      }),

    getAuthorizationToken: async () => {
      const answer = await call('GetAuthorizationToken', '*', () =>
        client.send(new GetAuthorizationTokenCommand({})),
      );
      return authorizationToken(answer.authorizationData?.[0]);
    },
  };
}
