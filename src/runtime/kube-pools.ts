import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Fence } from './fence.ts';
import { fencedDispatcher } from './fenced-dispatcher.ts';
import type { KubeTls } from './kube-credentials.ts';

/** Connections to one API server. */
export interface KubePools {
  requests(tls: KubeTls): Dispatcher;
  /** Apart, or a handful of watches would hold the connections that requests wait for. */
  watches(tls: KubeTls): Dispatcher;
  close(): Promise<void>;
}

interface Open {
  readonly tls: KubeTls;
  readonly fingerprint: string;
  readonly requests: Dispatcher;
  /** The same connections. */
  readonly fenced: Dispatcher;
  readonly watches: Dispatcher;
}

export interface KubePoolsOptions {
  /** Of requests, at most. */
  readonly connections: number;
  /** An HTTP proxy on the way, as a kubeconfig's `proxy-url` names it. */
  readonly proxyUrl?: string | undefined;
  /** Asked before each write, when its connection is ready and it is about to be sent. */
  readonly fence?: Fence | undefined;
}

/** Connections live as long as the TLS material does: a rotated certificate makes a new pool. */
export function createKubePools({ connections, proxyUrl, fence }: KubePoolsOptions): KubePools {
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
    const requests = pool(tls, proxyUrl, { connections, keepAliveTimeout: 60_000 });
    current = {
      tls,
      fingerprint,
      requests,
      fenced: fence ? fencedDispatcher(requests, fence) : requests,
      watches: pool(tls, proxyUrl, {}),
    };
    return current;
  }

  return {
    requests: (tls) => open(tls).fenced,
    watches: (tls) => open(tls).watches,
    close: async () => {
      await current?.watches.destroy();
      await current?.requests.close();
      current = undefined;
    },
  };
}

function pool(tls: KubeTls, proxyUrl: string | undefined, options: Agent.Options): Dispatcher {
  const connect = { ...tls, timeout: 10_000 };
  if (proxyUrl === undefined) return new Agent({ allowH2: false, connect, ...options });
  return new ProxyAgent({ allowH2: false, uri: proxyUrl, requestTls: connect, ...options });
}
