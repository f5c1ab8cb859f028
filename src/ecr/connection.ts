import { ECRClient } from '@aws-sdk/client-ecr';
import { ECRPUBLICClient } from '@aws-sdk/client-ecr-public';
import type { RegistrySpec } from '../api/registry.generated.ts';
import { systemClock } from '../runtime/clock.ts';
import { RetryableError } from '../runtime/errors.ts';
import { keysOfAccount, requireAccount } from './account-keys.ts';
import { authorizationToken } from './authorization-token.ts';
import { budgetedClient, type CallBudgetsOptions, createCallBudgets } from './budgeted-client.ts';
import type { CacheRuleApi } from './cache-rule-api.ts';
import type { CallBudget, CallLane } from './call-budget.ts';
import { clientSettings, type Network } from './client-settings.ts';
import { closeWhenIdle } from './close-when-idle.ts';
import type { KeySource } from './credentials.ts';
import type { EcrApi, Identity } from './ecr-api.ts';
import { createIdentities, type RegistryIdentities } from './identities.ts';
import type { CallObserver } from './observe-calls.ts';
import { privatePlaceOf, publicPlaceOf } from './partition.ts';
import type { PublicRepositoryApi } from './public-repository-api.ts';
import type { PullScope } from './pull-scope.ts';
import { issueToken, type PullToken, type TokenOptions, type TokenSource } from './pull-tokens.ts';
import type { RegistrySettingsApi } from './registry-settings-api.ts';
import { leaveThrottlesAlone } from './retry-strategy.ts';
import { sdkCacheRuleApi } from './sdk-cache-rule-api.ts';
import { sdkEcrApi } from './sdk-ecr-api.ts';
import { sdkPublicRepositoryApi } from './sdk-public-repository-api.ts';
import { sdkRegistrySettingsApi } from './sdk-registry-settings-api.ts';
import { sdkTemplateApi } from './sdk-template-api.ts';
import type { TemplateApi } from './template-api.ts';
import { type CallWatchers, watchCalls } from './watch-calls.ts';

/** One Registry's way to AWS. */
export interface Connection {
  /** For what people wait for: the lane `user`. */
  readonly ecr: EcrApi;
  /**
   * The same calls in another lane of the budget, which all connections to the account and region share; see
   * {@link CallBudget}.
   */
  lane(lane: CallLane): EcrApi;
  /** In the lane `user`, as are the next two. */
  readonly settings: RegistrySettingsApi;
  readonly cacheRules: CacheRuleApi;
  readonly templates: TemplateApi;
  /** ECR Public, with the same keys; it has one endpoint, and a budget of its own for each account. */
  readonly publicRepositories: PublicRepositoryApi;
  /**
   * Who we are at AWS, asked once for each set of keys. Unless the Registry is only pulled from, throws an
   * AccountMismatch if that is not its account. Before it has resolved, nothing may be written and no token be taken.
   */
  verify(): Promise<Identity>;
  /** A new token for pulling what `scope` says, as narrow as can be; see {@link issueToken}. */
  issueToken(scope: PullScope): Promise<PullToken>;
  /** Calls that are under way come to their end. */
  close(): void;
}

/** Connections by the part of the spec that makes them, shared between Registries that agree in it. */
export interface Connections {
  /** Throws `EndpointRefused` and `CaBundleInvalid`. */
  to(spec: RegistrySpec): Connection;
  /** Tells that the Secret of a `secretRef` has changed: its keys, and all sessions out of them, are asked for anew. */
  secretChanged(secretName: string): void;
  /** Closes those that none of these specs needs any more. */
  retain(specs: Iterable<RegistrySpec>): void;
  close(): void;
}

export interface ConnectionOptions extends CallBudgetsOptions, TokenOptions {
  readonly network?: Network | undefined;
  /** Told of every call that comes to its end. */
  readonly onCall?: CallObserver | undefined;
}

