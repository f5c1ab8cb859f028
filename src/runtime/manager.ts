import { type Clock, NEVER, sleep } from './clock.ts';
import type { Controller } from './controller.ts';
import type { EventLoopWatch } from './event-loop.ts';
import type { EventRecorder } from './events.ts';
import { type HealthCheck, healthRoute } from './health.ts';
import { type HttpServer, type ServeOptions, serve } from './http-server.ts';
import type { Informer } from './informer.ts';
import type { LeaderElection } from './leader-election.ts';
import type { Log } from './log.ts';
import { filledAmong, livenessChecks, type Phase, readinessChecks } from './manager-health.ts';
import type { Metrics } from './metrics.ts';

export interface ManagerOptions {
  /** In the direction of the data: they start in this order. */
  readonly controllers: readonly Controller[];
  /** Of different kinds: no more is asked of them than to run. */
  readonly informers: readonly Pick<
    Informer<unknown>,
    'lister' | 'ready' | 'resource' | 'restarts' | 'run' | 'stuck'
  >[];
  /** Told of everything that runs. */
  readonly metrics?: Pick<Metrics, 'watchController' | 'watchInformers'>;
  /** Absent: there is no other replica. */
  readonly election?: LeaderElection | undefined;
  readonly eventLoop: EventLoopWatch;
  /** Where /healthz and /readyz are served. */
  readonly healthAddress?: ServeOptions['address'] | undefined;
  /** What else is asked for readiness. */
  readonly readiness?: readonly HealthCheck[] | undefined;
  /** What else is served, from the start to the end. */
  readonly servers?: readonly Pick<ServeOptions, 'address' | 'routes'>[];
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
  /** How long writes under way may take when stopping (ms). */
  readonly drainMs: number;
  /** How long the caches may take to fill; what takes longer has no right to, or is not installed. In ms. */
  readonly fillMs: number;
  /** Closes connections, last of all. */
  readonly close: () => Promise<void>;
}

/** Everything that runs, started in order and stopped in reverse. */
export interface Manager {
  /**
   * Resolves when all caches are filled, this replica leads and all controllers work; earlier when `stop` is called
   * meanwhile. A standby waits here, with caches that follow the cluster and nothing else. Rejects with the kinds that
   * could not be read in time: an operator that waits for ever looks like one that works.
   */
  start(): Promise<void>;
  /** Finishes what is under way, within the deadline, and lets go of leadership; false if something had to be left. */
  stop(): Promise<boolean>;
}

/** A {@link Manager} at rest. */
export function createManager(options: ManagerOptions): Manager {
  const { informers, controllers, election, eventLoop, clock, log } = options;
  const stopping = new AbortController();
  const aborted = new Promise((resolve) =>
    stopping.signal.addEventListener('abort', resolve, { once: true }),
  );
  const isFilled = filledAmong(informers);
  let phase: Phase = 'filling';
  let running: Promise<unknown> = Promise.resolve();
  let electing: Promise<unknown> = Promise.resolve();
  const open: HttpServer[] = [];
  options.metrics?.watchInformers(informers);
  for (const controller of controllers) options.metrics?.watchController(controller);

  async function openServers(): Promise<void> {
    const { healthAddress, servers = [], readiness = [] } = options;
    const watched = { informers, controllers, eventLoop, election };
    const health = {
      '/healthz': healthRoute('healthz', livenessChecks(watched)),
      '/readyz': healthRoute('readyz', [...readinessChecks(watched, isFilled, () => phase), ...readiness]),
    };
    const all = healthAddress ? [...servers, { address: healthAddress, routes: health }] : servers;
    for (const one of all) open.push(await serve({ ...one, log }));
  }

  async function fill(): Promise<void> {
    running = Promise.all([eventLoop, ...informers].map((one) => one.run(stopping.signal)));
    const late = sleep(clock, options.fillMs, stopping.signal);
    await Promise.race([Promise.all(informers.map((informer) => informer.ready)), aborted, late]);
    if (stopping.signal.aborted) return;
    const missing = informers
      .filter((informer) => !isFilled(informer))
      .map(({ resource }) => resource.plural);
    if (missing.length > 0)
      throw new Error(`cannot read ${missing.join(', ')}: is it installed, and may we?`);
  }

  async function compete({ run, won }: LeaderElection): Promise<void> {
    phase = 'standing by';
    electing = run(stopping.signal);
    await Promise.race([won, aborted]);
  }

  /** Sources only now: on a standby, keys of what is long gone would pile up in queues that nobody empties. */
  async function work(): Promise<void> {
    for (const controller of controllers) controller.connect(stopping.signal);
    for (const controller of controllers) {
      controller.start();
      // What one can settle without waiting for anybody is settled before those begin that build on it.
      await new Promise(setImmediate);
    }
    if (isStopping()) return;
    phase = 'working';
    log.info({ controllers: controllers.map(({ name }) => name) }, 'started');
  }

  function isStopping(): boolean {
    return phase === 'stopping';
  }

  return {
    async start() {
      await openServers();
      await fill();
      if (isStopping()) return;
      if (election) await compete(election);
      if (!isStopping()) await work();
    },
    async stop() {
      phase = 'stopping';
      log.info({}, 'stopping');
      const drained = await Promise.all(
        [...controllers].reverse().map((controller) => controller.stop(options.drainMs)),
      );
      await Promise.race([options.events.flush(), sleep(clock, options.drainMs, NEVER)]);
      await election?.release();
      stopping.abort();
      await Promise.all([running, electing]);
      await Promise.all(open.map((server) => server.close()));
      await options.close();
      const clean = drained.every(Boolean);
      log.info({ clean }, 'stopped');
      return clean;
    },
  };
}
