import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './aws-error.ts';
import { isAwsHost, parseRegistryHost, registryHost } from './aws-names.ts';
import { type Listener, listen } from './http-listener.ts';
import { createPublicFront, type PublicFront, TOKEN_PATH } from './public-front.ts';
import { INVALID_TOKEN, sendBase, sendChallenge, sendRegistryError } from './registry-errors.ts';
import { routeOf } from './registry-route.ts';
import { checkedToken } from './registry-token-check.ts';
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
  const publicFront = createPublicFront(world, () => listener.url);
  const listener = await listen((incoming, response) => {
    answer({ world, options, publicFront }, upstream, incoming, response).catch((error: unknown) => {
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
  front: { readonly world: World; readonly options: FrontOptions; readonly publicFront: PublicFront },
  upstream: string | undefined,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { world, options, publicFront } = front;
  const url = new URL(incoming.url ?? '/', 'http://front');
  // containerd names the registry it mirrors in `ns`; other clients do so in Host.
  const host = url.searchParams.get('ns') ?? incoming.headers.host ?? '';
  url.searchParams.delete('ns');
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  const named = parseRegistryHost(host);
  // A mistyped host must not end up at the default registry.
  if (named === undefined && isAwsHost(host)) {
    throw new AwsError('UnknownHost', `AWS has no registry by the name ${host}`, 421);
  }
  // Clients ask there by the realm's own address, without `ns`.
  if (named?.kind === 'public' || url.pathname === TOKEN_PATH) {
    return publicFront.answer({ upstream, incoming, response, url });
  }
  const { accountId, region } = named ?? options;
  const token = tokenOf(world, region, incoming.headers.authorization);
  if (token === undefined) {
    return sendChallenge(response, named === undefined ? registryHost(accountId, region) : host);
  }
  if (token instanceof AwsError) return sendRegistryError(response, token);
  const route = routeOf(incoming.method ?? 'GET', decodeURIComponent(url.pathname));
  if (route === undefined) throw new AwsError('UnsupportedOperation', 'Unsupported path or method');
  if (route.kind === 'base') return sendBase(response);
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
  const token = checkedToken(world, 'ecr', encoded);
  return token instanceof AwsError || token.region === region ? token : INVALID_TOKEN;
}

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('ServerException', error instanceof Error ? error.message : String(error), 502);
}
