import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  GetAuthorizationTokenCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr';
import type { EcrApi } from './ecr-api.ts';
import type { AccountRegion } from './partition.ts';
import { paged, type SdkCalls, sdkCalls } from './sdk-calls.ts';
import { tagCalls } from './sdk-common-calls.ts';
import { documentCalls } from './sdk-document-calls.ts';
import { imageCalls } from './sdk-image-calls.ts';
import { previewCalls } from './sdk-preview-calls.ts';
import {
  authorizationToken,
  encryptionInput,
  liveRepository,
  mutabilityInput,
  tagList,
} from './sdk-shapes.ts';

/** The {@link EcrApi} on the AWS SDK. SDK names stop here. */
export function sdkEcrApi(client: ECRClient, registry: AccountRegion): EcrApi {
  const calls = sdkCalls(client, registry);
  return {
    ...repositoryCalls(calls),
    ...settingCalls(calls),
    ...documentCalls(calls),
    ...previewCalls(calls),
    ...tagCalls(calls, {
      list: (input) => client.send(new ListTagsForResourceCommand(input)),
      tag: (input) => client.send(new TagResourceCommand(input)),
      untag: (input) => client.send(new UntagResourceCommand(input)),
    }),
    ...imageCalls(calls),
    ...tokenCalls(calls),
  };
}

function repositoryCalls({
  client,
  registryId,
  arnOf,
  call,
  find,
}: SdkCalls): Pick<
  EcrApi,
  'describeRepository' | 'listRepositories' | 'createRepository' | 'deleteRepository'
> {
  return {
    describeRepository: (name) =>
      find('DescribeRepositories', name, ['RepositoryNotFoundException'], async () => {
        const answer = await client.send(
          new DescribeRepositoriesCommand({ registryId, repositoryNames: [name] }),
        );
        return answer.repositories?.map(liveRepository)[0];
      }),

    listRepositories: () =>
      paged((nextToken) =>
        call('DescribeRepositories', arnOf('*'), async () => {
          const input = { registryId, maxResults: 1_000, ...(nextToken ? { nextToken } : {}) };
          const answer = await client.send(new DescribeRepositoriesCommand(input));
          return { items: (answer.repositories ?? []).map(liveRepository), nextToken: answer.nextToken };
        }),
      ),

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
      await find('DeleteRepository', name, ['RepositoryNotFoundException'], () =>
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
}: SdkCalls): Pick<EcrApi, 'putImageTagMutability' | 'putImageScanningConfiguration'> {
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

function tokenCalls({ client, call }: SdkCalls): Pick<EcrApi, 'getAuthorizationToken'> {
  return {
    getAuthorizationToken: async () => {
      const answer = await call('GetAuthorizationToken', '*', () =>
        client.send(new GetAuthorizationTokenCommand({})),
      );
      return authorizationToken(answer.authorizationData?.[0]);
    },
  };
}
