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
import { catalogInput, liveCatalog, livePublicRepository } from './sdk-public-shapes.ts';
import { tagList } from './sdk-shapes.ts';

type PublicCalls = SdkCalls<ECRPUBLICClient>;

/** The {@link PublicRepositoryApi} on the AWS SDK, for the repositories of `accountId`. SDK names stop here. */
export function sdkPublicRepositoryApi(client: ECRPUBLICClient, accountId: string): PublicRepositoryApi {
  const calls = createSdkCalls({
    client,
    registryId: accountId,
    service: 'ecr-public',
    arnOf: (name) => publicRepositoryArn(accountId, name),
  });
  return { ...repositoryCalls(calls), ...catalogCalls(calls), ...policyCalls(calls), ...tagCalls(calls) };
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
        return answer.repositories?.map(livePublicRepository)[0];
      }),

    // The one operation that takes no registryId: it is always the caller's own.
    createRepository: ({ name, tags }) =>
      call('CreateRepository', arnOf(name), async () => {
        const input = { repositoryName: name, tags: tagList(tags) };
        const answer = await client.send(new CreateRepositoryCommand(input));
        return livePublicRepository(answer.repository ?? {});
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

function policyCalls({
  client,
  registryId,
  arnOf,
  call,
  find,
}: PublicCalls): Pick<PublicRepositoryApi, 'getRepositoryPolicy' | 'setRepositoryPolicy'> {
  return {
    getRepositoryPolicy: (name) =>
      find('GetRepositoryPolicy', name, ['RepositoryPolicyNotFoundException'], async () => {
        const answer = await client.send(
          new GetRepositoryPolicyCommand({ registryId, repositoryName: name }),
        );
        return answer.policyText;
      }),

    setRepositoryPolicy: async (name, policyText, force) => {
      const input = { registryId, repositoryName: name, policyText, ...(force ? { force } : {}) };
      await call('SetRepositoryPolicy', arnOf(name), () =>
        client.send(new SetRepositoryPolicyCommand(input)),
      );
    },
  };
}

function tagCalls({ client, call }: PublicCalls): Pick<PublicRepositoryApi, 'listTags' | 'tag' | 'untag'> {
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
