import { mkdir } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { clusterAccess } from '../cluster-access.ts';
import type { ControlPlane } from '../control-plane.ts';
import {
  onMessage,
  POOL_SOCKET,
  type PoolAnswer,
  type PoolRequest,
  say,
  type TakenControlPlane,
} from './pool-messages.ts';

/**
 * A control plane with the operator installed, started ahead by the pool of this test run. Undefined where there is
 * no pool or it has none yet. It ends with `stop`, or when this process does.
 */
export async function takeControlPlane(
  path: string | undefined = process.env[POOL_SOCKET],
): Promise<ControlPlane | undefined> {
  if (!path) return undefined;
  const connection = createConnection(path);
  const ask = asker(connection);
  // A pool that is gone: whoever asks starts his own.
  const { taken } = await ask({ ask: 'take' }).catch((): PoolAnswer => ({}));
  if (taken === undefined) {
    connection.destroy();
    return undefined;
  }
  return pooled(taken, ask, connection);
}

type Ask = (request: PoolRequest) => Promise<PoolAnswer>;

/** Asks one thing after the other; rejects where the pool failed or is gone. */
function asker(connection: Socket): Ask {
  const waiting: PromiseWithResolvers<PoolAnswer>[] = [];
  const failAll = (error: Error): void => {
    for (const each of waiting.splice(0)) each.reject(error);
  };
  connection.on('error', failAll);
  connection.once('close', () => failAll(new Error('the pool of control planes has ended')));
  onMessage<PoolAnswer>(connection, (answer) => {
    const first = waiting.shift();
    if (answer.error === undefined) first?.resolve(answer);
    else first?.reject(new Error(`the pool of control planes: ${answer.error}`));
    // An idle connection holds nobody back from his end.
    if (waiting.length === 0) connection.unref();
  });
  return (request) => {
    const answer = Promise.withResolvers<PoolAnswer>();
    if (connection.destroyed) return Promise.reject(new Error('the pool of control planes has ended'));
    waiting.push(answer);
    connection.ref();
    say(connection, request);
    return answer.promise;
  };
}

async function pooled(taken: TakenControlPlane, ask: Ask, connection: Socket): Promise<ControlPlane> {
  const { url, ca, certificateKey, folder, files, users } = taken;
  // The pool has written kubeconfigs of its own to the other.
  const ours = join(folder, 'access');
  await mkdir(ours, { mode: 0o700 });
  const { close, ...access } = clusterAccess({ url, ca, users, folder: ours });
  let running = true;
  const stopApiServer: ControlPlane['stopApiServer'] = async (options = {}) => {
    await ask({ ask: 'stopApiServer', options });
  };
  const startApiServer = async (): Promise<void> => {
    await ask({ ask: 'startApiServer' });
  };
  return {
    ...access,
    url,
    ca,
    certificateKey,
    folder,
    files,
    stopApiServer,
    startApiServer,
    async restartApiServer(options) {
      await stopApiServer(options);
      await startApiServer();
    },
    async stop() {
      if (!running) return;
      running = false;
      await close();
      await ask({ ask: 'stop' });
      connection.destroy();
    },
  };
}
