/** The partition of a region, as in AWS's endpoint rules. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

/** The registry's host name, with the suffix of the region's partition. */
export function registryHost(accountId: string, region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `${accountId}.dkr.ecr.${region}.${suffix}`;
}

/** Which registry a host name stands for. */
export type RegistryPlace =
  | { readonly kind: 'private'; readonly accountId: string; readonly region: string }
  | { readonly kind: 'public' };

const PRIVATE_HOST =
  /^([0-9]{12})\.(dkr\.ecr(?:-fips)?|dkr-ecr(?:-fips)?)\.([a-z0-9-]+)\.(amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$/;

/** The second one is dual-stack (user guide of ECR Public, "Making requests to Amazon ECR Public registries"). */
const PUBLIC_HOSTS: readonly string[] = ['public.ecr.aws', 'ecr-public.aws.com'];

/**
 * Reads a registry's host name; undefined when it is none. FIPS and dual-stack names, and both at once, are the same
 * registry (AWS General Reference, "Amazon ECR endpoints and quotas"; that page has no FIPS names for China, so those
 * go by the pattern of the others). The suffix has to be the one of the region's partition.
 */
export function parseRegistryHost(host: string): RegistryPlace | undefined {
  const name = host.replace(/:[0-9]+$/, '');
  if (PUBLIC_HOSTS.includes(name)) return { kind: 'public' };
  const [, accountId, service, region, suffix] = PRIVATE_HOST.exec(name) ?? [];
  if (accountId === undefined || service === undefined || region === undefined) return undefined;
  const china = region.startsWith('cn-');
  const standard = china ? 'amazonaws.com.cn' : 'amazonaws.com';
  const dualStack = china ? 'on.amazonwebservices.com.cn' : 'on.aws';
  if (suffix !== (service.startsWith('dkr-ecr') ? dualStack : standard)) return undefined;
  return { kind: 'private', accountId, region };
}

/** Whether a host name can only mean AWS, be there such a host or not. */
export function isAwsHost(host: string): boolean {
  return /\.(amazonaws\.com(\.cn)?|on\.aws|ecr\.aws|aws\.com|on\.amazonwebservices\.com\.cn)(:[0-9]+)?$/.test(
    host,
  );
}

/** `name` may be `*`, as it is in a call on all repositories. */
export function repositoryArn(accountId: string, region: string, name: string): string {
  return `arn:${partitionOf(region)}:ecr:${region}:${accountId}:repository/${name}`;
}

/** The parts of a repository's ARN; undefined when it is none. */
export function parseRepositoryArn(
  arn: string,
): { region: string; accountId: string; name: string } | undefined {
  const match = /^arn:[^:]+:ecr:([^:]+):([0-9]{12}):repository\/(.+)$/.exec(arn);
  if (match?.[1] === undefined || match[2] === undefined || match[3] === undefined) return undefined;
  return { region: match[1], accountId: match[2], name: match[3] };
}

/** Where ECR Public does its work. */
export const PUBLIC_REGION = 'us-east-1';

/** Of a repository of ECR Public; `name` may be `*`. Source: Service Authorization Reference, ECR Public. */
export function publicRepositoryArn(accountId: string, name: string): string {
  return `arn:aws:ecr-public::${accountId}:repository/${name}`;
}

/** The parts of the ARN of a repository of ECR Public; undefined when it is none. */
export function parsePublicRepositoryArn(arn: string): { accountId: string; name: string } | undefined {
  const match = /^arn:aws:ecr-public::([0-9]{12}):repository\/(.+)$/.exec(arn);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { accountId: match[1], name: match[2] };
}

/** The account in any ARN; throws on what is not an ARN, since only tests write these. */
export function accountOf(arn: string): string {
  const account = arn.split(':')[4];
  if (account === undefined || !/^[0-9]{12}$/.test(account)) throw new Error(`no account id in ARN ${arn}`);
  return account;
}
