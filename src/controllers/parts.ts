import type { ClusterPullSecret } from '../api/cluster-pull-secret.generated.ts';
import { FIELD_MANAGER, FINALIZER } from '../api/names.ts';
import type { PullSecret } from '../api/pull-secret.generated.ts';
import type { PullThroughCacheRule } from '../api/pull-through-cache-rule.generated.ts';
import type { Registry } from '../api/registry.generated.ts';
import type { Repository } from '../api/repository.generated.ts';
import type { RepositoryClass } from '../api/repository-class.generated.ts';
import type { RepositoryCreationTemplate } from '../api/repository-creation-template.generated.ts';
import type { Connections } from '../ecr/connection.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Next } from '../runtime/controller.ts';
import type { EventRecorder } from '../runtime/events.ts';
import type { Informer } from '../runtime/informer.ts';
import type { Key } from '../runtime/key.ts';
import type { KubeClient } from '../runtime/kube-client.ts';
import type { Log } from '../runtime/log.ts';
import type { Reach } from '../runtime/reach.ts';
import { type CustomResource, type Reconciler, resourceReconciler } from '../runtime/resource-reconciler.ts';
import type { Trigger } from '../runtime/sources.ts';
import type { BaseStatus } from '../runtime/status.ts';
import type { DriftChecks } from './drift/drift-checks.ts';
import type { ImageUsage } from './image-usage/image-usage.ts';
import type { PullSecretCounters } from './metrics/event-counters.ts';
import type { PublicRepositoryState } from './public-repository/public-repository-state.ts';
import type { PullWorld } from './pull-secret/pull-world.ts';
import type { PodState } from './pull-secret/repair/pod-state.ts';
import type { SecretState } from './pull-secret/secret-state.ts';
import type { ServiceAccountState } from './pull-secret/service-account.ts';
import type { RegistryAccess } from './registry-access.ts';
import type { SettingsResults } from './registry-settings/settings-results.ts';
import type { UndeclaredStore } from './repository-class/undeclared-store.ts';
import type { NamespaceState } from './world.ts';

/** What controllers are put together from. */
export interface Parts {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventRecorder;
  readonly world: PullWorld;
  readonly access: RegistryAccess;
  readonly connections: Connections;
  /** Who uses images; absent where the operator may not find out. */
  readonly imageUsage: ImageUsage | undefined;
  /** What lists of whole registries show that nobody declared; `seen` is fired with the account and region. */
  readonly undeclared: { readonly store: UndeclaredStore; readonly seen: Trigger };
  /** What drift sweeps have found. */
  readonly drift: DriftChecks;
  /** How it stands with registry-wide settings. */
  readonly registrySettings: SettingsResults;
  /** Who counts what happens to tokens and Secrets. */
  readonly counters?: PullSecretCounters;
  /** What can be read of the watched namespaces; absent where all are watched. */
  readonly reach?: Reach | undefined;
  /** The cluster's part of the owner tag. */
  readonly cluster: string;
  readonly config: {
    readonly namespace: string;
    readonly controllers: 'all' | 'pull-secrets';
    readonly driftSchedule: string;
    readonly imageSchedule: string;
    readonly imageUsage: boolean;
    readonly repositoryWorkers: number;
    readonly deliveryWorkers: number;
    readonly pullSecretNames: readonly string[];
    readonly serviceAccountNames: readonly string[] | undefined;
    readonly repairPods: boolean;
    readonly shortestRotationMs: number;
  };
  readonly caches: {
    readonly registries: Informer<Registry>;
    readonly repositories: Informer<Repository>;
    readonly repositoryClasses: Informer<RepositoryClass>;
    readonly pullSecrets: Informer<PullSecret>;
    readonly clusterPullSecrets: Informer<ClusterPullSecret>;
    readonly pullThroughCacheRules: Informer<PullThroughCacheRule>;
    readonly repositoryCreationTemplates: Informer<RepositoryCreationTemplate>;
    readonly publicRepositories: Informer<PublicRepositoryState>;
    readonly namespaces: Informer<NamespaceState>;
    readonly serviceAccounts: readonly Informer<ServiceAccountState>[];
    readonly secrets: readonly Informer<SecretState>[];
    /** Those that are Pending; none is read where the installation lets none be repaired. */
    readonly pods: readonly Informer<PodState>[];
  };
}

/** The informers of our own kinds, Registries before what refers to them. */
export function customKinds(caches: Parts['caches']) {
  return [
    caches.registries,
    caches.repositories,
    caches.repositoryClasses,
    caches.pullSecrets,
    caches.clusterPullSecrets,
    caches.pullThroughCacheRules,
    caches.repositoryCreationTemplates,
    caches.publicRepositories,
  ];
}

/** One pass over a custom resource of one of our kinds; see {@link resourceReconciler}. */
export function customResource<T extends CustomResource<S>, S extends BaseStatus>(
  { client, clock, log, events }: Parts,
  { resource, lister }: Informer<T>,
  dependents: readonly [string, ...string[]],
  reconciler: Reconciler<T, Omit<S, keyof BaseStatus>>,
  foreignFields: readonly (keyof S)[] = [],
  optionalDependents: readonly string[] = [],
  isHeld?: (object: T) => boolean,
): (key: Key) => Promise<Next> {
  return resourceReconciler<T, S>({
    resource,
    lister,
    reconciler,
    dependents,
    optionalDependents,
    finalizer: FINALIZER,
    isHeld,
    fieldManager: FIELD_MANAGER,
    foreignFields,
    client,
    events,
    clock,
    log,
  });
}
