import type { PullScope } from './pull-scope.ts';

/** What differs between AWS's separate clouds. */
export interface Partition {
  readonly id: string;
  readonly dnsSuffix: string;
  /** Of the registry hosts that are reached over IPv6 too. */
  readonly dualStackSuffix: string;
}

const AWS: Partition = { id: 'aws', dnsSuffix: 'amazonaws.com', dualStackSuffix: 'on.aws' };

/**
 * By how a region's name begins; all others are `aws`. Source: the partitions of the AWS SDK's endpoint rules, whose
 * dual-stack suffixes begin with `api.` where those of registry hosts begin with `on.` (AWS's pages say so of `aws`,
 * `aws-us-gov` and `aws-cn`; the others follow by analogy).
 */
const PARTITIONS: readonly (Partition & { readonly prefix: string })[] = [
  {
    prefix: 'cn-',
    id: 'aws-cn',
    dnsSuffix: 'amazonaws.com.cn',
    dualStackSuffix: 'on.amazonwebservices.com.cn',
  },
  { prefix: 'us-gov-', id: 'aws-us-gov', dnsSuffix: 'amazonaws.com', dualStackSuffix: 'on.aws' },
  { prefix: 'eusc-', id: 'aws-eusc', dnsSuffix: 'amazonaws.eu', dualStackSuffix: 'on.amazonwebservices.eu' },
  { prefix: 'us-iso-', id: 'aws-iso', dnsSuffix: 'c2s.ic.gov', dualStackSuffix: 'on.aws.ic.gov' },
  { prefix: 'us-isob-', id: 'aws-iso-b', dnsSuffix: 'sc2s.sgov.gov', dualStackSuffix: 'on.aws.scloud' },
  {
    prefix: 'eu-isoe-',
    id: 'aws-iso-e',
    dnsSuffix: 'cloud.adc-e.uk',
    dualStackSuffix: 'on.cloud-aws.adc-e.uk',
  },
  { prefix: 'us-isof-', id: 'aws-iso-f', dnsSuffix: 'csp.hci.ic.gov', dualStackSuffix: 'on.aws.hci.ic.gov' },
];

/** The partition that a region belongs to. */
export function partitionOf(region: string): Partition {
  const found = PARTITIONS.find(({ prefix }) => region.startsWith(prefix)) ?? AWS;
  const { id, dnsSuffix, dualStackSuffix } = found;
  return { id, dnsSuffix, dualStackSuffix };
}

/** Whether the accounts that are in a region have an ECR Public: there is one of it, in the partition aws. */
export function hasPublic(region: string): boolean {
  return partitionOf(region).id === 'aws';
}

export interface AccountRegion {
  readonly accountId: string;
  readonly region: string;
}

/** An account and region as one word, `123456789012/us-east-1`. */
export function placeKey({ accountId, region }: AccountRegion): string {
  return `${accountId}/${region}`;
}

/** The private registry of a Registry, and nothing else of it. */
export function privatePlaceOf({ accountId, region }: AccountRegion): AccountRegion {
  return { accountId, region };
}

/** No region is called `public`: an account has one public registry, with a budget of its own. */
export function publicPlaceOf({ accountId }: AccountRegion): AccountRegion {
  return { accountId, region: 'public' };
}

/** The host name that image references begin with. */
export function registryHost({ accountId, region }: AccountRegion): string {
  return `${accountId}.dkr.ecr.${region}.${partitionOf(region).dnsSuffix}`;
}

/** Where ECR Public has its images, whatever the account. */
export const PUBLIC_HOST = 'public.ecr.aws';

/** A registry, and which of its names are in use beside the standard one. */
export interface RegistryHosts extends AccountRegion {
  readonly endpoint?: { readonly fips?: boolean; readonly dualStack?: boolean };
}

/**
 * The host names that a token of this scope opens: the standard one first, then FIPS, dual-stack, and both in one, as
 * far as the Registry has them in use. Source: AWS General Reference, ECR endpoints; ECR User Guide, IPv6.
 */
export function pullHosts(registry: RegistryHosts, scope: PullScope): readonly string[] {
  if (scope.kind === 'Public') return [PUBLIC_HOST];
  const { accountId, region, endpoint: { fips = false, dualStack = false } = {} } = registry;
  const { dnsSuffix, dualStackSuffix } = partitionOf(region);
  return [
    registryHost(registry),
    ...(fips ? [`${accountId}.dkr.ecr-fips.${region}.${dnsSuffix}`] : []),
    ...(dualStack ? [`${accountId}.dkr-ecr.${region}.${dualStackSuffix}`] : []),
    ...(fips && dualStack ? [`${accountId}.dkr-ecr-fips.${region}.${dualStackSuffix}`] : []),
  ];
}

/** The ARN of a repository of ECR Public, which has no region. */
export function publicRepositoryArn(accountId: string, repositoryName: string): string {
  return `arn:aws:ecr-public::${accountId}:repository/${repositoryName}`;
}

/** The ARN of a private repository. */
export function repositoryArn({ accountId, region }: AccountRegion, repositoryName: string): string {
  return `arn:${partitionOf(region).id}:ecr:${region}:${accountId}:repository/${repositoryName}`;
}
