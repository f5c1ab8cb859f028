import type { Fence } from '../runtime/fence.ts';
import type { SdkClient } from './sdk-client.ts';

/**
 * Asks the fence before each attempt of each call of this client, when it is signed and about to be sent; what the fence
 * throws is thrown, and not tried again.
 */
export function fenceCalls(client: SdkClient, fence: Fence | undefined): void {
  if (!fence) return;
  client.middlewareStack.add(
    (next) => (args) => {
      fence();
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'fenceCalls' },
  );
}
