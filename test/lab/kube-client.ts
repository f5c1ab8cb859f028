import { Agent, type Dispatcher, request } from 'undici';
import { type KubeType, kubeDiscovery } from './kube-discovery.ts';

/** Any object of the API. Tests say what they expect with a type that extends it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeMetadata;
}

export interface KubeMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly object[];
  readonly managedFields?: readonly { readonly manager?: string; readonly subresource?: string }[];
}

/** Which object. Any object is a reference to itself. */
export interface KubeRef extends KubeType {
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}

export interface ListOptions extends KubeType {
  /** All namespaces unless told. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface RawRequest {
  readonly method?: Dispatcher.HttpMethod;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** The API server said no. `reason` is its word: `Forbidden`, `NotFound`, `Invalid`, `Conflict`. */
export class KubeStatusError extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = 'KubeStatusError';
    this.status = status;
    this.reason = reason;
  }
}

/** What tests do to a cluster, one call each, nothing cached but the names of kinds. */
export interface LabKubeClient {
  /** undefined where there is none. */
  get<T extends KubeObject>(ref: KubeRef): Promise<T | undefined>;
  list<T extends KubeObject>(options: ListOptions): Promise<readonly T[]>;
  create<T extends KubeObject>(object: KubeRef): Promise<T>;
  /** Server-side apply, forced, as `lab-test` unless told. */
  apply<T extends KubeObject>(object: KubeRef, options?: ApplyOptions): Promise<T>;
  /** A merge patch; a JSON patch where the patch is an array. */
  patch<T extends KubeObject>(ref: KubeRef, patch: object, options?: SubresourceOption): Promise<T>;
  /** Asks for deletion; false where there was nothing. */
  delete(ref: KubeRef, options?: object): Promise<boolean>;
  /** Any request; any status is an answer. */
  raw(request: RawRequest): Promise<RawResponse>;
  /** The path of an object, for `raw`. */
  path(ref: KubeRef): Promise<string>;
  close(): Promise<void>;
}

export interface SubresourceOption {
  readonly subresource?: 'status' | 'scale';
}

export interface ApplyOptions extends SubresourceOption {
  readonly fieldManager?: string;
  readonly force?: boolean;
}

export interface LabKubeClientOptions {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

/** A {@link LabKubeClient} as the user of the token. Close it, or its connections stay open. */
export function createLabKubeClient({ server, ca, token }: LabKubeClientOptions): LabKubeClient {
  const dispatcher = new Agent({ connect: { ca }, connections: 16 });

  async function raw({
    method = 'GET',
    path,
    query = {},
    body,
    contentType,
  }: RawRequest): Promise<RawResponse> {
    const search = new URLSearchParams(query).toString();
    const response = await request(`${server}${path}${search && `?${search}`}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      dispatcher,
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: parsed(await response.body.text()),
    };
  }

  const ask = async <T>(message: RawRequest) => answerOf<T>(await raw(message));
  return { ...verbs(ask), raw, close: () => dispatcher.destroy() };
}

function verbs(ask: <T>(message: RawRequest) => Promise<T>): Omit<LabKubeClient, 'raw' | 'close'> {
  const discovery = kubeDiscovery((path) => ask({ path }));
  const pathOf = (ref: KubeRef) => discovery.path(ref, ref.metadata.namespace, ref.metadata.name);
  return {
    path: pathOf,
    get: async (ref) => unlessMissing(ask({ path: await pathOf(ref) })),
    async list({ apiVersion, kind, namespace, ...query }) {
      const path = await discovery.path({ apiVersion, kind }, namespace);
      const { items } = await ask<{ items: readonly object[] }>({ path, query });
      // The items of a list do not say what they are.
      return items.map((item) => ({ apiVersion, kind, ...item })) as never;
    },
    create: async (object) =>
      ask({ method: 'POST', path: await discovery.path(object, object.metadata.namespace), body: object }),
    apply: async (object, { fieldManager = 'lab-test', force = true, subresource } = {}) =>
      ask({
        method: 'PATCH',
        path: withSubresource(await pathOf(object), subresource),
        query: { fieldManager, force: String(force) },
        body: object,
        contentType: 'application/apply-patch+yaml',
      }),
    patch: async (ref, patch, { subresource } = {}) =>
      ask({
        method: 'PATCH',
        path: withSubresource(await pathOf(ref), subresource),
        body: patch,
        contentType: Array.isArray(patch) ? 'application/json-patch+json' : 'application/merge-patch+json',
      }),
    delete: async (ref, options) =>
      (await unlessMissing(ask({ method: 'DELETE', path: await pathOf(ref), body: options }))) !== undefined,
  };
}

function withSubresource(path: string, subresource: string | undefined): string {
  return subresource === undefined ? path : `${path}/${subresource}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function answerOf<T>({ status, body }: RawResponse): T {
  if (status < 300) return body as T;
  const { reason = 'Unknown', message = String(body) } = (Object(body) ?? {}) as {
    reason?: string;
    message?: string;
  };
  throw new KubeStatusError(status, reason, message);
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeStatusError && error.status === 404) return undefined;
    throw error;
  }
}
