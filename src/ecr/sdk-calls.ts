import type { ECRClient } from '@aws-sdk/client-ecr';
import { awsError } from './aws-errors.ts';
import { type AccountRegion, repositoryArn } from './partition.ts';

/** The resource of a call that is on no less than the whole registry. */
export const ALL = '*';

/** What the calls of the adapter share. */
export interface SdkCalls<Client = ECRClient> {
  readonly client: Client;
  readonly registryId: string;
  /** `*` stands for all of them. */
  arnOf(name: string): string;
  /** Throws classified errors that name the action and the resource. */
  call<T>(action: string, resource: string, task: () => Promise<T>): Promise<T>;
  /** As `call`, with undefined where AWS answers with one of the names in `absent`. */
  find<T>(
    action: string,
    name: string,
    absent: readonly string[],
    task: () => Promise<T>,
  ): Promise<T | undefined>;
}

/** What tells one registry's calls from another's. */
export interface SdkCallsOptions<Client> extends Pick<SdkCalls<Client>, 'client' | 'registryId' | 'arnOf'> {
  /** As IAM's actions begin. */
  readonly service: 'ecr' | 'ecr-public';
}

/** Calls on one registry through one client. */
export function sdkCalls(client: ECRClient, registry: AccountRegion): SdkCalls {
  const arnOf = (name: string): string => repositoryArn(registry, name);
  return createSdkCalls({ client, registryId: registry.accountId, arnOf, service: 'ecr' });
}

/** Calls on one registry of ECR or ECR Public through one client. */
export function createSdkCalls<Client>(options: SdkCallsOptions<Client>): SdkCalls<Client> {
  const { client, registryId, arnOf, service } = options;
  const call: SdkCalls['call'] = async (action, resource, task) => {
    try {
      return await task();
    } catch (error) {
      throw awsError(error, `${service}:${action}`, resource);
    }
  };
  const find: SdkCalls['find'] = (action, name, absent, task) =>
    call(action, arnOf(name), () => unlessAbsent(absent, task()));
  return { client, registryId, arnOf, call, find };
}

/** The answer of AWS, or undefined where that is one of the errors in `absent`. */
export async function unlessAbsent<T>(absent: readonly string[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && absent.includes(error.name)) return undefined;
    throw error;
  }
}

/** What one call of a list gives. */
export interface SdkPage<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** All pages of a list, each asked for when the one before was taken. */
export async function* paged<T>(
  page: (nextToken: string | undefined) => Promise<SdkPage<T>>,
): AsyncGenerator<readonly T[], void, undefined> {
  let nextToken: string | undefined;
  do {
    const one = await page(nextToken);
    yield one.items;
    nextToken = one.nextToken;
  } while (nextToken);
}
