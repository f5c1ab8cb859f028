import type { ClusterPullSecret } from '../api/cluster-pull-secret.generated.ts';
import type { PullSecret } from '../api/pull-secret.generated.ts';
import type { PullThroughCacheRule } from '../api/pull-through-cache-rule.generated.ts';
import type { Registry } from '../api/registry.generated.ts';
import type { Repository } from '../api/repository.generated.ts';
import type { RepositoryClass } from '../api/repository-class.generated.ts';
import type { RepositoryCreationTemplate } from '../api/repository-creation-template.generated.ts';
import type { Labels } from '../runtime/label-selector.ts';
import type { KubeObject } from '../runtime/resource.ts';
import type { Lister } from '../runtime/store.ts';
import type { PublicRepositoryState } from './public-repository/public-repository-state.ts';

/** What reconcilers read of a Namespace. */
export interface NamespaceState {
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  readonly terminating: boolean;
}

/** Keeps a Namespace's name, labels and whether it is going. */
export function namespaceState({ metadata }: KubeObject): NamespaceState {
  const { name, uid, labels = {}, deletionTimestamp } = metadata;
  return { name, uid, labels, terminating: deletionTimestamp !== undefined };
}

/** The caches of our own kinds and of namespaces. */
export interface World {
  readonly registries: Lister<Registry>;
  readonly repositories: Lister<Repository>;
  /** Whether a Repository has this name in ECR, or is about to; `place` is an account and region, see `placeOf`. */
  declares(place: string, name: string): boolean;
  readonly repositoryClasses: Lister<RepositoryClass>;
  readonly pullSecrets: Lister<PullSecret>;
  pullSecretsIn(namespace: string): Iterable<PullSecret>;
  readonly clusterPullSecrets: Lister<ClusterPullSecret>;
  readonly pullThroughCacheRules: Lister<PullThroughCacheRule>;
  readonly repositoryCreationTemplates: Lister<RepositoryCreationTemplate>;
  readonly publicRepositories: Lister<PublicRepositoryState>;
  readonly namespaces: Lister<NamespaceState>;
}
