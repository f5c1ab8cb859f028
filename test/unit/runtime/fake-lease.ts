import { KubeError } from '../../../src/runtime/kube-errors.ts';
import type { Lease, LeaseSpec } from '../../../src/runtime/lease.ts';
import type { LeaseChange, LeaseClient } from '../../../src/runtime/lease-client.ts';

/** A Lease in memory, with the API server's rule: what has changed since it was read is not written over. */
export interface FakeLease {
  /** A way to it of one's own. */
  client(): FakeLeaseClient;
  spec(): LeaseSpec | undefined;
  /** As somebody with kubectl does it. */
  edit(spec: LeaseSpec): void;
  remove(): void;
  /** Tells everybody of the first change again, as watches do that are late. */
  tellLate(): void;
  /** Every holder that was written, in order; a renewal is no change. */
  holders(): readonly string[];
}

export interface FakeLeaseClient extends LeaseClient {
  /** What every request comes to from now on: an answer, an error, nothing at all, or an error after it was done. */
  mode: 'works' | 'fails' | 'hangs' | 'loses answers';
  /** Whether changes are told. */
  isWatching: boolean;
  writes: number;
}

/** A {@link FakeLease} that is not there yet. */
export function fakeLease(): FakeLease {
  let lease: Lease | undefined;
  let version = 0;
  let first: LeaseChange | undefined;
  const listeners = new Set<(change: LeaseChange) => void>();
  const holders: string[] = [];

  function put(spec: LeaseSpec): Lease {
    version += 1;
    lease = { metadata: { name: 'l', uid: 'u', resourceVersion: String(version) }, spec };
    const holder = spec.holderIdentity ?? '';
    if (holders.at(-1) !== holder) holders.push(holder);
    const change = { lease, isDeleted: false };
    first ??= change;
    for (const listener of listeners) listener(change);
    return lease;
  }

  async function pass(client: FakeLeaseClient, signal: AbortSignal): Promise<void> {
    if (client.mode === 'fails') throw new KubeError(503, 'ServiceUnavailable', 'away');
    if (client.mode === 'hangs') {
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        if (signal.aborted) reject(signal.reason);
      });
    }
  }

  function client(): FakeLeaseClient {
    const one: FakeLeaseClient = {
      mode: 'works',
      isWatching: true,
      writes: 0,
      async read(signal) {
        await pass(one, signal);
        return lease;
      },
      async write(before, spec, signal) {
        await pass(one, signal);
        if (before?.metadata.resourceVersion !== lease?.metadata.resourceVersion)
          throw new KubeError(409, 'Conflict', 'has changed');
        one.writes += 1;
        const made = put(spec);
        if (one.mode === 'loses answers') throw new Error('connection lost');
        return made;
      },
      async follow(listener, _againMs, signal) {
        const tell = (change: LeaseChange): void => {
          if (one.isWatching) listener(change);
        };
        listeners.add(tell);
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        listeners.delete(tell);
      },
    };
    return one;
  }

  return {
    client,
    spec: () => lease?.spec,
    edit: (spec) => void put(spec),
    remove() {
      if (!lease) return;
      version += 1;
      const gone: Lease = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(version) } };
      lease = undefined;
      for (const listener of listeners) listener({ lease: gone, isDeleted: true });
    },
    tellLate() {
      for (const listener of listeners) if (first) listener(first);
    },
    holders: () => holders,
  };
}
