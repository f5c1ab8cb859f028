import { once } from 'node:events';
import { createServer, Agent as HttpsAgent } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Exchange, serveExchange } from './proxy-exchange.ts';
import {
  type ActiveProxyFault,
  matches,
  type ProxiedRequest,
  type ProxyFaultRule,
  type ProxyFaultTable,
  type ProxyMatch,
  proxyFaultTable,
  watchError,
} from './proxy-faults.ts';
import { type ProxyGate, proxyGate, type Silence } from './proxy-gate.ts';

/** What the proxy needs of a control plane. */
export interface ProxyTarget {
  readonly url: string;
  readonly ca: string;
  readonly certificateKey: string;
}

/** Awaited; may change the world meanwhile. */
export type ProxyHook = (request: ProxiedRequest) => unknown;

/** Stands between clients and the API server, passes everything on as it comes, and does to it what tests ask for. */
export interface ApiProxy {
  /** For `kubeconfig(user, { server: proxy.url })`; HTTPS with the API server's own certificate. */
  readonly url: string;
  /** All requests since the start or `forget`, in the order in which they came. */
  requests(match?: ProxyMatch): readonly ProxiedRequest[];
  /** Those that may change something: all but GET, HEAD and OPTIONS, and without reviews such as SubjectAccessReview. */
  mutations(match?: ProxyMatch): readonly ProxiedRequest[];
  forget(): void;
  addFault(rule: ProxyFaultRule): ActiveProxyFault;
  /** Called before the API server is asked. Returns the function that takes it away. */
  onRequest(hook: ProxyHook): () => void;
  /** Called when the API server has answered: before the client gets anything of it, or after it has all of it. */
  onResponse(hook: ProxyHook, when?: 'before' | 'after'): () => void;
  /** Watches that are open now. */
  openWatches(match?: ProxyMatch): number;
  /** Resets the connections of open watches; returns how many. */
  resetWatches(match?: ProxyMatch): number;
  /**
   * Tells open watches how far they are, as the API server does once in a minute of its own time: for clients whose
   * minutes are shorter.
   */
  bookmarkWatches(match?: ProxyMatch): Promise<void>;
  /** Ends open watches as the API server does whose history is too short: an ERROR event, 410 unless told. */
  expireWatches(match?: ProxyMatch, error?: { readonly code?: number; readonly reason?: string }): number;
  /** From now on nothing more comes back for matching requests, new ones and open watches, until `resume`. */
  silence(match?: ProxyMatch): Silence;
  /** Takes all faults, hooks and silences away. */
  heal(): void;
  stop(): Promise<void>;
}

/** What goes on in the proxy. */
interface Traffic {
  readonly faults: ProxyFaultTable;
  readonly gate: ProxyGate;
  readonly hooks: Readonly<Record<'request' | 'before' | 'after', Set<ProxyHook>>>;
  /** Those that have no end yet. */
  readonly exchanges: Set<Exchange>;
  readonly records: ProxiedRequest[];
}

/** Starts a proxy before the control plane on a port of 127.0.0.1. */
export async function startApiProxy(target: ProxyTarget): Promise<ApiProxy> {
  const traffic: Traffic = {
    faults: proxyFaultTable(),
    gate: proxyGate(),
    hooks: { request: new Set(), before: new Set(), after: new Set() },
    exchanges: new Set(),
    records: [],
  };
  const agent = new HttpsAgent({ ca: target.ca, keepAlive: true });
  const server = createServer({ cert: target.ca, key: target.certificateKey });
  const sockets = new Map<number | undefined, Socket>();
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort;
    sockets.set(port, socket);
    socket.once('close', () => sockets.delete(port));
  });
  server.on('request', (incoming, outgoing) => {
    const exchange = serveExchange(incoming, outgoing, { ...traffic, target, agent, sockets });
    traffic.records.push(exchange.request);
    traffic.exchanges.add(exchange);
    outgoing.once('close', () => traffic.exchanges.delete(exchange));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...controls(traffic),
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      traffic.gate.open();
      await closed;
    },
  };
}

function controls({ faults, gate, hooks, exchanges, records }: Traffic): Omit<ApiProxy, 'url' | 'stop'> {
  const watches = (match: ProxyMatch) =>
    [...exchanges].filter(
      ({ request }) => request.isWatch && request.status === 200 && matches(match, request),
    );
  const hook = (set: Set<ProxyHook>, added: ProxyHook) => {
    set.add(added);
    return () => void set.delete(added);
  };
  return {
    requests: (match = {}) => records.filter((request) => matches(match, request)),
    mutations: (match = {}) => records.filter((request) => isMutation(request) && matches(match, request)),
    forget() {
      records.length = 0;
    },
    addFault: (rule) => faults.add(rule),
    onRequest: (added) => hook(hooks.request, added),
    onResponse: (added, when = 'before') => hook(hooks[when], added),
    openWatches: (match = {}) => watches(match).length,
    resetWatches: (match = {}) => watches(match).map(({ reset }) => reset()).length,
    async bookmarkWatches(match = {}) {
      await Promise.all(watches(match).map(({ bookmark }) => bookmark()));
    },
    expireWatches: (match = {}, { code, reason } = {}) =>
      watches(match).map(({ endWith }) => endWith(watchError(code, reason))).length,
    silence: (match = {}) => gate.silence(match),
    heal() {
      faults.clear();
      gate.open();
      for (const set of Object.values(hooks)) set.clear();
    },
  };
}

function isMutation({ method, path }: ProxiedRequest): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return false;
  return !/^\/apis\/(authorization|authentication)\.k8s\.io\//.test(path);
}
