import { getHeapStatistics } from 'node:v8';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Controller } from './controller.ts';
import type { Informer } from './informer.ts';
import { memoryLimit } from './memory-limit.ts';
import { createQueueMetrics } from './queue-metrics.ts';

export interface MetricsOptions {
  /** The operator's own version, as in package.json. */
  readonly version: string;
  /** The name of the Lease; the series says whether this replica has it. */
  readonly leaseName: string;
  /** The host of the API server, as requests to it are told apart. */
  readonly apiServer: string;
  /** Adds what Node tells of its process; it costs a timer and an observer of garbage collection. */
  readonly ofProcess: boolean;
  /** How much memory the process may have (bytes), if there is a limit; {@link memoryLimit} unless told. */
  readonly limit?: () => number | undefined;
}

type AnyInformer = Pick<Informer<unknown>, 'lister' | 'resource' | 'restarts'>;

/** What `/metrics` shows: a registry of its own, so that two operators in one process do not mix. */
export interface Metrics {
  /** Where the controllers' own metrics are registered. */
  readonly registry: Registry;
  readonly contentType: string;
  /** Says from now on whether this replica leads; until it is called the replica does not. */
  followLeader(isLeading: () => boolean): void;
  isLeader(): boolean;
  /** Follows a controller and its queue from now on. */
  watchController(controller: Controller): void;
  /** Counts what informers hold, and how often their watches began anew. */
  watchInformers(informers: readonly AnyInformer[]): void;
  /** One request to the API server; `code` is `<error>` where no answer came. */
  kubeRequest(method: string, code: number | '<error>'): void;
  /** Called before each scrape: whoever tells of a state computes it then. */
  onScrape(task: () => void): void;
  /** All metrics as Prometheus reads them. */
  text(): Promise<string>;
}

/**
 * The metrics of the runtime, by the names that controller-runtime and client-go have for the same. Bounds of all series
 * are told in docs/spec/metrics.md.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const { version, leaseName, apiServer, ofProcess, limit = memoryLimit } = options;
  const registry = new Registry();
  const registers = [registry];
  if (ofProcess) addProcessMetrics(registry, limit);
  const tasks: (() => void)[] = [];
  const leading = new Gauge({
    name: 'leader_election_master_status',
    help: 'Whether this replica leads: 1, or 0 while it stands by.',
    labelNames: ['name'],
    registers,
  });
  let isLeading = (): boolean => false;
  tasks.push(() => leading.set({ name: leaseName }, isLeading() ? 1 : 0));
  new Gauge({
    name: 'ecr_operator_build_info',
    help: 'Always 1; the label says which version runs.',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the Kubernetes API by status code, method and host.',
    labelNames: ['code', 'method', 'host'],
    registers,
  });
  const queues = createQueueMetrics(registry);
  tasks.push(queues.refresh);

  return {
    registry,
    contentType: registry.contentType,
    followLeader(leads) {
      isLeading = leads;
    },
    isLeader: () => isLeading(),
    watchController: queues.watch,
    watchInformers: (informers) => void tasks.push(informerMetrics(registry, informers)),
    kubeRequest: (method, code) => requests.inc({ code, method, host: apiServer }),
    onScrape: (task) => void tasks.push(task),
    text() {
      for (const task of tasks) task();
      return registry.metrics();
    },
  };
}

/** These are gauges with the names of counters, and tell nothing that others do not. */
const MISNAMED = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_handles',
  'nodejs_active_requests',
];

function addProcessMetrics(registry: Registry, limit: () => number | undefined): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  new Gauge({
    name: 'ecr_operator_memory_limit_bytes',
    help: 'How much memory the container may have, in bytes; absent where there is no limit.',
    registers: [registry],
    collect() {
      const bytes = limit();
      if (bytes === undefined) this.remove();
      else this.set(bytes);
    },
  });
  new Gauge({
    name: 'ecr_operator_heap_limit_bytes',
    help: 'How large the heap may become, in bytes: beyond that Node ends itself. About half of the memory limit.',
    registers: [registry],
  }).set(getHeapStatistics().heap_size_limit);
}

/** Secrets and ServiceAccounts are watched by name, with an informer for each: they are told of together. */
function informerMetrics(registry: Registry, informers: readonly AnyInformer[]): () => void {
  const registers = [registry];
  const objects = new Gauge({
    name: 'ecr_operator_informer_objects',
    help: 'Objects in the caches, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const restarts = new Counter({
    name: 'ecr_operator_watch_restarts_total',
    help: 'How often a list or watch was interrupted and begun anew, by kind.',
    labelNames: ['kind'],
    registers,
  });
  return () => {
    objects.reset();
    restarts.reset();
    for (const { lister, resource, restarts: count } of informers) {
      const labels = { kind: resource.kind };
      objects.inc(labels, lister.size);
      restarts.inc(labels, count?.() ?? 0);
    }
  };
}
