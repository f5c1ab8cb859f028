import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

export interface Answer {
  readonly status: number;
  /** Plain text unless told. */
  readonly contentType?: string;
  readonly body: string;
}

/** Answers a GET of one path; a throw is told to the log, and to nobody else. */
export type Route = (query: URLSearchParams) => Promise<Answer>;

export interface ServeOptions {
  /** The host '' is every address; the port 0 any that is free. */
  readonly address: { readonly host: string; readonly port: number };
  /** By path. */
  readonly routes: Readonly<Record<string, Route>>;
  readonly log: Log;
}

export interface HttpServer {
  readonly port: number;
  /** Ends connections too. */
  close(): Promise<void>;
}

/** Those who ask send one line; whoever takes longer holds a connection for nothing (ms). */
const LONGEST_REQUEST_MS = 10_000;
/** How often the slow ones are looked for (ms). */
const CHECK_MS = 5_000;
/** Probes and scrapers are few. */
const MOST_CONNECTIONS = 128;

/** Serves these paths over plain HTTP, and nothing else; rejects where the address cannot be had. */
export async function serve({ address, routes, log }: ServeOptions): Promise<HttpServer> {
  const server = createServer(
    {
      headersTimeout: LONGEST_REQUEST_MS,
      requestTimeout: LONGEST_REQUEST_MS,
      connectionsCheckingInterval: CHECK_MS,
    },
    (request, response) => void respond(request, response, routes, log),
  );
  boundConnections(server);
  server.listen({ port: address.port, ...(address.host ? { host: address.host } : {}) });
  await once(server, 'listening');
  // One connection that cannot be taken is no reason to end.
  server.on('error', (error) => log.warn({ error: messageOf(error) }, 'connection refused'));
  const { port } = server.address() as AddressInfo;
  log.info({ port, paths: Object.keys(routes) }, 'serving');
  return {
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The oldest ends: whoever holds all there are must not keep probes out, or the Pod would be restarted for it. */
function boundConnections(server: Server): void {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const [oldest] = open;
    if (open.size > MOST_CONNECTIONS) oldest?.destroy();
  });
}

async function respond(
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  routes: ServeOptions['routes'],
  log: Log,
): Promise<void> {
  const [path = '/', query = ''] = url.split('?', 2);
  const isRead = method === 'GET' || method === 'HEAD';
  const answer = isRead
    ? await answerOf(path, new URLSearchParams(query), routes, log)
    : text(405, 'only GET is answered');
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'text/plain; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(isRead ? {} : { allow: 'GET, HEAD', connection: 'close' }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

async function answerOf(
  path: string,
  query: URLSearchParams,
  routes: ServeOptions['routes'],
  log: Log,
): Promise<Answer> {
  // Not by its name alone: every object has a constructor.
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!route) return text(404, 'not found');
  try {
    return await route(query);
  } catch (error) {
    log.error({ path, error: messageOf(error) }, 'request failed');
    return text(500, 'internal error');
  }
}

function text(status: number, body: string): Answer {
  return { status, body: `${body}\n` };
}
