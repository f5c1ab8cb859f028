import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { RegistrySpec } from '../api/registry.generated.ts';
import { RetryableError, TerminalError } from '../runtime/errors.ts';
import { clientSettings } from './client-settings.ts';

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

/** A changed Secret works after this time at the latest, without a restart. */
const REREAD_KEYS_AFTER_MS = 60_000;

/** The name of a role's sessions where the Registry gives none. */
export const SESSION_NAME = 'ecr-operator';

export interface CredentialProviders {
  /** `secretRef`, else the SDK's default chain. */
  readonly base: CredentialProvider;
  /** Who the operator is at AWS: the session of `roleArn`, else the same as `base`. */
  readonly own: CredentialProvider;
}

/** The keys that a Registry's `credentials` ask for. */
export function credentialProviders(
  spec: RegistrySpec,
  readKeys: KeySource,
  now: () => number = Date.now,
): CredentialProviders {
  const { secretRef, roleArn, externalId, sessionName } = spec.credentials ?? {};
  const { maxAttempts: _, ...clientConfig } = clientSettings(spec, 'sts');
  const base = secretRef
    ? remembered(() => readKeys(secretRef.name), now, REREAD_KEYS_AFTER_MS)
    : remembered(fromNodeProviderChain({ clientConfig }), now);
  if (!roleArn) return { base, own: base };
  const params = {
    RoleArn: roleArn,
    RoleSessionName: sessionName ?? SESSION_NAME,
    ...(externalId ? { ExternalId: externalId } : {}),
  };
  const own = remembered(fromTemporaryCredentials({ masterCredentials: base, clientConfig, params }), now);
  return { base, own };
}

/** The SDK's own margin: keys are renewed five minutes before they run out. */
const MARGIN_MS = 300_000;

/**
 * Keeps keys until shortly before they run out, or for `atMostMs`; a failure is kept for nobody. It stands in front of
 * all of the SDK's clients, which remember keys each for itself, and by a clock that is not ours.
 */
function remembered(
  provider: CredentialProvider,
  now: () => number,
  atMostMs = Number.POSITIVE_INFINITY,
): CredentialProvider {
  let cached: { readonly keys: Promise<Keys>; until: number } | undefined;
  return async () => {
    if (!cached || cached.until <= now()) {
      const entry = { keys: provider(), until: now() + atMostMs };
      cached = entry;
      entry.keys.then(
        ({ expiration }) => {
          if (expiration) entry.until = Math.min(entry.until, expiration.getTime() - MARGIN_MS);
        },
        () => {
          if (cached === entry) cached = undefined;
        },
      );
    }
    return neverRemembered(await cached.keys);
  };
}

/** Inside its margin already, the SDK remembers keys for no call but this one. */
function neverRemembered(keys: Keys): Keys {
  return { ...keys, expiration: new Date(Date.now() + REREAD_KEYS_AFTER_MS) };
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
