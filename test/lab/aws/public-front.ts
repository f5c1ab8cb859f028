import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './aws-error.ts';
import { parseRegistryHost } from './aws-names.ts';
import { INVALID_TOKEN, sendBase, sendRegistryError } from './registry-errors.ts';
import { type RegistryRoute, routeOf } from './registry-route.ts';
import { checkedToken } from './registry-token-check.ts';
import { forward } from './registry-upstream.ts';
import type { World } from './world.ts';

/** Where credentials are exchanged for a bearer token. */
export const TOKEN_PATH = '/token/';

/** Of the tokens given out there, as decoded by users (oras-go#1227). */
const ACCESS_MILLISECONDS = 3_600_000;

/** One request to ECR Public's registry. */
export interface PublicVisit {
  readonly upstream: string | undefined;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** Without `ns`. */
  readonly url: URL;
}

export interface PublicFront {
  answer(visit: PublicVisit): Promise<void>;
}

/**
 * `public.ecr.aws`: pulls of whatever lies below `public/` in the registry behind. Unlike private ECR it takes bearer
 * tokens only: clients are sent to `/token/`, where the credentials of GetAuthorizationToken, or none at all, get them
 * one. Its images are everybody's, so no policy is asked and nothing enters the record. Pushes are left out.
 */
export function createPublicFront(world: World, frontUrl: () => string): PublicFront {
  const accesses = new Map<string, Date>();
  function issueAccess(authorization: string | undefined): string | AwsError {
    const encoded = credentialsIn(authorization, 'Basic');
    const token = encoded === undefined ? undefined : checkedToken(world, 'ecr-public', encoded);
    if (token instanceof AwsError) return token;
    const end = world.clock.now().getTime() + ACCESS_MILLISECONDS;
    const access = randomBytes(384).toString('base64');
    accesses.set(access, new Date(Math.min(end, token?.expiresAt.getTime() ?? end)));
    return access;
  }
  function isOpenTo(bearer: string): boolean {
    const end = accesses.get(bearer);
    if (end !== undefined) return world.clock.now() < end;
    // The token of GetAuthorizationToken is taken as it is, too (kreuzwerker/terraform-provider-docker#666).
    return !(checkedToken(world, 'ecr-public', bearer) instanceof AwsError);
  }
  return {
    async answer(visit) {
      const { incoming, response, url } = visit;
      const { authorization } = incoming.headers;
      if (url.pathname === TOKEN_PATH) return sendAccess(visit, issueAccess);
      if (authorization === undefined) return sendBearerChallenge(response, realmOf(incoming, frontUrl()));
      const bearer = credentialsIn(authorization, 'Bearer');
      // 400, for Basic credentials and expired tokens too: dependabot/proxy#157, containers-roadmap#2835.
      if (bearer === undefined || !isOpenTo(bearer)) return sendRegistryError(response, REFUSED);
      return answerPull(visit, routeOf(incoming.method ?? 'GET', decodeURIComponent(url.pathname)));
    },
  };
}

const REFUSED = new AwsError('InvalidBearer', INVALID_TOKEN.message);

function credentialsIn(authorization: string | undefined, scheme: 'Basic' | 'Bearer'): string | undefined {
  const [kind, value] = (authorization ?? '').split(/ +/, 2);
  return kind?.toLowerCase() === scheme.toLowerCase() ? value : undefined;
}

function sendAccess(
  { incoming, response }: PublicVisit,
  issue: (authorization: string | undefined) => string | AwsError,
): void {
  // Clients that try OAuth's POST first go on to GET then. What AWS answers to a POST was not found out.
  if (incoming.method !== 'GET') throw new AwsError('UnsupportedOperation', 'Unsupported method');
  const token = issue(incoming.headers.authorization);
  if (token instanceof AwsError) throw token;
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
}

/**
 * AWS's realm is `https://public.ecr.aws/token/`. Clients follow it to the letter, so it leads to the front here: by the
 * name that a client asked for, when it has the front for its proxy (crane refuses a realm on loopback then), else by
 * the front's own address, where containerd comes as to a mirror.
 */
function realmOf(incoming: IncomingMessage, frontUrl: string): string {
  const { host = '' } = incoming.headers;
  return `${parseRegistryHost(host)?.kind === 'public' ? `http://${host}` : frontUrl}${TOKEN_PATH}`;
}

function sendBearerChallenge(response: ServerResponse, realm: string): void {
  response.writeHead(401, {
    'www-authenticate': `Bearer realm="${realm}",service="public.ecr.aws",scope="aws"`,
    'content-type': 'application/json; charset=utf-8',
  });
  response.end(JSON.stringify({ errors: [{ code: 'DENIED', message: 'Not Authorized' }] }));
}

function answerPull(visit: PublicVisit, route: RegistryRoute | undefined): Promise<void> | void {
  const { upstream, incoming, response, url } = visit;
  if (route?.kind === 'base') return sendBase(response);
  const path = route && pathOfPull(route, incoming.method);
  if (route === undefined || path === undefined) {
    throw new AwsError('UnsupportedOperation', 'Unsupported path or method');
  }
  return forward({ upstream, folder: 'public', name: route.name }, path + url.search, incoming, response);
}

/** The path behind the repository's name; undefined for what changes something. */
function pathOfPull(
  route: Exclude<RegistryRoute, { readonly kind: 'base' }>,
  method: string | undefined,
): string | undefined {
  switch (route.kind) {
    case 'tags':
      return 'tags/list';
    case 'manifest-get':
      return `manifests/${route.reference}`;
    case 'forward':
      return method === 'GET' || method === 'HEAD' ? route.rest : undefined;
    default:
      return undefined;
  }
}
