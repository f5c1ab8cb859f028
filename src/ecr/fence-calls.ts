import type { STSClient } from '@aws-sdk/client-sts';
import type { Fence } from '../runtime/fence.ts';

/** What all clients of the SDK have of it. */
interface Fenceable {
  readonly middlewareStack: Pick<STSClient['middlewareStack'], 'add'>;
}

/**
 * Asks the fence before each attempt of each call of this client, when it is signed and about to be sent; what the fence
 * throws is thrown, and not tried again.
 */
export function fenceCalls(client: Fenceable, fence: Fence | undefined): void {
  if (!fence) return;
  client.middlewareStack.add(
    (next) => (args) => {
      fence();
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'fenceCalls' },
  );
}
