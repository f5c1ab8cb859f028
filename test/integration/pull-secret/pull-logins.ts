import { createHash } from 'node:crypto';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ACCOUNT, type Lab } from '../../lab/lab.ts';
import type { SecretObject } from './pull-objects.ts';

/** One entry of `auths`, as we and as others write them. Not to be printed. */
export interface AuthEntry {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
}

/** The entries of a pull Secret by host. Not to be printed. */
export function authsOf(secret: SecretObject | undefined): Readonly<Record<string, AuthEntry>> {
  const text = Buffer.from(secret?.data?.['.dockerconfigjson'] ?? '', 'base64').toString();
  return (JSON.parse(text || '{}') as { auths?: Record<string, AuthEntry> }).auths ?? {};
}

/** Stands for the bytes of each entry; equal where the entries are. May be printed. */
export function entriesOf(secret: SecretObject | undefined): Record<string, string> {
  const entries = Object.entries(authsOf(secret));
  return Object.fromEntries(entries.map(([host, entry]) => [host, short(JSON.stringify(entry))]));
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** The content of a Secret with these entries, as `data` takes it. */
export function encodedAuths(auths: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify({ auths })).toString('base64');
}

/** What a Secret says of its tokens, in their order. */
export function loginsIn(secret: SecretObject | undefined) {
  const text = secret?.metadata.annotations?.['ecr-operator.io/tokens'] ?? '[]';
  return JSON.parse(text) as readonly {
    readonly registry: string;
    readonly scope: string;
    readonly hosts: readonly string[];
    readonly issuedAt: string;
    readonly expiresAt: string;
  }[];
}

/** What a container runtime is told at the registry front, with the credentials of one host in a Secret. */
export interface Visit {
  /** The status of a pull: of the manifest of `v1`. */
  pull(repository: string): Promise<number>;
  /** The status of the first request of a push. */
  push(repository: string): Promise<number>;
}

/** Visits the registry of that host with what the Secret has for it. */
export function visit({ aws }: Lab, secret: SecretObject | undefined, host: string): Visit {
  const authorization = `Basic ${authsOf(secret)[host]?.auth}`;
  const ask = async (path: string, method: string): Promise<number> => {
    const response = await fetch(`${aws.registryUrl}/v2/${path}?ns=${host}`, {
      method,
      headers: { authorization },
    });
    await response.arrayBuffer();
    return response.status;
  };
  return {
    pull: (repository) => ask(`${repository}/manifests/v1`, 'GET'),
    push: (repository) => ask(`${repository}/blobs/uploads/`, 'POST'),
  };
}

/** Repositories that hold an image `v1`. */
export function fillRegistry(
  { aws }: Lab,
  { accountId = ACCOUNT, region }: { readonly accountId?: string; readonly region: string },
  ...repositories: readonly string[]
): void {
  const registry = aws.as(accountId, region);
  for (const name of repositories) {
    registry.addRepository(name);
    registry.addImage(name, { digest: digestOf(name), tags: new Set(['v1']), manifest: name });
  }
}

/** A role that the operator may assume and that may do everything; its ARN. */
export function roleFor({ aws }: Lab, name: string, accountId: string = ACCOUNT): string {
  const arn = `arn:aws:iam::${accountId}:role/${name}`;
  aws.addRole({ arn, trusts: [`arn:aws:iam::${ACCOUNT}:user/ecr-operator`] });
  return arn;
}

/** How often each session policy was asked for, of one role. */
export function sessionsOf({ aws }: Lab, roleArn: string): number[] {
  return aws.actions
    .tally('sts:AssumeRole*')
    .filter((one) => one.roleArn === roleArn)
    .map(({ calls }) => calls);
}
