import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { RegistrySpec } from '../api/registry.generated.ts';
import type { Fence } from '../runtime/fence.ts';
import { type EndpointService, requireEndpoint } from './endpoint-hosts.ts';
import { trustOf } from './trusted-authorities.ts';

/** How all clients get out of where the operator runs; nothing where they go straight. */
export interface Network {
  /** The proxies, by the environment's names in capitals. */
  readonly proxy?: ProxySettings | undefined;
  /** Asked before each attempt of each call; see `fenceCalls`. */
  readonly fence?: Fence | undefined;
  /** What `endpoint` of a Registry may name beside AWS's own hosts; see `isHostPattern`. None unless given. */
  readonly endpointHosts?: readonly string[] | undefined;
}

/**
 * As curl and others read them; a proxy's URL may hold a password. `NO_PROXY` is a list of host names, addresses and
 * suffixes, with commas.
 */
export interface ProxySettings {
  readonly HTTP_PROXY?: string | undefined;
  readonly HTTPS_PROXY?: string | undefined;
  readonly NO_PROXY?: string | undefined;
}

/**
 * For every client of AWS. The SDK itself waits for ever, and a worker with it; no call that we make takes this long,
 * and one that does is repeated: what AWS went away from is noticed within ten seconds of its return.
 */
const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 6_000, throwOnRequestTimeout: true } as const;

/** As the SDK's own agents have it. */
const CONNECTIONS = { keepAlive: true, maxSockets: 50 } as const;

/** Three attempts in all, with the SDK's own short back-off; what fails then goes back to the queue. */
const MAX_ATTEMPTS = 3;

/** What AWS's logs know this operator by, beside the SDK; the version is that of package.json. */
const USER_AGENT: [string, string][] = [['ecr-operator', '0.1.0']];

interface RequestHandlerSettings {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly throwOnRequestTimeout: true;
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** What the SDK's clients are made with for a Registry, credentials excepted. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly customUserAgent: [string, string][];
  /** Of this one client: it ends all connections of its agents when it is destroyed. */
  readonly requestHandler: RequestHandlerSettings;
  readonly endpoint?: string;
  readonly useFipsEndpoint?: true;
  readonly useDualstackEndpoint?: true;
}

/** The part of a Registry's spec that clients are made of. */
export type ClientSpec = Pick<RegistrySpec, 'region' | 'endpoint'>;

/**
 * The settings of one client of ECR, ECR Public or STS. A URL stands alone: the SDK refuses FIPS and dual-stack beside
 * it. ECR Public has one endpoint for its API, in us-east-1: none of FIPS, and none in anybody's VPC. Throws
 * `EndpointRefused` and `CaBundleInvalid`.
 */
export function clientSettings(
  { region, endpoint = {} }: ClientSpec,
  service: EndpointService | 'ecr-public',
  network: Network = {},
): ClientSettings {
  if (service !== 'ecr-public') requireEndpoint({ region, endpoint }, service, network.endpointHosts ?? []);
  const common = {
    maxAttempts: MAX_ATTEMPTS,
    customUserAgent: USER_AGENT,
    requestHandler: requestHandler(endpoint.caBundle, network),
  };
  if (service === 'ecr-public') return { ...common, region: 'us-east-1' };
  const url = endpoint[service];
  if (url) return { ...common, region, endpoint: url };
  return {
    ...common,
    region,
    ...(endpoint.fips ? { useFipsEndpoint: true } : {}),
    ...(endpoint.dualStack ? { useDualstackEndpoint: true } : {}),
  };
}

function requestHandler(caBundle: string | undefined, { proxy }: Network): RequestHandlerSettings {
  const connections = { ...CONNECTIONS, ...(proxy ? { proxyEnv: { ...proxy } } : {}) };
  const trust = caBundle === undefined ? {} : { secureContext: trustOf(caBundle) };
  return {
    ...TIMEOUTS,
    httpAgent: new HttpAgent(connections),
    httpsAgent: new HttpsAgent({ ...connections, ...trust }),
  };
}
