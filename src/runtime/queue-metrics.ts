import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Controller, PassResult } from './controller.ts';
import type { Key } from './key.ts';

/** The metrics of controllers and their work queues. */
export interface QueueMetrics {
  watch(controller: Controller): void;
  /** Brings those up to date that tell how things stand. */
  refresh(): void;
}

/** From a millisecond, which a look into caches takes, to the seconds that AWS may take. In seconds. */
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.25, 1, 2.5, 10, 30, 120];

const RESULTS = ['success', 'requeue_after', 'error'] as const satisfies readonly PassResult[];

/** What is measured of one controller: nobody but a scrape reads it. */
interface Watched {
  readonly controller: Controller;
  /** When each key began to wait, and when each pass began: in ms of `now`. */
  readonly waiting: Map<Key, number>;
  readonly working: Map<Key, number>;
}

/**
 * Controllers by the names of controller-runtime, queues by those of client-go. `now` is a monotonic time in ms: how long
 * a pass takes is real time, whatever the operator's clock is.
 */
export function createQueueMetrics(
  registry: Registry,
  now: () => number = () => performance.now(),
): QueueMetrics {
  const families = familiesIn(registry);
  const all: Watched[] = [];
  return {
    watch(controller) {
      const watched = { controller, waiting: new Map<Key, number>(), working: new Map<Key, number>() };
      all.push(watched);
      follow(families, watched, now);
    },
    refresh() {
      for (const watched of all) show(families, watched, now());
    },
  };
}

type Families = ReturnType<typeof familiesIn>;

/** Counters are kept as numbers bound to their labels: an event costs less than a microsecond. */
function follow(families: Families, { controller, waiting, working }: Watched, now: () => number): void {
  const { name } = controller;
  const ofController = { controller: name };
  for (const result of RESULTS) families.passes.inc({ ...ofController, result }, 0);
  const counters = [families.errors, families.terminal].map((family) => family.labels(ofController));
  const [errors, terminal] = counters;
  for (const counter of counters) counter.inc(0);
  const passes = new Map(
    RESULTS.map((result) => [result, families.passes.labels({ ...ofController, result })]),
  );
  families.times.zero(ofController);
  // An alert goes by the rate: that of a queue which was never worked on is none unless it began at 0.
  for (const family of [families.waits, families.works]) family.zero({ name });
  const times = families.times.labels(ofController);
  const [adds, retries] = [families.adds.labels({ name }), families.retries.labels({ name })];
  for (const counter of [adds, retries]) counter.inc(0);
  const [waits, works] = [families.waits.labels({ name }), families.works.labels({ name })];
  controller.observe({
    added(key) {
      adds.inc();
      if (!waiting.has(key)) waiting.set(key, now());
    },
    taken(key) {
      const at = now();
      waits.observe((at - (waiting.get(key) ?? at)) / 1_000);
      waiting.delete(key);
      working.set(key, at);
    },
    done(key) {
      const at = now();
      works.observe((at - (working.get(key) ?? at)) / 1_000);
      working.delete(key);
    },
    retried: () => retries.inc(),
    passed(key, result, isTerminal) {
      const at = now();
      times.observe((at - (working.get(key) ?? at)) / 1_000);
      passes.get(result)?.inc();
      if (result === 'error') errors?.inc();
      if (isTerminal) terminal?.inc();
    },
  });
}

function show(families: Families, { controller, working }: Watched, now: number): void {
  const { name } = controller;
  const seconds = [...working.values()].map((since) => (now - since) / 1_000);
  families.active.set({ controller: name }, working.size);
  families.most.set({ controller: name }, controller.workers());
  families.depth.set({ name }, controller.queue.length);
  families.unfinished.set(
    { name },
    seconds.reduce((sum, one) => sum + one, 0),
  );
  families.longest.set(
    { name },
    seconds.reduce((most, one) => Math.max(most, one), 0),
  );
}

function familiesIn(registry: Registry) {
  const registers = [registry];
  const gauge = <Label extends string>(name: string, help: string, label: Label) =>
    new Gauge({ name, help, labelNames: [label], registers });
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const seconds = <Label extends string>(name: string, help: string, label: Label) =>
    new Histogram({ name, help, labelNames: [label], buckets: BUCKETS, registers });
  return {
    passes: counter(
      'controller_runtime_reconcile_total',
      'Passes of each controller by what came of them.',
      'controller',
      'result',
    ),
    errors: counter(
      'controller_runtime_reconcile_errors_total',
      'Passes of each controller that failed.',
      'controller',
    ),
    terminal: counter(
      'controller_runtime_terminal_reconcile_errors_total',
      'Passes that failed and that no retry mends: somebody has to change something.',
      'controller',
    ),
    times: seconds('controller_runtime_reconcile_time_seconds', 'How long a pass took.', 'controller'),
    active: gauge(
      'controller_runtime_active_workers',
      'Workers of each controller that are busy.',
      'controller',
    ),
    most: gauge(
      'controller_runtime_max_concurrent_reconciles',
      'Workers that each controller has.',
      'controller',
    ),
    depth: gauge('workqueue_depth', 'Keys that wait, delayed ones excepted.', 'name'),
    adds: counter('workqueue_adds_total', 'Keys that came to wait.', 'name'),
    retries: counter('workqueue_retries_total', 'Keys that were put back after a failure.', 'name'),
    waits: seconds('workqueue_queue_duration_seconds', 'How long a key waited for a worker.', 'name'),
    works: seconds('workqueue_work_duration_seconds', 'How long a key was worked on.', 'name'),
    unfinished: gauge(
      'workqueue_unfinished_work_seconds',
      'Seconds that the passes under way have taken so far, all together.',
      'name',
    ),
    longest: gauge(
      'workqueue_longest_running_processor_seconds',
      'Seconds that the oldest pass under way has taken so far.',
      'name',
    ),
  };
}
