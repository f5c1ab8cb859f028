import type { RegistrySpec } from '../api/registry.generated.ts';
import { TerminalError } from '../runtime/errors.ts';
import { type Partition, partitionOf } from './partition.ts';

/** The services whose URL a Registry can give. */
export type EndpointService = 'ecr' | 'sts';

/**
 * Throws `EndpointRefused` where `endpoint` sends the calls of this service to a host that is neither AWS's own nor let
 * in by `hosts`, see {@link isHostPattern}. Whoever is called can act as we do: STS gets the token of a web identity as
 * it is, and a signed call can be passed on.
 */
export function requireEndpoint(
  { region, endpoint = {} }: Pick<RegistrySpec, 'region' | 'endpoint'>,
  service: EndpointService,
  hosts: readonly string[],
): void {
  const text = endpoint[service];
  if (!text) return;
  const field = `spec.endpoint.${service}`;
  // As the SDK takes it apart.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new TerminalError('EndpointRefused', `${field} is no URL: write one with a host name`);
  const { hostname } = url;
  if (hosts.some((pattern) => lets(pattern, hostname))) return;
  const why = whyNotOfAws(url, partitionOf(region), endpoint.caBundle !== undefined);
  if (why === undefined) return;
  throw new TerminalError(
    'EndpointRefused',
    `${field} names ${hostname}, and nothing is sent there: ${why}, or have whoever installs the operator add ${hostname} to --endpoint-hosts`,
  );
}

/**
 * Whether `--endpoint-hosts` may have this: a host name or an address as URLs have it, in small letters and without a
 * port, or `*.` and a host name, for all names that end so.
 */
export function isHostPattern(text: string): boolean {
  if (!/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$|^\[[0-9a-f:.]+\]$/.test(text)) return false;
  const host = text.replace(/^\*\./, '');
  // Addresses have more than one spelling, of which a URL keeps one.
  return URL.canParse(`https://${host}`) && new URL(`https://${host}`).hostname === host;
}

function lets(pattern: string, hostname: string): boolean {
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : hostname === pattern;
}

/** What keeps a call of this URL from reaching nobody but AWS, with what to do; undefined where nothing does. */
function whyNotOfAws(
  { hostname, protocol, port }: URL,
  partition: Partition,
  hasCaBundle: boolean,
): string | undefined {
  if (!isOfAws(hostname, partition))
    return `it is no endpoint of ECR or STS in the partition ${partition.id}; name one that is`;
  if (protocol !== 'https:' || port !== '') return 'AWS is called by https and without a port; write it so';
  // The address of an interface endpoint is chosen by its owner, and may be that of any host near us.
  if (hasCaBundle) return 'with caBundle somebody else could answer there in the name of AWS; leave it out';
  return undefined;
}

const REGION = '[a-z]{2,4}(?:-[a-z]+)+-[0-9]+';
/** With and without FIPS; `ecr` and `api.ecr` are the same. */
const SERVICE = `(?:(?:api\\.)?ecr(?:-public)?|sts)(?:-fips)?\\.${REGION}`;

/**
 * Whether this is the name of a service's own endpoint, or of its interface endpoint in somebody's VPC. Under the same
 * suffixes are names that everybody can have, of buckets, load balancers, instances and endpoint services, so these are
 * whole names. Source: AWS General Reference, ECR and STS endpoints; VPC User Guide, DNS names of interface endpoints.
 */
function isOfAws(hostname: string, { dnsSuffix, dualStackSuffix }: Partition): boolean {
  const is = (pattern: string, suffix: string): boolean =>
    hostname.endsWith(`.${suffix}`) &&
    new RegExp(`^(?:${pattern})$`).test(hostname.slice(0, -suffix.length - 1));
  return (
    is(`sts|${SERVICE}|vpce-[0-9a-z-]+\\.${SERVICE}\\.vpce`, dnsSuffix) ||
    // Suffixes of APIs begin with `api.` where those of registry hosts begin with `on.`.
    is(SERVICE, dualStackSuffix.replace(/^on\./, 'api.'))
  );
}
