import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import type { ApiServerFiles } from '../api-server.ts';
import type { StopApiServerOptions } from '../control-plane.ts';
import type { UserWithToken } from '../lab-users.ts';

/** Where the pool listens, for whoever starts a lab; unset, and each lab starts a control plane of its own. */
export const POOL_SOCKET = 'ECR_OPERATOR_LAB_POOL';

/** What is asked on a connection, one line each; `take` once and first. When it closes, what was taken ends. */
export type PoolRequest =
  | { readonly ask: 'take' }
  | { readonly ask: 'stopApiServer'; readonly options: StopApiServerOptions }
  | { readonly ask: 'startApiServer' }
  | { readonly ask: 'stop' };

/** One line for each request, in their order. */
export interface PoolAnswer {
  readonly taken?: TakenControlPlane;
  readonly error?: string;
}

/** What another process needs to know to work with a control plane. */
export interface TakenControlPlane {
  readonly url: string;
  readonly ca: string;
  readonly certificateKey: string;
  readonly folder: string;
  readonly files: ApiServerFiles;
  readonly users: readonly UserWithToken[];
}

/** Writes one message. */
export function say(connection: Duplex, message: PoolRequest | PoolAnswer): void {
  connection.write(`${JSON.stringify(message)}\n`);
}

/** Calls back for each message that comes. What ends the connection is for its own listeners. */
export function onMessage<T extends PoolRequest | PoolAnswer>(
  connection: Duplex,
  listener: (message: T) => void,
): void {
  createInterface({ input: connection })
    .on('line', (line) => listener(JSON.parse(line) as T))
    // It repeats those of the connection, and where nobody listened, it would end the process.
    .on('error', () => undefined);
}
