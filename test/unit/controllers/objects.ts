import type {
  ClusterPullSecret,
  ClusterPullSecretSpec,
} from '../../../src/api/cluster-pull-secret.generated.ts';
import type { ObjectMeta } from '../../../src/api/object-meta.ts';
import type { PullSecret, PullSecretSpec } from '../../../src/api/pull-secret.generated.ts';
import type { PullThroughCacheRule } from '../../../src/api/pull-through-cache-rule.generated.ts';
import type { Registry, RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { Repository, RepositorySpec, RepositoryStatus } from '../../../src/api/repository.generated.ts';
import type { RepositoryClass } from '../../../src/api/repository-class.generated.ts';
import type { RepositoryCreationTemplate } from '../../../src/api/repository-creation-template.generated.ts';
import type { PublicRepositoryState } from '../../../src/controllers/public-repository/public-repository-state.ts';
import { createDeliveryResults } from '../../../src/controllers/pull-secret/delivery-results.ts';
import { createDemandStore } from '../../../src/controllers/pull-secret/demand.ts';
import type { PullWorld } from '../../../src/controllers/pull-secret/pull-world.ts';
import { createRotationRequests } from '../../../src/controllers/pull-secret/requests.ts';
import type { SecretState } from '../../../src/controllers/pull-secret/secret-state.ts';
import type { ServiceAccountState } from '../../../src/controllers/pull-secret/service-account.ts';
import { createTokenStore } from '../../../src/controllers/pull-secret/token-store.ts';
import { placeOf } from '../../../src/controllers/registry/place.ts';
import { repositoryName } from '../../../src/controllers/repository/desired.ts';
import { hasItsName } from '../../../src/controllers/repository/name-index.ts';
import type { NamespaceState } from '../../../src/controllers/world.ts';
import { keyOf } from '../../../src/runtime/key.ts';
import { ObjectStore } from '../../../src/runtime/store.ts';

/** A round time that all objects here are made around. */
export const NOW = Date.UTC(2026, 0, 1, 12);
export const HOUR = 3_600_000;
export const HOST = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

type Meta = Partial<ObjectMeta>;

function meta(name: string, more: Meta): ObjectMeta {
  return {
    name,
    uid: `uid-of-${name}`,
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2025-01-01T00:00:00Z',
    ...more,
  };
}

const apiVersion = 'ecr-operator.io/v1alpha1';

export function registry(name = 'default', spec: Partial<RegistrySpec> = {}, more: Meta = {}): Registry {
  const whole = { accountId: '123456789012', region: 'us-east-1', access: 'Manage', ...spec } as const;
  return { apiVersion, kind: 'Registry', metadata: meta(name, more), spec: whole };
}

export function repository(
  spec: Partial<RepositorySpec> = {},
  { name = 'web', namespace = 'team', ...more }: Meta = {},
  status?: RepositoryStatus,
): Repository {
  const metadata = { ...meta(name, more), namespace };
  const whole = { registryRef: { name: 'default' }, ...spec };
  return { apiVersion, kind: 'Repository', metadata, spec: whole, ...(status ? { status } : {}) };
}

const PULL_SPEC = {
  registries: [{ name: 'default' }],
  secretName: 'ecr-pull',
  serviceAccounts: { mode: 'Default' },
  foreignEntries: 'Remove',
  deletionPolicy: 'Delete',
} as const;

export function pullSecret(
  name = 'mine',
  spec: Partial<PullSecretSpec> = {},
  { namespace = 'team', ...more }: Meta = {},
): PullSecret {
  const metadata = { ...meta(name, more), namespace };
  return { apiVersion, kind: 'PullSecret', metadata, spec: { ...PULL_SPEC, ...spec } };
}

export function clusterPullSecret(
  name = 'all',
  spec: Partial<ClusterPullSecretSpec> = {},
  more: Meta = {},
): ClusterPullSecret {
  return {
    apiVersion,
    kind: 'ClusterPullSecret',
    metadata: meta(name, more),
    spec: { ...PULL_SPEC, ...spec },
  };
}

export function repositoryClass(
  name = 'standard',
  spec: RepositoryClass['spec'] = {},
  more: Meta = {},
): RepositoryClass {
  return { apiVersion, kind: 'RepositoryClass', metadata: meta(name, more), spec };
}

export function namespace(name = 'team', more: Partial<NamespaceState> = {}): NamespaceState {
  return { name, uid: `uid-of-${name}`, labels: {}, terminating: false, ...more };
}

export interface Things {
  readonly registries?: readonly Registry[];
  readonly repositories?: readonly Repository[];
  readonly repositoryClasses?: readonly RepositoryClass[];
  readonly pullSecrets?: readonly PullSecret[];
  readonly clusterPullSecrets?: readonly ClusterPullSecret[];
  readonly pullThroughCacheRules?: readonly PullThroughCacheRule[];
  readonly repositoryCreationTemplates?: readonly RepositoryCreationTemplate[];
  readonly publicRepositories?: readonly PublicRepositoryState[];
  readonly namespaces?: readonly NamespaceState[];
  readonly serviceAccounts?: readonly ServiceAccountState[];
  readonly secrets?: readonly SecretState[];
  readonly secretNames?: readonly string[];
}

/** A world that holds just these, with no tokens, no results and no demand yet. */
export function worldOf(things: Things = {}): PullWorld {
  const secrets = stored(things.secrets, keyOf);
  return {
    registries: stored(things.registries, byMeta),
    repositories: stored(things.repositories, byMeta),
    repositoryClasses: stored(things.repositoryClasses, byMeta),
    declares: (place, name) =>
      (things.repositories ?? []).some(
        (one) =>
          hasItsName(one) &&
          repositoryName(one) === name &&
          things.registries?.some(
            (at) => at.metadata.name === one.spec.registryRef.name && placeOf(at) === place,
          ),
      ),
    pullSecrets: stored(things.pullSecrets, byMeta),
    pullSecretsIn: (name) => (things.pullSecrets ?? []).filter(({ metadata }) => metadata.namespace === name),
    clusterPullSecrets: stored(things.clusterPullSecrets, byMeta),
    pullThroughCacheRules: stored(things.pullThroughCacheRules, byMeta),
    repositoryCreationTemplates: stored(things.repositoryCreationTemplates, byMeta),
    publicRepositories: stored(things.publicRepositories, byMeta),
    namespaces: stored(things.namespaces, ({ name }) => name),
    serviceAccountsIn: (name) => (things.serviceAccounts ?? []).filter((one) => one.namespace === name),
    secretNames: things.secretNames ?? ['ecr-pull'],
    secret: (key) => secrets.get(key),
    demand: createDemandStore(),
    tokens: createTokenStore(),
    requests: createRotationRequests(),
    results: createDeliveryResults(),
  };
}

function byMeta({ metadata }: { readonly metadata: ObjectMeta }): string {
  return keyOf(metadata);
}

/** A cache that holds just these. */
export function stored<T>(values: readonly T[] | undefined, key: (value: T) => string): ObjectStore<T> {
  const store = new ObjectStore<T>((error) => {
    throw error;
  });
  for (const value of values ?? []) store.set(key(value), value, '1');
  return store;
}

/** What was thrown, as `[name, reason, message]`. */
export function thrownBy(task: () => unknown): unknown {
  try {
    task();
  } catch (error) {
    const { name, reason, message } = error as Error & { readonly reason?: string };
    return [name, reason, message];
  }
  return 'nothing was thrown';
}
