import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where every stand-in for AWS listens: what `--endpoint-hosts` has to let in where a Registry names one. */
export const STAND_IN_HOST = '127.0.0.1';

/** A server that is up. */
export interface Listener {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Ends at once, connections that hang on a `never` fault too. */
  stop(): Promise<void>;
}

/** Listens on loopback alone, on a free port unless told. */
export async function listen(handler: RequestListener, port = 0): Promise<Listener> {
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, STAND_IN_HOST, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${STAND_IN_HOST}:${bound}`,
    port: bound,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The whole body. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Carries out `reset` and `never`: the client sees ECONNRESET, or nothing at all. */
export function dropConnection(response: ServerResponse, how: 'reset' | 'never'): void {
  if (how === 'reset') response.socket?.resetAndDestroy();
}
