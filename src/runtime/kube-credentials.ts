import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Clock } from './clock.ts';

/** What a connection to the API server needs: TLS material for the pool, headers for each request. */
export interface KubeCredentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: KubeTls;
}

export interface KubeTls {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Gives credentials, read again when they are old, or when they are those that the API server has refused (401). */
export type CredentialsSource = (refused?: KubeCredentials) => Promise<KubeCredentials>;

/** Projected tokens and client certificates rotate under us; reading them costs files or a process. */
const REREAD_AFTER_MS = 30_000;

/** The credentials of a KubeConfig's current context: in-cluster, kubeconfig (token, certificate, basic), exec. */
export function kubeConfigCredentials(config: KubeConfig, clock: Clock): CredentialsSource {
  let source = config;
  let cached: Reading | undefined;

  function readAgain(): Reading {
    const reading: Reading = { at: clock.now(), value: read(source) };
    reading.value.then(
      (result) => {
        reading.result = result;
      },
      () => {
        if (cached === reading) cached = undefined;
      },
    );
    return reading;
  }

  return (refused) => {
    // Of many requests that are refused at once the first renews, the others find newer credentials or wait for them.
    const renew = refused !== undefined && cached?.result === refused;
    if (renew) source = withoutMemory(config);
    if (!cached || renew || clock.now() - cached.at >= REREAD_AFTER_MS) cached = readAgain();
    return cached.value;
  };
}

interface Reading {
  readonly at: number;
  readonly value: Promise<KubeCredentials>;
  result?: KubeCredentials;
}

/** A KubeConfig keeps what a program or a token file once gave it, refused or not; a new one has to ask. */
function withoutMemory({ clusters, contexts, users, currentContext }: KubeConfig): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({ clusters, contexts, users, currentContext });
  return config;
}

async function read(config: KubeConfig): Promise<KubeCredentials> {
  const options: RequestOptions & { auth?: string } = {};
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  if (options.auth && !headers['authorization']) {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  return { headers, tls: tlsOf(options) };
}

function tlsOf({ ca, cert, key, servername, rejectUnauthorized }: RequestOptions): KubeTls {
  return {
    ...(ca ? { ca: ca as string | Buffer } : {}),
    ...(cert ? { cert: cert as string | Buffer } : {}),
    ...(key ? { key: key as string | Buffer } : {}),
    ...(servername ? { servername } : {}),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}
