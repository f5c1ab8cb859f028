import type { ApplyOptions, JsonPatchOperation, KubeClient } from '../../../src/runtime/kube-client.ts';
import type { ResourceType } from '../../../src/runtime/resource.ts';

export interface Applied {
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the code under test sends
  readonly body: any;
  readonly options: ApplyOptions;
}

/** A client that only takes writes, and remembers them. */
export interface FakeKubeClient extends KubeClient {
  readonly applied: Applied[];
  /** The resourceVersion that applies answer with. */
  version: string;
  /** The operations of each JSON Patch. */
  readonly patched: (readonly JsonPatchOperation[])[];
  /** What each apply does before it is remembered; a throw is the answer. */
  onApply: (applied: Applied) => unknown;
}

/** A {@link FakeKubeClient} to which nothing has been sent. */
export function fakeKubeClient(): FakeKubeClient {
  const applied: Applied[] = [];
  const patched: (readonly JsonPatchOperation[])[] = [];
  const refuse = (): never => {
    throw new Error('not expected to be asked');
  };
  const client: FakeKubeClient = {
    applied,
    version: '',
    patched,
    onApply: () => undefined,
    async apply<T>(resource: ResourceType, body: object, options: ApplyOptions): Promise<T> {
      const call = { kind: resource.kind, body, options };
      await client.onApply(call);
      applied.push(call);
      const { metadata } = body as { readonly metadata: object };
      return { ...body, metadata: { ...metadata, resourceVersion: client.version } } as T;
    },
    request: refuse,
    stream: refuse,
    jsonPatch: async (_resource, _path, operations) => void patched.push(operations),
    mergePatch: refuse,
    delete: refuse,
    close: async () => undefined,
  };
  return client;
}
