import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRPUBLICClient,
  GetRepositoryCatalogDataCommand,
  GetRepositoryPolicyCommand,
  ListTagsForResourceCommand,
  PutRepositoryCatalogDataCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecr-public';
import { publicRepositoryArn } from './partition.ts';
import type { PublicRepositoryApi } from './public-repository-api.ts';
import { createSdkCalls, paged, type SdkCalls } from './sdk-calls.ts';
import { repositoryPolicyCalls, tagCalls } from './sdk-common-calls.ts';
import { catalogInput, liveCatalog } from './sdk-public-shapes.ts';
import { liveIdentity, tagList } from './sdk-shapes.ts';

type PublicCalls = SdkCalls<ECRPUBLICClient>;

/** The {@link PublicRepositoryApi} on the AWS SDK, for the repositories of `accountId`. SDK names stop here. */
export function sdkPublicRepositoryApi(client: ECRPUBLICClient, accountId: string): PublicRepositoryApi {
  const calls = createSdkCalls({
    client,
    registryId: accountId,
    service: 'ecr-public',
    arnOf: (name) => publicRepositoryArn(accountId, name),
  });
  return {
    ...repositoryCalls(calls),
    ...catalogCalls(calls),
    ...repositoryPolicyCalls(calls, {
      get: (input) => client.send(new GetRepositoryPolicyCommand(input)),
      set: (input) => client.send(new SetRepositoryPolicyCommand(input)),
    }),
    ...tagCalls(calls, {
      list: (input) => client.send(new ListTagsForResourceCommand(input)),
      tag: (input) => client.send(new TagResourceCommand(input)),
      untag: (input) => client.send(new UntagResourceCommand(input)),
    }),
  };
}

function repositoryCalls({
  client,
  registryId,
  arnOf,
  call,
  find,
}: PublicCalls): Pick<
  PublicRepositoryApi,
  'describeRepository' | 'createRepository' | 'deleteRepository' | 'countImages'
> {
  return {
    describeRepository: (name) =>
      find('DescribeRepositories', name, ['RepositoryNotFoundException'], async () => {
        const input = { registryId, repositoryNames: [name] };
        const answer = await client.send(new DescribeRepositoriesCommand(input));
        return answer.repositories?.map(liveIdentity)[0];
      }),

    // The one operation that takes no registryId: it is always the caller's own.
    createRepository: ({ name, tags }) =>
      call('CreateRepository', arnOf(name), async () => {
        const input = { repositoryName: name, tags: tagList(tags) };
        const answer = await client.send(new CreateRepositoryCommand(input));
        return liveIdentity(answer.repository ?? {});
      }),

    deleteRepository: async (name, force) => {
      await find('DeleteRepository', name, ['RepositoryNotFoundException'], () =>
        client.send(new DeleteRepositoryCommand({ registryId, repositoryName: name, force })),
      );
    },

    countImages: async (name) => {
      const pages = paged((nextToken) =>
        call('DescribeImages', arnOf(name), async () => {
          const page = { maxResults: 1_000, ...(nextToken ? { nextToken } : {}) };
          const answer = await client.send(
            new DescribeImagesCommand({ registryId, repositoryName: name, ...page }),
          );
          return { items: answer.imageDetails ?? [], nextToken: answer.nextToken };
        }),
      );
      let count = 0;
      for await (const page of pages) count += page.length;
      return count;
    },
  };
}

function catalogCalls({
  client,
  registryId,
  arnOf,
  call,
  find,
}: PublicCalls): Pick<PublicRepositoryApi, 'getCatalog' | 'putCatalog'> {
  return {
    getCatalog: async (name) => {
      const found = await find(
        'GetRepositoryCatalogData',
        name,
        ['RepositoryCatalogDataNotFoundException'],
        () => client.send(new GetRepositoryCatalogDataCommand({ registryId, repositoryName: name })),
      );
      return liveCatalog(found?.catalogData);
    },

    putCatalog: async (name, catalog) => {
      const input = { registryId, repositoryName: name, catalogData: catalogInput(catalog) };
      const answer = await call('PutRepositoryCatalogData', arnOf(name), () =>
        client.send(new PutRepositoryCatalogDataCommand(input)),
      );
      return liveCatalog(answer.catalogData);
    },
  };
}
