import {
  DeleteLifecyclePolicyCommand,
  DeleteRepositoryPolicyCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
} from '@aws-sdk/client-ecr';
import type { EcrApi, LiveLifecycle } from './ecr-api.ts';
import type { SdkCalls } from './sdk-calls.ts';
import { repositoryPolicyCalls } from './sdk-common-calls.ts';

type DocumentCalls = Pick<
  EcrApi,
  | 'getLifecyclePolicy'
  | 'putLifecyclePolicy'
  | 'deleteLifecyclePolicy'
  | 'getRepositoryPolicy'
  | 'setRepositoryPolicy'
  | 'deleteRepositoryPolicy'
>;

/** A policy that is deleted goes with its repository too (ecr.md 4.4). */
const NO_LIFECYCLE = ['LifecyclePolicyNotFoundException', 'RepositoryNotFoundException'];
const NO_POLICY = ['RepositoryPolicyNotFoundException', 'RepositoryNotFoundException'];

/** The calls on lifecycle and repository policies. */
export function documentCalls(calls: SdkCalls): DocumentCalls {
  return { ...lifecycleCalls(calls), ...policyCalls(calls) };
}

function lifecycleCalls({
  client,
  registryId,
  arnOf,
  call,
  find,
}: SdkCalls): Pick<DocumentCalls, 'getLifecyclePolicy' | 'putLifecyclePolicy' | 'deleteLifecyclePolicy'> {
  return {
    getLifecyclePolicy: (name) =>
      find('GetLifecyclePolicy', name, ['LifecyclePolicyNotFoundException'], async () => {
        const answer = await client.send(new GetLifecyclePolicyCommand({ registryId, repositoryName: name }));
        return liveLifecycle(answer.lifecyclePolicyText, answer.lastEvaluatedAt);
      }),

    putLifecyclePolicy: async (name, lifecyclePolicyText) => {
      const input = { registryId, repositoryName: name, lifecyclePolicyText };
      await call('PutLifecyclePolicy', arnOf(name), () => client.send(new PutLifecyclePolicyCommand(input)));
    },

    deleteLifecyclePolicy: async (name) => {
      await find('DeleteLifecyclePolicy', name, NO_LIFECYCLE, () =>
        client.send(new DeleteLifecyclePolicyCommand({ registryId, repositoryName: name })),
      );
    },
  };
}

/** ECR gives the beginning of 1970 for a policy that it never applied. */
function liveLifecycle(document: string | undefined, evaluated: Date | undefined): LiveLifecycle {
  const applied = evaluated !== undefined && evaluated.getTime() > 0;
  return { document: document ?? '', ...(applied ? { lastEvaluatedAt: evaluated.toISOString() } : {}) };
}

function policyCalls(
  calls: SdkCalls,
): Pick<DocumentCalls, 'getRepositoryPolicy' | 'setRepositoryPolicy' | 'deleteRepositoryPolicy'> {
  const { client, registryId, find } = calls;
  return {
    ...repositoryPolicyCalls(calls, {
      get: (input) => client.send(new GetRepositoryPolicyCommand(input)),
      set: (input) => client.send(new SetRepositoryPolicyCommand(input)),
    }),

    deleteRepositoryPolicy: async (name) => {
      await find('DeleteRepositoryPolicy', name, NO_POLICY, () =>
        client.send(new DeleteRepositoryPolicyCommand({ registryId, repositoryName: name })),
      );
    },
  };
}
