import type { RegistrySpec } from '../api/registry.generated.ts';
import { TerminalError } from '../runtime/errors.ts';
import type { CredentialProvider } from './credentials.ts';
import type { Identity } from './ecr-api.ts';
import type { AwsIdentity } from './identities.ts';

/**
 * Keys change between one call and the next, and may be another account's then. Many calls of ECR go to the account of
 * whoever makes them, so no call is signed before it is known whose keys it is signed with. A Registry that is only
 * pulled from may be anybody's.
 */
export function keysOfAccount({ access, accountId }: RegistrySpec, own: AwsIdentity): CredentialProvider {
  if (access === 'PullOnly') return own.keys;
  return async () => {
    const { keys, identity } = await own.knownKeys();
    requireAccount(identity, accountId);
    return keys;
  };
}

/** Throws `AccountMismatch` unless AWS takes us for somebody of this account. */
export function requireAccount(found: Identity, accountId: string): void {
  if (found.accountId === accountId) return;
  throw new TerminalError(
    'AccountMismatch',
    `the credentials belong to account ${found.accountId} (${found.arn}), but spec.accountId says ${accountId}: nothing is done at AWS until they agree`,
    { recheckAfterMs: 300_000 },
  );
}
