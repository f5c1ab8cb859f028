import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { OwnControlPlane } from '../../lab/control-plane.ts';
import type { ControlPlanePool } from '../../lab/pool/control-plane-pool.ts';
import { onMessage, type PoolAnswer, say } from '../../lab/pool/pool-messages.ts';
import { type PoolServer, servePool } from '../../lab/pool/pool-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { waitFor } from '../../lab/wait-for.ts';

let folder: TemporaryFolder;
let server: PoolServer;
let socket: string;
let taken: number;
let stopped: number;
let stop: () => Promise<void>;
let problems: unknown[];

beforeEach(async () => {
  folder = await temporaryFolder('pool-server');
  socket = join(folder.path, 'socket');
  [taken, stopped, problems] = [0, 0, []];
  stop = async () => {
    stopped += 1;
  };
  const pool: ControlPlanePool = {
    async take() {
      taken += 1;
      return { url: 'https://127.0.0.1:1', stop: () => stop() } as OwnControlPlane;
    },
    close: async () => undefined,
  };
  server = await servePool(pool, socket, (error) => problems.push(error));
});

afterEach(async () => {
  await server.close();
  await folder.remove();
});

function connected() {
  const connection = createConnection(socket);
  connection.on('error', () => undefined);
  return connection;
}

/** Takes one as a worker does, and dies. */
async function takeAndDie(): Promise<PoolAnswer> {
  const connection = connected();
  const { promise, resolve } = Promise.withResolvers<PoolAnswer>();
  onMessage<PoolAnswer>(connection, resolve);
  say(connection, { ask: 'take' });
  const answer = await promise;
  connection.destroy();
  return answer;
}

test('a taker that dies with an answer unread ends its own control plane and no more', async () => {
  const connection = connected();
  // The kernel has what comes, so that its end is a reset.
  connection.pause();
  say(connection, { ask: 'take' });
  await waitFor(() => taken === 1, { what: 'it to be taken' });
  await new Promise((resolve) => setImmediate(resolve));
  connection.destroy();
  await waitFor(() => stopped === 1, { what: 'its end' });
  expect((await takeAndDie()).taken?.url).toBe('https://127.0.0.1:1');
  await waitFor(() => stopped === 2, { what: 'the end of the other' });
  expect(problems).toEqual([]);
});

test('one that cannot be ended is told of, and the pool goes on', async () => {
  const failure = new Error('its folder is in use');
  stop = () => Promise.reject(failure);
  await takeAndDie();
  await waitFor(() => problems.length === 1, { what: 'the complaint' });
  expect(problems).toEqual([failure]);
  expect((await takeAndDie()).taken?.url).toBe('https://127.0.0.1:1');
});
