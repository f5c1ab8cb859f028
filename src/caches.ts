import type { ClusterPullSecret } from './api/cluster-pull-secret.generated.ts';
import {
  CLUSTER_PULL_SECRETS,
  PUBLIC_REPOSITORIES,
  PULL_SECRETS,
  PULL_THROUGH_CACHE_RULES,
  REGISTRIES,
  REPOSITORIES,
  REPOSITORY_CLASSES,
  REPOSITORY_CREATION_TEMPLATES,
} from './api/names.ts';
import type { PullSecret } from './api/pull-secret.generated.ts';
import type { PullThroughCacheRule } from './api/pull-through-cache-rule.generated.ts';
import type { Registry } from './api/registry.generated.ts';
import type { RepositoryClass } from './api/repository-class.generated.ts';
import type { RepositoryCreationTemplate } from './api/repository-creation-template.generated.ts';
import { repositoryState } from './controllers/images/repository-state.ts';
import { publicRepositoryState } from './controllers/public-repository/public-repository-state.ts';
import { podState } from './controllers/pull-secret/repair/pod-state.ts';
import { secretState } from './controllers/pull-secret/secret-state.ts';
import { serviceAccountState } from './controllers/pull-secret/service-account.ts';
import { namespaceState } from './controllers/world.ts';
import { absentInformer } from './runtime/absent-informer.ts';
import type { Clock } from './runtime/clock.ts';
import { createGatedInformer } from './runtime/gated-informer.ts';
import { createInformer, type Informer, type InformerOptions } from './runtime/informer.ts';
import { keptMetadata } from './runtime/kept-metadata.ts';
import type { KubeClient } from './runtime/kube-client.ts';
import type { Log } from './runtime/log.ts';
import { createNamedInformer } from './runtime/named-informer.ts';
import type { Reach } from './runtime/reach.ts';
import {
  type KubeObject,
  NAMESPACES,
  PODS,
  type ResourceType,
  SECRETS,
  SERVICE_ACCOUNTS,
} from './runtime/resource.ts';

/** How many objects of nearly 1 MB each, logo and annotations, one page of a list has. */
const LARGE_OBJECTS = 20;

/** Labels decide over rights: how long a change may go unseen where namespaces cannot be watched (ms). */
const READ_NAMESPACES_EVERY_MS = 30_000;

export interface CachesOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly secretNames: readonly string[];
  /** Undefined is every one. */
  readonly serviceAccountNames: readonly string[] | undefined;
  /** Without it no Pod is read. */
  readonly repairPods: boolean;
  /** `pull-secrets`: the kinds of what is managed in ECR need not be installed, nor readable. */
  readonly controllers: 'all' | 'pull-secrets';
  /** Some namespaces alone, by rights in each of them; absent is the whole cluster. */
  readonly within?: NamespacedCaches | undefined;
}

/** What stands in for rights in the whole cluster. */
export interface NamespacedCaches {
  readonly namespaces: readonly string[];
  readonly registries: Informer<Registry>;
  readonly reach: Reach;
}

type Make = <T>(
  resource: ResourceType,
  project: (object: KubeObject) => T,
  options?: Partial<InformerOptions<T>>,
) => Informer<T>;

/** Every informer of the operator: all that it ever reads of the cluster by watching. */
export function createCaches(options: CachesOptions) {
  const { client, clock, log, secretNames, serviceAccountNames, repairPods, within } = options;
  const base = { client, clock, log };
  const informer: Make = (resource, project, more = {}) => {
    const all = { ...base, resource, project, ...more };
    return within ? createGatedInformer(all, within.namespaces, within.reach) : createInformer(all);
  };
  const managed: Make = options.controllers === 'all' ? informer : absentInformer;
  // Kinds without namespaces, which take rights in the whole cluster.
  const wide: Make = within ? absentInformer : informer;

  return {
    registries: within?.registries ?? informer(REGISTRIES, custom<Registry>),
    repositories: managed(REPOSITORIES, repositoryState),
    repositoryClasses: managed(REPOSITORY_CLASSES, custom<RepositoryClass>),
    pullSecrets: informer(PULL_SECRETS, custom<PullSecret>),
    clusterPullSecrets: wide(CLUSTER_PULL_SECRETS, custom<ClusterPullSecret>),
    pullThroughCacheRules: managed(PULL_THROUGH_CACHE_RULES, custom<PullThroughCacheRule>),
    repositoryCreationTemplates: managed(REPOSITORY_CREATION_TEMPLATES, custom<RepositoryCreationTemplate>),
    publicRepositories: managed(PUBLIC_REPOSITORIES, publicRepositoryState, { pageSize: LARGE_OBJECTS }),
    namespaces: within
      ? createNamedInformer({
          ...base,
          names: within.namespaces,
          everyMs: READ_NAMESPACES_EVERY_MS,
          reach: within.reach,
          project: namespaceState,
        })
      : informer(NAMESPACES, namespaceState, { metadataOnly: true }),
    serviceAccounts: serviceAccountNames
      ? serviceAccountNames.map((name) =>
          informer(SERVICE_ACCOUNTS, serviceAccountState, { fieldSelector: `metadata.name=${name}` }),
        )
      : [informer(SERVICE_ACCOUNTS, serviceAccountState)],
    // By name, one watch each: the operator has no right to see any other Secret.
    secrets: secretNames.map((name) =>
      informer(SECRETS, secretState, { metadataOnly: true, fieldSelector: `metadata.name=${name}` }),
    ),
    // A Pod with a container that still waits for its first image is Pending.
    pods: repairPods ? [informer(PODS, podState, { fieldSelector: 'status.phase=Pending' })] : [],
  };
}

export type Caches = ReturnType<typeof createCaches>;

/** Our own kinds are kept whole, but for metadata that nobody reads and that is half of an object and more. */
function custom<T>(object: KubeObject): T {
  return { ...object, metadata: keptMetadata(object) } as T;
}
