import { STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { RegistrySpec } from '../api/registry.generated.ts';
import { awsError, type Refusal } from './aws-errors.ts';
import { type ClientSpec, clientSettings, type Network } from './client-settings.ts';
import { closeWhenIdle } from './close-when-idle.ts';
import { type CredentialProvider, type KeySource, roleAtTheEnd, rolesOnTheWay } from './credentials.ts';
import type { Identity, RoleRequest, StsApi } from './ecr-api.ts';
import type { CallObserver } from './observe-calls.ts';
import { type KnownKeys, rememberIdentity } from './remembered-identity.ts';
import { type RememberedKeys, rememberKeys } from './remembered-keys.ts';
import { sdkStsApi } from './sdk-sts-api.ts';
import { watchCalls } from './watch-calls.ts';

/** Somebody at AWS that the operator can act as. */
export interface AwsIdentity {
  /** Throws classified errors. */
  readonly keys: CredentialProvider;
  /** STS, called with these keys. */
  readonly sts: StsApi;
  /** Who AWS takes it for, asked once for each set of keys and then every hour. */
  whoAmI(): Promise<Identity>;
  /** `keys`, and who AWS takes these very keys for. */
  knownKeys(): Promise<KnownKeys>;
  /** To be told of each call that AWS refuses with these keys; see {@link RememberedKeys.refused}. */
  refused(refusal: Refusal): void;
}

/** Whom a Registry's calls are made as. */
export interface RegistryIdentities {
  /** Whom roles are assumed from: `secretRef`, else the SDK's default chain, and after them the roles of `chain`. */
  readonly start: AwsIdentity;
  /** Who the operator is at AWS: a session of `roleArn`, else the same as `start`. */
  readonly own: AwsIdentity;
}

/** Identities, each of them shared by all Registries that come to it in the same way, through the same STS. */
export interface Identities {
  /** Throws `EndpointRefused` and `CaBundleInvalid`. */
  of(spec: RegistrySpec): RegistryIdentities;
  /** Everything that began with the keys of this Secret is asked for anew. */
  forgetSecret(name: string): void;
  /** Closes those that none of these specs needs any more. */
  retain(specs: Iterable<RegistrySpec>): void;
}

export interface IdentitiesOptions {
  /** Reads the static keys of a `secretRef`. */
  readonly readKeys: KeySource;
  readonly now: () => number;
  readonly network?: Network | undefined;
  readonly onCall?: CallObserver | undefined;
}

/** A changed Secret works after this time at the latest, also where its changes cannot be watched. */
const REREAD_KEYS_AFTER_MS = 60_000;

interface Held extends AwsIdentity {
  readonly secretName: string | undefined;
  forget(): void;
  close(): void;
}

/** No {@link Identities} yet. */
export function createIdentities({ readKeys, now, network, onCall }: IdentitiesOptions): Identities {
  const held = new Map<string, Held>();

  function identity(spec: RegistrySpec, key: string, provider: CredentialProvider, atMostMs?: number): Held {
    const keys = rememberKeys(provider, now, atMostMs);
    const client = new STSClient({ ...clientSettings(spec, 'sts', network), credentials: keys.get });
    const sts = sdkStsApi(client);
    const { get: whoAmI, known: knownKeys, forget } = rememberIdentity(sts, keys.get, now);
    const refused = (refusal: Refusal): void => {
      keys.refused(refusal);
      if (refusal === 'keys') forget();
    };
    watchCalls(client, { service: 'sts', place: undefined }, { network, onCall, refused });
    const one: Held = {
      keys: keys.get,
      sts,
      whoAmI,
      knownKeys,
      refused,
      secretName: spec.credentials?.secretRef?.name,
      forget: keys.forget,
      close: closeWhenIdle(client),
    };
    held.set(key, one);
    return one;
  }

  function first(spec: RegistrySpec, key: string): Held {
    const secretRef = spec.credentials?.secretRef;
    if (secretRef)
      return identity(
        spec,
        key,
        explained(() => readKeys(secretRef.name)),
        REREAD_KEYS_AFTER_MS,
      );
    return identity(spec, key, explained(defaultChain(spec, network)));
  }

  return {
    of(spec) {
      const [firstKey = '', ...roleKeys] = keysOnTheWay(spec);
      let last = held.get(firstKey) ?? first(spec, firstKey);
      let start = last;
      for (const [index, role] of rolesOf(spec).entries()) {
        const key = roleKeys[index] ?? '';
        const from = last;
        last = held.get(key) ?? identity(spec, key, () => from.sts.assumeRole(role));
        if (index < (spec.credentials?.chain?.length ?? 0)) start = last;
      }
      return { start, own: last };
    },
    forgetSecret(name) {
      for (const one of held.values()) if (one.secretName === name) one.forget();
    },
    retain(specs) {
      const needed = new Set([...specs].flatMap(keysOnTheWay));
      for (const [key, one] of held) {
        if (needed.has(key)) continue;
        one.close();
        held.delete(key);
      }
    },
  };
}

function rolesOf({ credentials = {} }: RegistrySpec): readonly RoleRequest[] {
  const { roleArn } = credentials;
  const onTheWay = rolesOnTheWay(credentials);
  return roleArn ? [...onTheWay, roleAtTheEnd(roleArn, credentials)] : onTheWay;
}

/**
 * Equal where keys come to be in the same way: a key for those that all begins with, and one after each role. Each
 * region's own STS is asked, and so its Registries do not hang on another region.
 */
function keysOnTheWay(spec: RegistrySpec): readonly string[] {
  const known = waysOfSpecs.get(spec) ?? newKeysOnTheWay(spec);
  waysOfSpecs.set(spec, known);
  return known;
}

/** Asked for all Registries with each change of one, and as long as `endpoint.caBundle`. Specs do not change. */
const waysOfSpecs = new WeakMap<RegistrySpec, readonly string[]>();

function newKeysOnTheWay(spec: RegistrySpec): readonly string[] {
  const { region, credentials, endpoint: { sts, fips, dualStack, caBundle } = {} } = spec;
  const begin = [region, sts, fips, dualStack, caBundle, credentials?.secretRef?.name];
  const roles = rolesOf(spec);
  return [0, ...roles.map((_, index) => index + 1)].map((count) =>
    JSON.stringify([begin, roles.slice(0, count)]),
  );
}

/** Made anew each time: it remembers keys by a clock that is not ours, and the refused ones too. */
function defaultChain(spec: ClientSpec, network: Network | undefined): CredentialProvider {
  return async () => {
    const { maxAttempts: _, ...clientConfig } = clientSettings(spec, 'sts', network);
    const { httpAgent, httpsAgent } = clientConfig.requestHandler;
    try {
      return await fromNodeProviderChain({ clientConfig })();
    } finally {
      // The clients of the chain are nobody's to destroy.
      for (const agent of [httpAgent, httpsAgent]) agent.destroy();
    }
  };
}

function explained(credentials: CredentialProvider): CredentialProvider {
  return () =>
    credentials().catch((error: unknown) => {
      throw awsError(error, 'the search for credentials', 'this operator');
    });
}
