import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** What speaks TLS before a server that does not. */
export interface TlsFront {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** Ends at once, with all connections. */
  stop(): Promise<void>;
}

/** The authority behind the certificate of every {@link TlsFront}, in PEM: nobody trusts it who is not told to. */
export const LAB_AUTHORITY = file('authority.crt');

/**
 * TLS before `upstream`, a URL of loopback, under the names of AWS in the regions that tests use: us-east-1, us-east-2,
 * eu-central-1, eu-west-1, me-south-1, us-gov-west-1, cn-north-1.
 */
export async function startTlsFront(upstream: string): Promise<TlsFront> {
  const { hostname, port } = new URL(upstream);
  const sockets = new Set<Socket>();
  const server = createServer({ cert: file('aws.crt'), key: file('aws.key') }, (client) => {
    const behind = connect(Number(port), hostname);
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    client.once('error', () => behind.destroy());
    behind.once('error', () => client.destroy());
    client.pipe(behind).pipe(client);
  });
  // Of clients that do not trust the authority.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `https://${address}`,
    address,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function file(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8');
}
