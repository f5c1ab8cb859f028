import { createHash } from 'node:crypto';
import { type Clock, sleep } from './clock.ts';
import type { KubeClient, KubeRequest } from './kube-client.ts';
import { isNotFound } from './kube-errors.ts';
import { LEASES, type Lease, type LeaseSpec } from './lease.ts';
import { apiVersionOf, pathOf } from './resource.ts';
import { readWatch, watchQuery } from './watch.ts';

export interface LeaseClientOptions {
  readonly client: Pick<KubeClient, 'request' | 'stream'>;
  readonly clock: Clock;
  readonly namespace: string;
  readonly name: string;
  /** Of this replica: one that makes the Lease at the same time as another one is refused. */
  readonly identity: string;
  readonly random?: () => number;
}

/** The one Lease; errors are thrown as they come. */
export interface LeaseClient {
  /** Undefined where there is none. */
  read(signal: AbortSignal): Promise<Lease | undefined>;
  /** Writes over the Lease that was read, or makes it where there was none; a 409 where it has changed meanwhile. */
  write(before: Lease | undefined, spec: LeaseSpec, signal: AbortSignal): Promise<Lease>;
  /** Tells of the Lease as it is, and of each change, which may be older than what was read; begins anew after `againMs`. */
  follow(listener: (change: LeaseChange) => void, againMs: number, signal: AbortSignal): Promise<void>;
}

export interface LeaseChange {
  readonly lease: Lease;
  readonly isDeleted: boolean;
}

/** A {@link LeaseClient} that needs the rights get, watch, create and patch on this Lease alone. */
export function createLeaseClient(options: LeaseClientOptions): LeaseClient {
  const { client, clock, namespace, name, identity, random = Math.random } = options;
  const path = pathOf(LEASES, { namespace, name });
  const fieldManager = `ecr-operator-${createHash('sha256').update(identity).digest('hex').slice(0, 12)}`;

  function patch(contentType: string, body: object, init: KubeRequest): Promise<Lease> {
    return client.request(path, { method: 'PATCH', contentType, body, ...init });
  }

  async function watch(listener: (change: LeaseChange) => void, signal: AbortSignal): Promise<void> {
    const query = { ...watchQuery(random), fieldSelector: `metadata.name=${name}` };
    // Without a resourceVersion it begins with the Lease as it is, and no right to list is needed.
    const open = (inner: AbortSignal) =>
      client.stream(pathOf(LEASES, { namespace }), { query, signal: inner });
    for await (const { type, object } of readWatch(open, { clock, signal })) {
      if (type !== 'BOOKMARK') listener({ lease: object as Lease, isDeleted: type === 'DELETED' });
    }
  }

  return {
    read: (signal) =>
      client.request<Lease>(path, { signal }).catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      }),
    write(before, spec, signal) {
      if (before) {
        const { resourceVersion } = before.metadata;
        return patch('application/merge-patch+json', { metadata: { resourceVersion }, spec }, { signal });
      }
      // Not forced: the fields of a replica that was faster are another manager's, which is a conflict.
      const body = {
        apiVersion: apiVersionOf(LEASES),
        kind: LEASES.kind,
        metadata: { name, namespace },
        spec,
      };
      return patch('application/apply-patch+yaml', body, { query: { fieldManager }, signal });
    },
    async follow(listener, againMs, signal) {
      while (!signal.aborted) {
        // Whatever ends it: polling goes on beside it, and says what is wrong.
        await watch(listener, signal).catch(() => undefined);
        await sleep(clock, againMs, signal);
      }
    },
  };
}
