import type { Cluster, KubeConfig } from '@kubernetes/client-node';
import { type Dispatcher, request } from 'undici';
import type { Clock } from './clock.ts';
import type { Fence } from './fence.ts';
import { type KubeCredentials, kubeConfigCredentials } from './kube-credentials.ts';
import { kubeErrorOf } from './kube-errors.ts';
import { createKubePools } from './kube-pools.ts';
import {
  apiVersionOf,
  type KubeObject,
  metadataOnly,
  pathOf,
  type ResourcePath,
  type ResourceType,
} from './resource.ts';
import { type Attributes, traced } from './tracing.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface KubeRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

export interface ApplyOptions extends ResourcePath {
  readonly fieldManager: string;
  /** Take fields over from other managers; without it their ownership is a 409. */
  readonly force?: boolean;
}

export interface DeletePreconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Requests to one API server over one pool of connections. Anything but 2xx is thrown as a KubeError. */
export interface KubeClient {
  request<T>(path: string, options?: KubeRequest): Promise<T>;
  /** The body of a streaming GET; it has a connection of its own until it ends or `signal` aborts. */
  stream(path: string, options: KubeRequest): Promise<AsyncIterable<Uint8Array>>;
  /** Server-side apply. The object needs metadata.name. Gives the metadata of what it made, and nothing else. */
  apply(resource: ResourceType, object: object, options: ApplyOptions): Promise<KubeObject>;
  jsonPatch(
    resource: ResourceType,
    path: ResourcePath,
    operations: readonly JsonPatchOperation[],
  ): Promise<void>;
  mergePatch(resource: ResourceType, path: ResourcePath, patch: object): Promise<void>;
  delete(resource: ResourceType, path: ResourcePath, preconditions?: DeletePreconditions): Promise<void>;
  close(): Promise<void>;
}

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

export interface KubeClientOptions {
  readonly config: KubeConfig;
  readonly clock: Clock;
  /** Sent as User-Agent, seen in audit logs. */
  readonly userAgent: string;
  /** Concurrent requests at most; more wait in the pool. */
  readonly connections?: number;
  /** Asked before each request that is no GET; what it throws is thrown, and nothing sent. */
  readonly fence?: Fence | undefined;
  /** False leaves its requests out of traces; they are in them unless told. */
  readonly isTraced?: boolean;
  /** Told of each attempt: the status code, or `<error>` where no answer came. Must not throw. */
  readonly onAttempt?: (method: string, code: number | '<error>') => void;
}

/** No answer's head may take longer than this; watches send theirs at once. */
const HEADERS_TIMEOUT_MS = 60_000;

/** Nobody reads what a write made of an object, and no Secret's data is to come back. */
const METADATA_ONLY = metadataOnly('PartialObjectMetadata');

function proxyOf(cluster: Cluster | null): string | undefined {
  const url = cluster?.proxyUrl || undefined;
  if (url === undefined || /^https?:/.test(url)) return url;
  // It may hold a password.
  throw new Error('the kubeconfig has a proxy-url that is not http or https: nothing else is supported');
}

/** Host and port of the API server, as metrics tell of it; empty where the kubeconfig names no cluster. */
export function apiServerHost(config: KubeConfig): string {
  const server = config.getCurrentCluster()?.server;
  return server && URL.canParse(server) ? new URL(server).host : '';
}

/** A {@link KubeClient} for the current context of a KubeConfig. */
export function createKubeClient(options: KubeClientOptions): KubeClient {
  const cluster = options.config.getCurrentCluster();
  const server = cluster?.server.replace(/\/$/, '');
  if (!server) throw new Error('the kubeconfig names no cluster: set its current-context');
  const credentials = kubeConfigCredentials(options.config, options.clock);
  const pools = createKubePools({
    connections: options.connections ?? 32,
    proxyUrl: proxyOf(cluster),
    fence: options.fence,
  });

  async function send(path: string, init: KubeRequest, streaming: boolean): Promise<Dispatcher.ResponseData> {
    const known = await credentials();
    const response = await attempt(path, init, streaming, known);
    if (response.statusCode !== 401) return response;
    await response.body.dump();
    return attempt(path, init, streaming, await credentials(known));
  }

  async function attempt(
    path: string,
    init: KubeRequest,
    streaming: boolean,
    known: KubeCredentials,
  ): Promise<Dispatcher.ResponseData> {
    const { onAttempt } = options;
    const method = init.method ?? 'GET';
    try {
      const response = await exchange(path, init, streaming, known);
      onAttempt?.(method, response.statusCode);
      return response;
    } catch (error) {
      // Whoever aborts it has no more interest in what would have come.
      if (!init.signal?.aborted) onAttempt?.(method, '<error>');
      throw error;
    }
  }

  function exchange(
    path: string,
    init: KubeRequest,
    streaming: boolean,
    { headers, tls }: KubeCredentials,
  ): Promise<Dispatcher.ResponseData> {
    return request(`${server}${path}${queryString(init.query)}`, {
      method: init.method ?? 'GET',
      headers: {
        ...headers,
        'user-agent': options.userAgent,
        accept: init.accept ?? 'application/json',
        ...contentTypeOf(init),
      },
      body: init.body === undefined ? null : JSON.stringify(init.body),
      signal: init.signal ?? null,
      dispatcher: streaming ? pools.watches(tls) : pools.requests(tls),
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: streaming ? 0 : HEADERS_TIMEOUT_MS,
    });
  }

  function json<T>(path: string, init: KubeRequest = {}): Promise<T> {
    const { method = 'GET' } = init;
    const work = async (add: (more: Attributes) => void): Promise<T> => {
      const response = await send(path, init, false);
      add({ 'http.response.status_code': response.statusCode });
      const text = await response.body.text();
      if (response.statusCode < 300) return JSON.parse(text) as T;
      throw kubeErrorOf(response.statusCode, text, headerOf(response, 'retry-after'));
    };
    if (options.isTraced === false) return work(() => undefined);
    return traced(method, 'client', { 'http.request.method': method, 'url.path': path }, work);
  }

  async function patch(
    path: string,
    contentType: string,
    body: unknown,
    query: Query = {},
  ): Promise<KubeObject> {
    return json(path, { method: 'PATCH', contentType, body, query, accept: METADATA_ONLY });
  }

  return {
    request: json,
    async stream(path, init) {
      const response = await send(path, init, true);
      if (response.statusCode < 300) return response.body;
      throw kubeErrorOf(response.statusCode, await response.body.text(), headerOf(response, 'retry-after'));
    },
    apply: (resource, object, { fieldManager, force = false, ...path }) =>
      patch(pathOf(resource, path), 'application/apply-patch+yaml', withType(resource, object), {
        fieldManager,
        force,
      }),
    jsonPatch: async (resource, path, operations) =>
      void (await patch(pathOf(resource, path), 'application/json-patch+json', operations)),
    mergePatch: async (resource, path, body) =>
      void (await patch(pathOf(resource, path), 'application/merge-patch+json', body)),
    delete: async (resource, path, preconditions) =>
      void (await json(pathOf(resource, path), {
        method: 'DELETE',
        body: preconditions ? { apiVersion: 'v1', kind: 'DeleteOptions', preconditions } : undefined,
      })),
    close: () => pools.close(),
  };
}

function withType(resource: ResourceType, object: object): object {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
}

function contentTypeOf(init: KubeRequest): Record<string, string> {
  return init.body === undefined ? {} : { 'content-type': init.contentType ?? 'application/json' };
}

function headerOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

function queryString(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}
