import { Agent } from 'undici';
import type { KubeTls } from './kube-credentials.ts';

/** Connections to one API server. */
export interface KubePools {
  requests(tls: KubeTls): Agent;
  /** Apart, or a handful of watches would hold the connections that requests wait for. */
  watches(tls: KubeTls): Agent;
  close(): Promise<void>;
}

interface Open {
  readonly tls: KubeTls;
  readonly fingerprint: string;
  readonly requests: Agent;
  readonly watches: Agent;
}

/** Connections live as long as the TLS material does: a rotated certificate makes a new pool. */
export function createKubePools(connections: number): KubePools {
  let current: Open | undefined;

  function open(tls: KubeTls): Open {
    // The same object nearly always; to compare the texts costs more than the rest of a request.
    if (current?.tls === tls) return current;
    const fingerprint = JSON.stringify(tls);
    if (current?.fingerprint === fingerprint) {
      current = { ...current, tls };
      return current;
    }
    void current?.requests.close();
    // Open watches end with their own time-out; closing waits for them.
    void current?.watches.close();
    const connect = { ...tls, timeout: 10_000 };
    current = {
      tls,
      fingerprint,
      requests: new Agent({ allowH2: false, connections, connect, keepAliveTimeout: 60_000 }),
      watches: new Agent({ allowH2: false, connect }),
    };
    return current;
  }

  return {
    requests: (tls) => open(tls).requests,
    watches: (tls) => open(tls).watches,
    close: async () => {
      await current?.watches.destroy();
      await current?.requests.close();
      current = undefined;
    },
  };
}
