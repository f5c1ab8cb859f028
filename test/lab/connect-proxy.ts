import { createServer, type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ConnectProxyOptions {
  /** `user:password`; without it everybody may pass. */
  readonly login?: string;
  /** Where a host name leads, as `127.0.0.1:PORT`; undefined leaves the name as it is. */
  readonly route?: (host: string) => string | undefined;
}

/** An HTTP proxy as companies have them: https passes by CONNECT alone, http as whole requests. */
export interface ConnectProxy {
  /** Without the login. */
  readonly url: string;
  /** `host:port` of each tunnel, in order, those that were refused too. */
  readonly tunnels: readonly string[];
  /** The URLs of the http requests that passed. */
  readonly requests: readonly string[];
  /** While false, every tunnel and request is refused with 403. */
  open: boolean;
  /** Ends at once, tunnels included. */
  stop(): Promise<void>;
}

/** Starts it on loopback. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const requests: string[] = [];
  const sockets = new Set<Duplex>();
  const proxy = { open: true };
  const refusal = ({ headers }: IncomingMessage): string | undefined => {
    if (!proxy.open) return '403 Forbidden';
    if (options.login === undefined) return undefined;
    const wanted = `Basic ${Buffer.from(options.login).toString('base64')}`;
    return headers['proxy-authorization'] === wanted ? undefined : '407 Proxy Authentication Required';
  };
  const targetOf = (host: string): string => options.route?.(host) ?? host;

  const server = createServer((incoming, response) => {
    const refused = refusal(incoming);
    if (refused) response.writeHead(Number(refused.slice(0, 3))).end();
    else {
      requests.push(incoming.url ?? '');
      forward(incoming, response, targetOf);
    }
  });
  server.on('connect', (incoming: IncomingMessage, client: Duplex, head: Buffer) => {
    const host = incoming.url ?? '';
    tunnels.push(host);
    const refused = refusal(incoming);
    if (refused) client.end(`HTTP/1.1 ${refused}\r\nContent-Length: 0\r\n\r\n`);
    else tunnel(client, head, targetOf(host), sockets);
  });
  server.on('connection', (socket) => remember(sockets, socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    requests,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

function tunnel(client: Duplex, head: Buffer, target: string, sockets: Set<Duplex>): void {
  const { hostname, port } = new URL(`http://${target}`);
  const upstream = connect(Number(port || 80), hostname);
  remember(sockets, upstream);
  upstream.once('connect', () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
  });
  upstream.once('error', () => client.destroy());
  client.once('error', () => upstream.destroy());
}

function forward(
  incoming: IncomingMessage,
  response: ServerResponse,
  targetOf: (host: string) => string,
): void {
  const { method = 'GET', url = '/', headers } = incoming;
  const asked = new URL(url);
  const { hostname, port } = new URL(`http://${targetOf(asked.host)}`);
  const options = { method, headers, hostname, port, path: asked.pathname + asked.search };
  const upstream = plainRequest(options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.once('error', () => response.destroy());
  incoming.pipe(upstream);
}

function remember(sockets: Set<Duplex>, socket: Duplex): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  socket.on('error', () => undefined);
}
