import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a relay connects: listens on the left, leads to the right. Sockets of the file system know no networks. */
export interface Relays {
  /** Addresses (`10.0.0.1:443`) that lead to socket files. */
  readonly toFiles?: Readonly<Record<string, string>>;
  /** Socket files that lead to addresses. */
  readonly toAddresses?: Readonly<Record<string, string>>;
  /** A socket file that is an HTTP proxy: CONNECT leads to any address. */
  readonly proxy?: string;
}

/** Starts them in this process's network; resolves when all listen. */
export async function startRelays(relays: Relays): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const listen = async (server: Server, at: { path: string } | { host: string; port: number }) => {
    servers.push(server.listen(at));
    server.on('connection', (socket: Socket) => remember(sockets, socket));
    await once(server, 'listening');
  };
  for (const [address, path] of Object.entries(relays.toFiles ?? {}))
    await listen(passing({ path }, sockets), parsed(address));
  for (const [path, address] of Object.entries(relays.toAddresses ?? {}))
    await listen(passing(parsed(address), sockets), { path });
  if (relays.proxy) await listen(connecting(sockets), { path: relays.proxy });
  return {
    async stop() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

type Target = { readonly path: string } | { readonly host: string; readonly port: number };

function parsed(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(`tcp://${address}`);
  return { host: hostname, port: Number(port) };
}

function passing(target: Target, sockets: Set<Socket>): Server {
  // Whoever has said all may still be answered.
  return createServer({ allowHalfOpen: true }, (client) => join(client, reach(target, sockets)));
}

function connecting(sockets: Set<Socket>): Server {
  return createHttpServer().on('connect', ({ url = '' }, client: Socket, head: Buffer) => {
    const upstream = reach(parsed(url), sockets);
    upstream.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      join(client, upstream);
    });
    upstream.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
}

function reach(target: Target, sockets: Set<Socket>): Socket {
  const socket = connect({ ...target, allowHalfOpen: true });
  remember(sockets, socket);
  return socket;
}

function join(one: Socket, other: Socket): void {
  one.pipe(other).pipe(one);
  one.once('close', () => other.destroy());
  other.once('close', () => one.destroy());
}

function remember(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  socket.on('error', () => undefined);
}
