import { ECRClient } from '@aws-sdk/client-ecr';
import { ECRPUBLICClient } from '@aws-sdk/client-ecr-public';
import { STSClient } from '@aws-sdk/client-sts';
import type { RegistrySpec } from '../api/registry.generated.ts';
import { systemClock } from '../runtime/clock.ts';
import { RetryableError, TerminalError } from '../runtime/errors.ts';
import { awsError } from './aws-errors.ts';
import { budgetedClient, type CallBudgetsOptions, createCallBudgets } from './budgeted-client.ts';
import type { CallBudget, CallLane } from './call-budget.ts';
import { clientSettings, PUBLIC_CLIENT_SETTINGS } from './client-settings.ts';
import { type CredentialProvider, credentialProviders, type KeySource } from './credentials.ts';
import type { AuthorizationToken, EcrApi, Identity, StsApi } from './ecr-api.ts';
import type { PullScope } from './pull-scope.ts';
import { issueToken, type PullToken, type TokenOptions, type TokenSource } from './pull-tokens.ts';
import { leaveThrottlesAlone } from './retry-strategy.ts';
import { sdkEcrApi } from './sdk-ecr-api.ts';
import { publicAuthorizationToken } from './sdk-ecr-public-api.ts';
import { sdkStsApi } from './sdk-sts-api.ts';

/** One Registry's way to AWS. */
export interface Connection {
  /** For what people wait for: the lane `user`. */
  readonly ecr: EcrApi;
  /**
   * The same calls in another lane of the budget, which all connections to the account and region share; see
   * {@link CallBudget}.
   */
  lane(lane: CallLane): EcrApi;
  /**
   * Who we are at AWS, asked once for each set of keys. Unless the Registry is only pulled from, throws an
   * AccountMismatch if that is not its account. Before it has resolved, nothing may be written and no token be taken.
   */
  verify(): Promise<Identity>;
  /** A new token for pulling what `scope` says, as narrow as can be; see {@link issueToken}. */
  issueToken(scope: PullScope): Promise<PullToken>;
  close(): void;
}

/** Connections by the part of the spec that makes them, shared between Registries that agree in it. */
export interface Connections {
  to(spec: RegistrySpec): Connection;
  /** Closes those that none of these specs needs any more. */
  retain(specs: Iterable<RegistrySpec>): void;
  close(): void;
}

export interface ConnectionOptions extends CallBudgetsOptions, TokenOptions {}

/** No {@link Connections} yet; `readKeys` reads the static keys of a `secretRef`. */
export function createConnections(
  readKeys: KeySource,
  options: ConnectionOptions = systemClock,
): Connections {
  const open = new Map<string, Connection>();
  const budgetOf = createCallBudgets(options);
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
      const connection = open.get(key) ?? connect(spec, readKeys, options, budgetOf(spec));
      open.set(key, connection);
      return connection;
    },
    retain,
    close: () => retain([]),
  };
}

/** Equal for Registries that reach AWS in the same way, as the same. */
export function connectionKey(spec: RegistrySpec): string {
  const { accountId, region, access, credentials, pullRoleArn, endpoint } = spec;
  return JSON.stringify([accountId, region, access, credentials, pullRoleArn, endpoint]);
}

function connect(
  spec: RegistrySpec,
  readKeys: KeySource,
  options: ConnectionOptions,
  budget: CallBudget,
): Connection {
  const providers = credentialProviders(spec, readKeys, options.now);
  const own = explained(providers.own, spec.credentials?.roleArn);
  const ecr = new ECRClient({ ...clientSettings(spec, 'ecr'), credentials: providers.own });
  leaveThrottlesAlone(ecr);
  const closing = new AbortController();
  const lane = (name: CallLane): EcrApi => sdkEcrApi(budgetedClient(ecr, budget, name, closing.signal), spec);
  const sts = new STSClient({ ...clientSettings(spec, 'sts'), credentials: providers.own });
  const baseSts = new STSClient({ ...clientSettings(spec, 'sts'), credentials: explained(providers.base) });
  const identity = rememberIdentity(sdkStsApi(sts), own, options.now);
  const source: TokenSource = {
    ...options,
    spec,
    own,
    sts: sdkStsApi(baseSts),
    authorizationToken: (scope, keys) => authorizationToken(spec, scope, keys),
  };
  return {
    ecr: lane('user'),
    lane,
    async verify() {
      const found = await identity();
      if (spec.access !== 'PullOnly') requireAccount(found, spec.accountId);
      return found;
    },
    issueToken: (scope) => issueToken(source, scope),
    close() {
      closing.abort(new RetryableError('AWSUnreachable', CLOSED));
      for (const client of [ecr, sts, baseSts]) client.destroy();
    },
  };
}

const CLOSED =
  'the way to AWS was closed while the call waited for its turn; the next attempt takes the new one';

function requireAccount(found: Identity, accountId: string): void {
  if (found.accountId === accountId) return;
  throw new TerminalError(
    'AccountMismatch',
    `the credentials belong to account ${found.accountId} (${found.arn}), but spec.accountId says ${accountId}: nothing is done at AWS until they agree`,
    { recheckAfterMs: 300_000 },
  );
}

/** The keys of a token's session are for this one call, and so is the client. */
async function authorizationToken(
  spec: RegistrySpec,
  scope: PullScope,
  credentials: CredentialProvider,
): Promise<AuthorizationToken> {
  if (scope.kind === 'Public') {
    const client = new ECRPUBLICClient({ ...PUBLIC_CLIENT_SETTINGS, credentials });
    return publicAuthorizationToken(client).finally(() => client.destroy());
  }
  const client = new ECRClient({ ...clientSettings(spec, 'ecr'), credentials });
  return sdkEcrApi(client, spec)
    .getAuthorizationToken()
    .finally(() => client.destroy());
}

function explained(credentials: CredentialProvider, roleArn?: string): CredentialProvider {
  return () =>
    credentials().catch((error: unknown) => {
      throw credentialsError(error, roleArn);
    });
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
