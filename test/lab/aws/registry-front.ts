import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './aws-error.ts';
import { parseRegistryHost } from './aws-names.ts';
import { type Listener, listen } from './http-listener.ts';
import { EXPIRED_TOKEN, INVALID_TOKEN, sendChallenge, sendRegistryError } from './registry-errors.ts';
import { routeOf } from './registry-route.ts';
import type { RegistryToken } from './registry-tokens.ts';
import { answerVisit } from './registry-visit.ts';
import type { World } from './world.ts';

export interface FrontOptions {
  /** For requests whose Host and `ns` name no ECR registry. */
  readonly accountId: string;
  readonly region: string;
  readonly upstream: string | undefined;
  readonly port: number | undefined;
}

/** ECR's data path: tokens, permissions and tags are ECR's, the bytes lie in a real registry behind it. */
export interface Front extends Listener {
  /** For a registry that starts later than the simulator. */
  setUpstream(url: string): void;
}

/** Starts the front on loopback. */
export async function startRegistryFront(world: World, options: FrontOptions): Promise<Front> {
  let upstream = options.upstream;
  const listener = await listen((incoming, response) => {
    answer(world, options, upstream, incoming, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendRegistryError(response, asAwsError(error));
    });
  }, options.port);
  return {
    ...listener,
    setUpstream(url) {
      upstream = url;
    },
  };
}

async function answer(
  world: World,
  options: FrontOptions,
  upstream: string | undefined,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://front');
  // containerd names the registry it mirrors in `ns`; other clients do so in Host.
  const host = url.searchParams.get('ns') ?? incoming.headers.host ?? '';
  const { accountId, region } = parseRegistryHost(host) ?? options;
  url.searchParams.delete('ns');
  const token = tokenOf(world, region, incoming.headers.authorization);
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  if (token === undefined) return sendChallenge(response, accountId, region);
  if (token instanceof AwsError) return sendRegistryError(response, token);
  const route = routeOf(incoming.method ?? 'GET', decodeURIComponent(url.pathname));
  if (route === undefined) throw new AwsError('UnsupportedOperation', 'Unsupported path or method');
  if (route.kind === 'base') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    return;
  }
  const registry = world.registry(accountId, region);
  await answerVisit({ world, upstream, registry, token, incoming, response, query: url.search }, route);
}

/** The token in Basic credentials; undefined without credentials, an error for those that are no good. */
function tokenOf(
  world: World,
  region: string,
  header: string | undefined,
): RegistryToken | AwsError | undefined {
  const encoded = /^Basic +(.+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const credentials = Buffer.from(encoded, 'base64').toString();
  const token = world.tokens.find(credentials.slice('AWS:'.length));
  if (!credentials.startsWith('AWS:') || token === undefined || token.region !== region) return INVALID_TOKEN;
  return world.tokens.isExpired(token) ? EXPIRED_TOKEN : token;
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('ServerException', error instanceof Error ? error.message : String(error), 502);
}
