import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Stands in front of an AWS endpoint that keeps no record, and counts what it is asked. */
export interface CountingProxy {
  readonly url: string;
  /** Calls since the last `clear`, by operation. */
  counts(): Readonly<Record<string, number>>;
  clear(): void;
  stop(): Promise<void>;
}

/** Begins to pass on what it is asked, each call this much later (real ms). */
export async function startCountingProxy(target: string, latencyMs: number): Promise<CountingProxy> {
  const counts = new Map<string, number>();
  const { hostname, port } = new URL(target);
  const server = createServer(async (incoming, answer) => {
    const operation = String(incoming.headers['x-amz-target'] ?? 'other').replace(/^.*\./, '');
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
    await delay(latencyMs);
    const { method, url: path, headers } = incoming;
    const outgoing = request({ hostname, port, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => Object.fromEntries(counts),
    clear: () => counts.clear(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
