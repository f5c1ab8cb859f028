import type { RegistrySpec } from '../api/registry.generated.ts';
import { RetryableError, TerminalError } from '../runtime/errors.ts';
import type { RoleRequest } from './ecr-api.ts';

/** Keys as the SDK wants them. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Keys that are valid now; cached, and renewed before they run out. */
export type CredentialProvider = () => Promise<Keys>;

/** Reads the keys of a Secret in the operator's own namespace. */
export type KeySource = (secretName: string) => Promise<Keys>;

/** The name of a role's sessions where the Registry gives none. */
export const SESSION_NAME = 'ecr-operator';

type Credentials = NonNullable<RegistrySpec['credentials']>;

/** The roles of `chain`, in the order in which they are assumed. */
export function rolesOnTheWay({ chain = [] }: Credentials): readonly RoleRequest[] {
  return chain.map(({ roleArn, externalId, sessionName = SESSION_NAME }) => ({
    roleArn,
    sessionName,
    ...(externalId ? { externalId } : {}),
  }));
}

/** How `roleArn`, or the role behind pull tokens, is assumed: with all that the Registry has to say of sessions. */
export function roleAtTheEnd(roleArn: string, credentials: Credentials): RoleRequest {
  const { externalId, sessionName = SESSION_NAME, sessionTags, transitiveTagKeys } = credentials;
  return {
    roleArn,
    sessionName,
    ...(externalId ? { externalId } : {}),
    ...(sessionTags && Object.keys(sessionTags).length > 0 ? { tags: sessionTags } : {}),
    ...(transitiveTagKeys ? { transitiveTagKeys } : {}),
  };
}

/** What a Secret of the operator's namespace has to hold for `secretRef`. */
export function keysOf(secretName: string, data: Readonly<Record<string, string>> | undefined): Keys {
  const value = (key: string): string =>
    Buffer.from(data?.[key] ?? '', 'base64')
      .toString()
      .trim();
  const [accessKeyId, secretAccessKey, sessionToken] = [
    value('access-key-id'),
    value('secret-access-key'),
    value('session-token'),
  ];
  if (!accessKeyId || !secretAccessKey) {
    throw new TerminalError(
      'CredentialsSecretInvalid',
      `Secret ${secretName} needs the keys access-key-id and secret-access-key (and session-token for temporary keys)`,
      { recheckAfterMs: 60_000 },
    );
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** The error of a `secretRef` that leads nowhere. */
export function credentialsSecretError(
  secretName: string,
  namespace: string,
  words: string,
  cause: unknown,
): RetryableError {
  return new RetryableError(
    'CredentialsSecretNotReadable',
    `Secret ${secretName} in namespace ${namespace}: ${words}`,
    { cause },
  );
}
