import type { RegistrySpec } from '../api/registry.generated.ts';

/**
 * For every client of AWS. The SDK itself waits for ever, and a worker with it; no call that we make takes this long,
 * and one that does is repeated: what AWS went away from is noticed within ten seconds of its return.
 */
const REQUEST_HANDLER = {
  connectionTimeout: 5_000,
  requestTimeout: 6_000,
  throwOnRequestTimeout: true,
} as const;

/** Three attempts in all, with the SDK's own short back-off; what fails then goes back to the queue. */
const MAX_ATTEMPTS = 3;

/** What the SDK's clients are made with for a Registry, credentials excepted. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: typeof REQUEST_HANDLER;
  readonly endpoint?: string;
  readonly useFipsEndpoint?: true;
  readonly useDualstackEndpoint?: true;
}

/** The settings of a client of ECR or STS. A URL stands alone: the SDK refuses FIPS and dual-stack beside it. */
export function clientSettings(
  { region, endpoint = {} }: Pick<RegistrySpec, 'region' | 'endpoint'>,
  service: 'ecr' | 'sts',
): ClientSettings {
  const url = endpoint[service];
  const common = { region, maxAttempts: MAX_ATTEMPTS, requestHandler: REQUEST_HANDLER };
  if (url) return { ...common, endpoint: url };
  return {
    ...common,
    ...(endpoint.fips ? { useFipsEndpoint: true } : {}),
    ...(endpoint.dualStack ? { useDualstackEndpoint: true } : {}),
  };
}

/** ECR Public has one endpoint for its API, in us-east-1: none of FIPS, and none in anybody's VPC. */
export const PUBLIC_CLIENT_SETTINGS: ClientSettings = {
  region: 'us-east-1',
  maxAttempts: MAX_ATTEMPTS,
  requestHandler: REQUEST_HANDLER,
};
