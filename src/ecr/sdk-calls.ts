import type { ECRClient } from '@aws-sdk/client-ecr';
import { awsError } from './aws-errors.ts';
import { type AccountRegion, repositoryArn } from './partition.ts';

/** What the calls of the adapter share. */
export interface SdkCalls {
  readonly client: ECRClient;
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

/** Calls on one registry through one client. */
export function sdkCalls(client: ECRClient, registry: AccountRegion): SdkCalls {
  const arnOf = (name: string): string => repositoryArn(registry, name);
  const call: SdkCalls['call'] = async (action, resource, task) => {
    try {
      return await task();
    } catch (error) {
      throw awsError(error, `ecr:${action}`, resource);
    }
  };
  const find: SdkCalls['find'] = (action, name, absent, task) =>
    call(action, arnOf(name), async () => {
      try {
        return await task();
      } catch (error) {
        if (error instanceof Error && absent.includes(error.name)) return undefined;
        throw error;
      }
    });
  return { client, registryId: registry.accountId, arnOf, call, find };
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
