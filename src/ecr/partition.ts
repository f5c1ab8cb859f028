/** What differs between AWS's separate clouds. */
export interface Partition {
  readonly id: string;
  readonly dnsSuffix: string;
}

/** By how a region's name begins; all others are `aws`. Source: the partitions of the AWS SDK's endpoint rules. */
const PARTITIONS: readonly (Partition & { readonly prefix: string })[] = [
  { prefix: 'cn-', id: 'aws-cn', dnsSuffix: 'amazonaws.com.cn' },
  { prefix: 'us-gov-', id: 'aws-us-gov', dnsSuffix: 'amazonaws.com' },
  { prefix: 'eusc-', id: 'aws-eusc', dnsSuffix: 'amazonaws.eu' },
  { prefix: 'us-iso-', id: 'aws-iso', dnsSuffix: 'c2s.ic.gov' },
  { prefix: 'us-isob-', id: 'aws-iso-b', dnsSuffix: 'sc2s.sgov.gov' },
  { prefix: 'eu-isoe-', id: 'aws-iso-e', dnsSuffix: 'cloud.adc-e.uk' },
  { prefix: 'us-isof-', id: 'aws-iso-f', dnsSuffix: 'csp.hci.ic.gov' },
];

/** The partition that a region belongs to. */
export function partitionOf(region: string): Partition {
  const found = PARTITIONS.find(({ prefix }) => region.startsWith(prefix));
  return { id: found?.id ?? 'aws', dnsSuffix: found?.dnsSuffix ?? 'amazonaws.com' };
}

export interface AccountRegion {
  readonly accountId: string;
  readonly region: string;
}

/** The host name that image references begin with. */
export function registryHost({ accountId, region }: AccountRegion): string {
  return `${accountId}.dkr.ecr.${region}.${partitionOf(region).dnsSuffix}`;
}

/** The ARN of a private repository. */
export function repositoryArn({ accountId, region }: AccountRegion, repositoryName: string): string {
  return `arn:${partitionOf(region).id}:ecr:${region}:${accountId}:repository/${repositoryName}`;
}
