import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type Agent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Transform } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProxyHook, ProxyTarget } from './api-proxy.ts';
import {
  type ProxiedRequest,
  type ProxyFault,
  type ProxyFaultTable,
  statusObject,
  watchError,
} from './proxy-faults.ts';
import type { ProxyGate } from './proxy-gate.ts';
import { bookmarkAfter } from './watch-bookmark.ts';

export interface ExchangeSetting {
  readonly target: ProxyTarget;
  readonly agent: Agent;
  readonly faults: ProxyFaultTable;
  readonly gate: ProxyGate;
  readonly hooks: Readonly<Record<'request' | 'before' | 'after', ReadonlySet<ProxyHook>>>;
  /** The clients' TCP connections by port: a TLS socket cannot be reset, only the one below it. */
  readonly sockets: ReadonlyMap<number | undefined, Socket>;
}

/** A request on its way. */
export interface Exchange {
  readonly request: ProxiedRequest;
  /** Resets the client's connection. */
  reset(): void;
  /** Sends the client this as the last of its answer, whatever the API server still has to say. */
  endWith(text: string): void;
  /** Tells the client of a watch how far it is, as soon as nothing holds it back; nothing where it is over. */
  bookmark(): Promise<void>;
}

interface Passage extends Exchange {
  readonly request: ProxiedRequest & { status: number | undefined };
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** What is being passed on to the client. */
  source?: Transform;
  /** What the client of a watch was told last. */
  told?: string;
}

/** Not passed on: they belong to one connection. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'upgrade', 'proxy-connection'];

/** Passes one request on, with the fault that is due. Never throws; where the API server is away the client gets 502. */
export function serveExchange(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  setting: ExchangeSetting,
): Exchange {
  const passage: Passage = {
    request: recordOf(incoming),
    incoming,
    outgoing,
    reset: () => void setting.sockets.get(incoming.socket.remotePort)?.resetAndDestroy(),
    endWith(text) {
      passage.source?.unpipe(outgoing);
      outgoing.end(text);
    },
    async bookmark() {
      await setting.gate.passage(passage.request);
      const { source, told = '', request } = passage;
      const line = bookmarkAfter(told, request);
      if (line && source?.writableEnded === false) source.push(line);
    },
  };
  carry(passage, setting).catch((error: unknown) => {
    if (outgoing.headersSent || outgoing.destroyed) passage.reset();
    else respond(passage, 502, {}, statusObject(502, 'BadGateway', String(error)));
  });
  return passage;
}

function recordOf(incoming: IncomingMessage): Passage['request'] {
  const url = new URL(incoming.url ?? '/', 'https://lab');
  const query = url.searchParams;
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query,
    isWatch: ['true', '1'].includes(query.get('watch') ?? ''),
    token: incoming.headers.authorization?.replace(/^Bearer /, ''),
    userAgent: incoming.headers['user-agent'],
    status: undefined,
  };
}

async function carry(passage: Passage, setting: ExchangeSetting): Promise<void> {
  const { request, outgoing } = passage;
  const { hooks, gate } = setting;
  await callAll(hooks.request, request);
  await gate.passage(request);
  const fault = setting.faults.strike(request);
  if (fault && (await strikeBefore(fault, passage))) return;

  const upstream = await ask(passage, setting);
  // A watch is passed on line by line; of anything else the whole answer is there before the client hears of it.
  const body = request.isWatch ? undefined : await upstream.toArray();
  await callAll(hooks.before, request);
  if (fault && (await strikeAfter(fault, passage))) {
    upstream.destroy();
    return;
  }
  await gate.passage(request);
  writeHead(passage, upstream.statusCode ?? 502, answerHeaders(upstream.headers));
  if (body !== undefined) outgoing.end(Buffer.concat(body));
  else passWatch(upstream, passage, gate);
  // The client may be gone by now; that is no answer either.
  await finished(outgoing).then(
    () => callAll(hooks.after, request),
    () => undefined,
  );
}

/** Carries out what happens before the API server is asked; true if that was the whole answer. */
async function strikeBefore(fault: ProxyFault, passage: Passage): Promise<boolean> {
  switch (fault.kind) {
    case 'respond':
      respond(passage, fault.status, fault.headers ?? {}, fault.body ?? statusObject(fault.status));
      return true;
    case 'watch-error':
      respond(passage, 200, {}, watchError(fault.code, fault.reason, fault.message));
      return true;
    default:
      return fault.when === 'after' ? false : strikeConnection(fault, passage);
  }
}

async function strikeAfter(fault: ProxyFault, exchange: Exchange): Promise<boolean> {
  if (fault.kind === 'respond' || fault.kind === 'watch-error' || fault.when !== 'after') return false;
  return strikeConnection(fault, exchange);
}

type ConnectionFault = Extract<ProxyFault, { readonly when?: unknown }>;

async function strikeConnection(fault: ConnectionFault, exchange: Exchange): Promise<boolean> {
  if (fault.kind === 'slow') {
    await (typeof fault.until === 'number' ? sleep(fault.until) : fault.until);
    return false;
  }
  if (fault.kind === 'reset') exchange.reset();
  return true;
}

async function ask({ incoming, outgoing }: Passage, setting: ExchangeSetting): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { hostname, port } = new URL(setting.target.url);
  const { method, url: path } = incoming;
  const headers = withoutHopByHop(incoming.headers);
  const upstream = httpsRequest({ hostname, port, method, path, headers, agent: setting.agent }, resolve);
  upstream.on('error', reject);
  // A client that goes away ends its watch at the API server too.
  outgoing.once('close', () => upstream.destroy());
  incoming.pipe(upstream);
  return promise;
}

function passWatch(upstream: IncomingMessage, passage: Passage, gate: ProxyGate): void {
  const { request, outgoing, reset } = passage;
  // The head at once: a watch may have no event for long.
  outgoing.flushHeaders();
  if (upstream.destroyed) {
    reset();
    return;
  }
  const events = gate.stream(request);
  upstream.on('error', reset);
  passage.source = events;
  events.on('data', (chunk: Buffer) => {
    passage.told = chunk.toString('latin1');
  });
  upstream.pipe(events).pipe(outgoing);
}

function respond(
  passage: Passage,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): void {
  writeHead(passage, status, { 'content-type': 'application/json', ...headers });
  passage.outgoing.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function writeHead({ request, outgoing }: Passage, status: number, headers: IncomingHttpHeaders): void {
  request.status = status;
  outgoing.writeHead(status, headers);
}

function withoutHopByHop(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

/** Without the transfer encoding: Node chooses it for the new connection. */
function answerHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'transfer-encoding': _, ...rest } = withoutHopByHop(headers);
  return rest;
}

async function callAll(hooks: ReadonlySet<ProxyHook>, request: ProxiedRequest): Promise<void> {
  for (const hook of hooks) await hook(request);
}