/** No {@link Connections} yet; `readKeys` reads the static keys of a `secretRef`. */
export function createConnections(
  readKeys: KeySource,
  options: ConnectionOptions = systemClock,
): Connections {
  const open = new Map<string, Connection>();
  const budgetOf = createCallBudgets(options);
  const { now, network, onCall } = options;
  const identities = createIdentities({ readKeys, now, network, onCall });
  const retain = (specs: Iterable<RegistrySpec>): void => {
    const kept = [...specs];
    const needed = new Set(kept.map(connectionKey));
    identities.retain(kept);
    for (const [key, connection] of open) {
      if (needed.has(key)) continue;
      connection.close();
      open.delete(key);
    }
  };
  return {
    to(spec) {
      const key = connectionKey(spec);
      const connection = open.get(key) ?? connect(spec, identities.of(spec), options, budgetOf);
      open.set(key, connection);
      return connection;
    },
    secretChanged: identities.forgetSecret,
    retain,
    close: () => retain([]),
  };
}

/** Equal for Registries that reach AWS in the same way, as the same. */
export function connectionKey(spec: RegistrySpec): string {
  const known = connectionKeys.get(spec);
  if (known !== undefined) return known;
  const { accountId, region, access, credentials, pullRoleArn, endpoint } = spec;
  const key = JSON.stringify([accountId, region, access, credentials, pullRoleArn, endpoint]);
  connectionKeys.set(spec, key);
  return key;
}

/** Asked for with each look at a pull Secret, and as long as `endpoint.caBundle`. Specs do not change. */
const connectionKeys = new WeakMap<RegistrySpec, string>();

function connect(
  spec: RegistrySpec,
  { start, own }: RegistryIdentities,
  options: ConnectionOptions,
  budgetOf: ReturnType<typeof createCallBudgets>,
): Connection {
  const { network, onCall } = options;
  const keys = keysOfAccount(spec, own);
  const ecr = new ECRClient({ ...clientSettings(spec, 'ecr', network), credentials: keys });
  const publicEcr = new ECRPUBLICClient({
    ...clientSettings(spec, 'ecr-public', network),
    credentials: keys,
  });
  for (const client of [ecr, publicEcr]) leaveThrottlesAlone(client);
  const watchers: CallWatchers = { network, onCall, refused: own.refused };
  watchCalls(ecr, { service: 'ecr', place: privatePlaceOf(spec) }, watchers);
  watchCalls(publicEcr, { service: 'ecr-public', place: publicPlaceOf(spec) }, watchers);
  const closers = [ecr, publicEcr].map((client) => closeWhenIdle(client));
  const closing = new AbortController();
  const budget = budgetOf(spec);
  const inLane = (name: CallLane): ECRClient => budgetedClient(ecr, budget, name, closing.signal);
  const lane = (name: CallLane): EcrApi => sdkEcrApi(inLane(name), spec);
  const forUsers = inLane('user');
  const publicBudget = budgetOf(publicPlaceOf(spec));
  const publicForUsers = budgetedClient(publicEcr, publicBudget, 'user', closing.signal);
  const source: TokenSource = {
    ...options,
    spec,
    own: keys,
    sts: start.sts,
    authorizationToken: (scope, credentials) => {
      const refused = credentials === keys ? own.refused : undefined;
      return authorizationToken(spec, { ...watchers, refused }, scope, credentials);
    },
  };
  return {
    ecr: lane('user'),
    lane,
    settings: sdkRegistrySettingsApi(forUsers, spec),
    cacheRules: sdkCacheRuleApi(forUsers, spec),
    templates: sdkTemplateApi(forUsers, spec),
    publicRepositories: sdkPublicRepositoryApi(publicForUsers, spec.accountId),
    async verify() {
      const found = await own.whoAmI();
      if (spec.access !== 'PullOnly') requireAccount(found, spec.accountId);
      return found;
    },
    issueToken: (scope) => issueToken(source, scope),
    close() {
      closing.abort(new RetryableError('AWSUnreachable', CLOSED));
      for (const close of closers) close();
    },
  };
}

const CLOSED =
  'the way to AWS was closed while the call waited for its turn; the next attempt takes the new one';
