import { createServer, type Socket } from 'node:net';
import type { OwnControlPlane } from '../control-plane.ts';
import type { ControlPlanePool } from './control-plane-pool.ts';
import { onMessage, type PoolAnswer, type PoolRequest, say } from './pool-messages.ts';

export interface PoolServer {
  /** Ends every control plane, taken or not. */
  close(): Promise<void>;
}

/**
 * Gives the pool's control planes to other processes by a socket in the file system. Told where one could not be ended
 * after its taker had gone: nobody is left who could be told, and the others have to go on.
 */
export async function servePool(
  pool: ControlPlanePool,
  path: string,
  onError: (error: unknown) => void,
): Promise<PoolServer> {
  const connections = new Set<Socket>();
  const ends = new Set<Promise<void>>();
  const server = createServer((connection) => {
    connections.add(connection);
    const end = serve(connection, pool)
      .catch(onError)
      .finally(() => {
        connections.delete(connection);
        ends.delete(end);
      });
    ends.add(end);
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(path, resolve);
  await listening;
  return {
    async close() {
      server.close();
      for (const connection of connections) connection.destroy();
      await Promise.all([...ends, pool.close()]);
    },
  };
}

/** Resolves when the connection is closed and what it took is gone. */
async function serve(connection: Socket, pool: ControlPlanePool): Promise<void> {
  let taken: OwnControlPlane | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function end(): Promise<void> {
    const ended = taken;
    taken = undefined;
    await ended?.stop();
  }
  async function answer(request: PoolRequest): Promise<PoolAnswer> {
    if (request.ask === 'take') {
      taken = await pool.take();
      return taken ? { taken: described(taken) } : {};
    }
    if (request.ask === 'stopApiServer') await taken?.stopApiServer(request.options);
    if (request.ask === 'startApiServer') await taken?.startApiServer();
    if (request.ask === 'stop') await end();
    return {};
  }
  onMessage<PoolRequest>(connection, (request) => {
    last = last.then(async () => {
      const message = await answer(request).catch((error: unknown) => ({ error: String(error) }));
      if (connection.writable) say(connection, message);
    });
  });
  // A worker that was killed: its end is the same as that of the connection.
  connection.on('error', () => undefined);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  connection.once('close', () => resolve());
  await closed;
  await last;
  await end();
}

function described({ url, ca, certificateKey, folder, files, users }: OwnControlPlane) {
  return { url, ca, certificateKey, folder, files, users };
}
