import type { Claim } from '../../../../../src/controllers/pull-secret/claims.ts';
import { createDeliveryResults } from '../../../../../src/controllers/pull-secret/delivery-results.ts';
import { createDemandStore, type Demand } from '../../../../../src/controllers/pull-secret/demand.ts';
import type { PullWorld } from '../../../../../src/controllers/pull-secret/pull-world.ts';
import type { PodState } from '../../../../../src/controllers/pull-secret/repair/pod-state.ts';
import { createRotationRequests } from '../../../../../src/controllers/pull-secret/requests.ts';
import type { SecretState } from '../../../../../src/controllers/pull-secret/secret-state.ts';
import type { ServiceAccountState } from '../../../../../src/controllers/pull-secret/service-account.ts';
import { createTokenStore } from '../../../../../src/controllers/pull-secret/token-store.ts';
import { ObjectStore } from '../../../../../src/runtime/store.ts';

/** When the ServiceAccount of these tests got the Secret. */
export const ATTACHED = Date.UTC(2026, 0, 1, 12);
export const SECOND = 1_000;
export const HOUR = 3_600_000;
export const HOST = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

/** Waits in vain for an image of {@link HOST}, since before {@link ATTACHED}. */
export function pod(more: Partial<PodState> = {}): PodState {
  return {
    name: 'web-1',
    namespace: 'team',
    uid: 'uid-of-web-1',
    resourceVersion: '9',
    controller: { kind: 'ReplicaSet', uid: 'uid-of-web' },
    serviceAccount: 'default',
    pullSecrets: [],
    createdAt: ATTACHED - SECOND,
    terminating: false,
    unpulled: [{ host: HOST, repository: 'team-a/web' }],
    ...more,
  };
}

/** Names the Secret because of us, since {@link ATTACHED}. */
export function account(more: Partial<ServiceAccountState> = {}): ServiceAccountState {
  return {
    name: 'default',
    namespace: 'team',
    resourceVersion: '3',
    pullSecrets: ['ecr-pull'],
    ours: ['ecr-pull'],
    annotated: true,
    editor: undefined,
    attachedAt: ATTACHED,
    ...more,
  };
}

/** Intact, of {@link claim}, with a login that is good for hours. */
export function secret(more: Partial<SecretState> = {}): SecretState {
  const login = { login: 'default', id: 'default|', scope: 'PullOnly', hosts: [HOST] } as const;
  const times = { issuedAt: ATTACHED, expiresAt: ATTACHED + 12 * HOUR, rotateAt: ATTACHED + 6 * HOUR };
  return {
    name: 'ecr-pull',
    namespace: 'team',
    uid: 'uid-of-secret',
    resourceVersion: '7',
    managed: true,
    handedOver: false,
    holder: 'ClusterPullSecret/all',
    foreignEntries: 'Remove',
    logins: [{ ...login, ...times }],
    intact: true,
    terminating: false,
    ...more,
  };
}

/** A ClusterPullSecret `all` with `repairPods`. */
export function claim(spec: Partial<Claim['object']['spec']> = {}): Claim {
  const metadata = {
    name: 'all',
    uid: 'uid-of-all',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2025-01-01T00:00:00Z',
  };
  const whole = {
    registries: [{ name: 'default' }],
    secretName: 'ecr-pull',
    serviceAccounts: { mode: 'Default' },
    foreignEntries: 'Remove',
    deletionPolicy: 'Delete',
    repairPods: true,
    ...spec,
  } as const;
  const object = { apiVersion: 'ecr-operator.io/v1alpha1', kind: 'ClusterPullSecret', metadata, spec: whole };
  return { kind: 'ClusterPullSecret', object } as Claim;
}

/** What {@link claim} wants of `team`: a token for everything in Registry `default`. */
export function demand(more: Partial<Demand> = {}): Demand {
  const want = {
    id: 'default|',
    login: 'default',
    registry: 'default',
    scope: { kind: 'Registry' },
  } as const;
  return { holder: claim(), refused: undefined, wants: [want], refusals: [], ...more };
}

/** A world with one ServiceAccount and one Secret, which may be changed. */
export interface RepairWorld {
  readonly world: PullWorld;
  readonly pods: ObjectStore<PodState>;
  account: ServiceAccountState | undefined;
  secret: SecretState | undefined;
}

/** A {@link RepairWorld} where all of this file stands as it is unless told. */
export function repairWorld(...pods: readonly PodState[]): RepairWorld {
  const store = emptyStore<PodState>();
  for (const one of pods) store.set(`${one.namespace}/${one.name}`, one, one.resourceVersion);
  const state: RepairWorld = {
    account: account(),
    secret: secret(),
    pods: store,
    world: {
      registries: emptyStore(),
      repositories: emptyStore(),
      repositoryClasses: emptyStore(),
      declares: () => false,
      pullSecrets: emptyStore(),
      pullSecretsIn: () => [],
      clusterPullSecrets: emptyStore(),
      pullThroughCacheRules: emptyStore(),
      repositoryCreationTemplates: emptyStore(),
      publicRepositories: emptyStore(),
      namespaces: emptyStore(),
      secretNames: ['ecr-pull'],
      secret: (key) => (key === 'team/ecr-pull' ? state.secret : undefined),
      serviceAccountsIn: (namespace) => (namespace === 'team' && state.account ? [state.account] : []),
      demand: createDemandStore(),
      tokens: createTokenStore(),
      requests: createRotationRequests(),
      results: createDeliveryResults(),
    },
  };
  state.world.demand.set('team/ecr-pull', demand());
  return state;
}

function emptyStore<T>(): ObjectStore<T> {
  return new ObjectStore<T>((error) => {
    throw error;
  });
}
