import {
  CLUSTER_PULL_SECRETS,
  PUBLIC_REPOSITORIES,
  PULL_SECRETS,
  PULL_THROUGH_CACHE_RULES,
  REGISTRIES,
  REPOSITORIES,
  REPOSITORY_CLASSES,
  REPOSITORY_CREATION_TEMPLATES,
} from '../../../../src/api/names.ts';
import { createDriftChecks, type DriftChecks } from '../../../../src/controllers/drift/drift-checks.ts';
import {
  createOperatorMetrics,
  type OperatorMetrics,
} from '../../../../src/controllers/metrics/operator-metrics.ts';
import type { Parts } from '../../../../src/controllers/parts.ts';
import type { PullWorld } from '../../../../src/controllers/pull-secret/pull-world.ts';
import type { SecretState } from '../../../../src/controllers/pull-secret/secret-state.ts';
import { keyOf } from '../../../../src/runtime/key.ts';
import { createMetrics, type Metrics } from '../../../../src/runtime/metrics.ts';
import { NOW, stored, type Things, worldOf } from '../objects.ts';

export interface Shown {
  readonly metrics: Metrics;
  readonly counters: OperatorMetrics;
  readonly world: PullWorld;
  readonly drift: DriftChecks;
  /** Moves the operator's clock. */
  advance(ms: number): void;
  /** As if the watch had told that a Registry is gone. */
  removeRegistry(name: string): void;
}

/** The metrics of an operator that leads and has these in its caches. */
export function shownOf(things: Things = {}, ofProcess = false): Shown {
  const metrics = createMetrics({ version: '1.2.3', leaseName: 'lease', apiServer: 'api:6443', ofProcess });
  metrics.followLeader(() => true);
  const counters = createOperatorMetrics(metrics);
  const world = worldOf(things);
  const drift = createDriftChecks();
  const secrets = stored<SecretState>(things.secrets, keyOf);
  let now = NOW;
  const caches = {
    registries: informer(REGISTRIES, world.registries),
    repositories: informer(REPOSITORIES, world.repositories),
    repositoryClasses: informer(REPOSITORY_CLASSES, world.repositoryClasses),
    pullSecrets: informer(PULL_SECRETS, world.pullSecrets),
    clusterPullSecrets: informer(CLUSTER_PULL_SECRETS, world.clusterPullSecrets),
    pullThroughCacheRules: informer(PULL_THROUGH_CACHE_RULES, world.pullThroughCacheRules),
    repositoryCreationTemplates: informer(REPOSITORY_CREATION_TEMPLATES, world.repositoryCreationTemplates),
    publicRepositories: informer(PUBLIC_REPOSITORIES, world.publicRepositories),
    secrets: [{ lister: secrets }],
  } as unknown as Parts['caches'];
  const clock = { now: () => now, after: () => ({ cancel: () => undefined }) };
  counters.tell({ world, caches, drift, clock, config: { driftSchedule: '*/30 * * * *' } });
  return {
    metrics,
    counters,
    world,
    drift,
    advance: (ms) => {
      now += ms;
    },
    removeRegistry: (name) => (world.registries as ReturnType<typeof stored>).remove(name),
  };
}

function informer(resource: object, lister: unknown): object {
  const store = lister as ReturnType<typeof stored>;
  return { resource, lister: store, listen: store.listen.bind(store), restarts: () => 0 };
}

/** The samples of one metric as `labels value`, by what its labels say, in order. */
export async function samplesOf({ metrics }: Pick<Shown, 'metrics'>, name: string): Promise<string[]> {
  const lines = (await metrics.text()).split('\n').filter((line) => line.split(/[{ ]/)[0] === name);
  return lines.map((line) => line.slice(name.length).trim()).sort();
}
