import type { EcrApi } from './ecr-api.ts';
import type { SdkCalls } from './sdk-calls.ts';
import { liveTags, type TagShape, tagList } from './sdk-shapes.ts';

/** How the commands about tags are sent, which each service has classes of its own for. */
export interface TagCommands {
  list(input: { resourceArn: string }): Promise<{ readonly tags?: readonly TagShape[] | undefined }>;
  tag(input: { resourceArn: string; tags: { Key: string; Value: string }[] }): Promise<unknown>;
  untag(input: { resourceArn: string; tagKeys: string[] }): Promise<unknown>;
}

/** The calls on tags, of ECR and of ECR Public. */
export function tagCalls<Client>(
  { call }: Pick<SdkCalls<Client>, 'call'>,
  commands: TagCommands,
): Pick<EcrApi, 'listTags' | 'tag' | 'untag'> {
  return {
    listTags: (resourceArn) =>
      call('ListTagsForResource', resourceArn, async () =>
        liveTags((await commands.list({ resourceArn })).tags),
      ),

    tag: async (resourceArn, tags) => {
      await call('TagResource', resourceArn, () => commands.tag({ resourceArn, tags: tagList(tags) }));
    },

    untag: async (resourceArn, tagKeys) => {
      await call('UntagResource', resourceArn, () => commands.untag({ resourceArn, tagKeys: [...tagKeys] }));
    },
  };
}

/** Whose policy it is. */
interface PolicyOf {
  registryId: string;
  repositoryName: string;
}

/** How the commands about the policy of a repository are sent. */
export interface PolicyCommands {
  get(input: PolicyOf): Promise<{ readonly policyText?: string | undefined }>;
  set(input: PolicyOf & { policyText: string; force?: boolean }): Promise<unknown>;
}

/** The calls on the policy of a repository, of ECR and of ECR Public. */
export function repositoryPolicyCalls<Client>(
  { registryId, arnOf, call, find }: Omit<SdkCalls<Client>, 'client'>,
  commands: PolicyCommands,
): Pick<EcrApi, 'getRepositoryPolicy' | 'setRepositoryPolicy'> {
  return {
    getRepositoryPolicy: (name) =>
      find('GetRepositoryPolicy', name, ['RepositoryPolicyNotFoundException'], async () => {
        const { policyText } = await commands.get({ registryId, repositoryName: name });
        return policyText;
      }),

    setRepositoryPolicy: async (name, policyText, force) => {
      const input = { registryId, repositoryName: name, policyText, ...(force ? { force } : {}) };
      await call('SetRepositoryPolicy', arnOf(name), () => commands.set(input));
    },
  };
}
