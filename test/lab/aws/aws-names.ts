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

/** Account and region of a registry's host name; undefined when it is none. */
export function parseRegistryHost(host: string): { accountId: string; region: string } | undefined {
  const match = /^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?(:[0-9]+)?$/.exec(host);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { accountId: match[1], region: match[2] };
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

/** The account in any ARN; throws on what is not an ARN, since only tests write these. */
export function accountOf(arn: string): string {
  const account = arn.split(':')[4];
  if (account === undefined || !/^[0-9]{12}$/.test(account)) throw new Error(`no account id in ARN ${arn}`);
  return account;
}
