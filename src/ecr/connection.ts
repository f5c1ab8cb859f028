import { ECRClient } from '@aws-sdk/client-ecr';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { RegistrySpec } from '../api/registry.generated.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { TerminalError } from '../runtime/errors.ts';
import { awsError } from './aws-errors.ts';
import { type CredentialProvider, credentialProvider, type KeySource } from './credentials.ts';
import type { EcrApi, Identity, StsApi } from './ecr-api.ts';
import { REQUEST_HANDLER } from './request-handler.ts';
import { sdkEcrApi } from './sdk-ecr-api.ts';

/** One Registry's way to AWS. */
export interface Connection {
  readonly ecr: EcrApi;
  /**
   * Who we are at AWS, asked once for each set of keys. Throws an AccountMismatch if that is not the account of the
   * Registry: nothing may be written, and no token be taken, before this has resolved.
   */
  verify(): Promise<Identity>;
  close(): void;
}

/** Connections by the part of the spec that makes them, shared between Registries that agree in it. */
export interface Connections {
  to(spec: RegistrySpec): Connection;
  /** Closes those that none of these specs needs any more. */
  retain(specs: Iterable<RegistrySpec>): void;
  close(): void;
}

/** No {@link Connections} yet; `readKeys` reads the static keys of a `secretRef`. */
export function createConnections(
  readKeys: KeySource,
  { now }: Pick<Clock, 'now'> = systemClock,
): Connections {
  const open = new Map<string, Connection>();
  const retain = (specs: Iterable<RegistrySpec>): void => {
    const needed = new Set([...specs].map(connectionKey));
    for (const [key, connection] of open) {
      if (needed.has(key)) continue;
      connection.close();
      open.delete(key);
    }
  };
  return {
    to(spec) {
      const key = connectionKey(spec);
      const connection = open.get(key) ?? connect(spec, credentialProvider(spec, readKeys, now), now);
      open.set(key, connection);
      return connection;
    },
    retain,
    close: () => retain([]),
  };
}

/** Equal for Registries that reach AWS in the same way, as the same. */
export function connectionKey({ accountId, region, credentials, endpoint }: RegistrySpec): string {
  return JSON.stringify([accountId, region, credentials, endpoint]);
}

/** Three attempts in all, with the SDK's own short back-off; what fails then goes back to the queue. */
const MAX_ATTEMPTS = 3;

function connect(spec: RegistrySpec, credentials: CredentialProvider, now: () => number): Connection {
  const { region, accountId, endpoint } = spec;
  const common = { region, credentials, maxAttempts: MAX_ATTEMPTS, requestHandler: REQUEST_HANDLER };
  const ecr = new ECRClient({ ...common, ...(endpoint?.ecr ? { endpoint: endpoint.ecr } : {}) });
  const sts = new STSClient({ ...common, ...(endpoint?.sts ? { endpoint: endpoint.sts } : {}) });
  const explained = (): ReturnType<CredentialProvider> =>
    credentials().catch((error: unknown) => {
      throw credentialsError(error, spec.credentials?.roleArn);
    });
  const identity = rememberIdentity(stsApi(sts), explained, now);
  return {
    ecr: sdkEcrApi(ecr, spec),
    async verify() {
      const found = await identity();
      if (found.accountId === accountId) return found;
      throw new TerminalError(
        'AccountMismatch',
        `the credentials belong to account ${found.accountId} (${found.arn}), but spec.accountId says ${accountId}: nothing is done at AWS until they agree`,
        { recheckAfterMs: 300_000 },
      );
    },
    close() {
      ecr.destroy();
      sts.destroy();
    },
  };
}

function stsApi(client: STSClient): StsApi {
  return {
    async getCallerIdentity() {
      try {
        const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
        return { accountId: Account, arn: Arn };
      } catch (error) {
        throw awsError(error, 'sts:GetCallerIdentity', '*');
      }
    },
  };
}

function credentialsError(error: unknown, roleArn: string | undefined): Error {
  const found = !(error instanceof Error && error.name === 'CredentialsProviderError');
  return roleArn && found
    ? awsError(error, 'sts:AssumeRole', roleArn)
    : awsError(error, 'the search for credentials', 'this operator');
}

/** Keys can be withdrawn without anything changing here. */
const VERIFY_EVERY_MS = 3_300_000;

/** Keys change under us, too (a rotated Secret, the next session of a role): each is asked about, once an hour. */
function rememberIdentity(
  sts: StsApi,
  credentials: CredentialProvider,
  now: () => number,
): () => Promise<Identity> {
  let known:
    | { readonly accessKeyId: string; readonly at: number; readonly identity: Promise<Identity> }
    | undefined;
  return async () => {
    const { accessKeyId } = await credentials();
    if (known?.accessKeyId !== accessKeyId || now() - known.at >= VERIFY_EVERY_MS) {
      const identity = sts.getCallerIdentity();
      const entry = { accessKeyId, at: now(), identity };
      known = entry;
      identity.catch(() => {
        if (known === entry) known = undefined;
      });
    }
    return known.identity;
  };
}
