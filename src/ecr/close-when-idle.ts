import type { SdkClient } from './sdk-client.ts';

interface Closable extends SdkClient {
  destroy(): void;
}

/**
 * Gives what closes this client, its connections with it, when no call of it is under way: a call that loses its
 * connection is made a second time by the SDK, and AWS may have carried out the first. Each call has its time limits.
 */
export function closeWhenIdle(client: Closable): () => void {
  let underWay = 0;
  let isClosing = false;
  const closeIfIdle = (): void => {
    if (isClosing && underWay === 0) client.destroy();
  };
  client.middlewareStack.add(
    (next) => async (args) => {
      underWay += 1;
      try {
        return await next(args);
      } finally {
        underWay -= 1;
        closeIfIdle();
      }
    },
    { step: 'initialize', name: 'closeWhenIdle' },
  );
  return () => {
    isClosing = true;
    closeIfIdle();
  };
}
