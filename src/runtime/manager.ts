import { type Clock, sleep } from './clock.ts';
import type { Controller } from './controller.ts';
import type { EventRecorder } from './events.ts';
import type { Informer } from './informer.ts';
import type { Log } from './log.ts';

export interface ManagerOptions {
  /** In the direction of the data: they start in this order. */
  readonly controllers: readonly Controller[];
  /** Of different kinds: no more is asked of them than to run. */
  readonly informers: readonly Pick<Informer<unknown>, 'ready' | 'resource' | 'run'>[];
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
   * Resolves when all caches are filled and all controllers work; earlier when `stop` is called meanwhile. Rejects with
   * the kinds that could not be read in time: an operator that waits for ever looks like one that works.
   */
  start(): Promise<void>;
  /** Finishes what is under way, within the deadline; false if something had to be left. */
  stop(): Promise<boolean>;
}

/** A {@link Manager} at rest. */
export function createManager(options: ManagerOptions): Manager {
  const { informers, controllers, clock, log } = options;
  const stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();

  return {
    async start() {
      for (const controller of controllers) controller.connect(stopping.signal);
      running = Promise.all(informers.map((informer) => informer.run(stopping.signal)));
      const aborted = new Promise((resolve) =>
        stopping.signal.addEventListener('abort', resolve, { once: true }),
      );
      const late = sleep(clock, options.fillMs, stopping.signal);
      await Promise.race([Promise.all(informers.map((informer) => informer.ready)), aborted, late]);
      if (stopping.signal.aborted) return;
      const missing = await unfilled(informers);
      if (missing.length > 0)
        throw new Error(`cannot read ${missing.join(', ')}: is it installed, and may we?`);
      for (const controller of controllers) {
        controller.start();
        // What one can settle without waiting for anybody is settled before those begin that build on it.
        await new Promise(setImmediate);
      }
      log.info({ controllers: controllers.map(({ name }) => name) }, 'started');
    },
    async stop() {
      log.info({}, 'stopping');
      const drained = await Promise.all(
        [...controllers].reverse().map((controller) => controller.stop(options.drainMs)),
      );
      await Promise.race([
        options.events.flush(),
        sleep(clock, options.drainMs, new AbortController().signal),
      ]);
      stopping.abort();
      await running;
      await options.close();
      const clean = drained.every(Boolean);
      log.info({ clean }, 'stopped');
      return clean;
    },
  };
}

/** What an informer reads, as far as it is not there yet. */
async function unfilled(informers: ManagerOptions['informers']): Promise<string[]> {
  const pending = Symbol('pending');
  const states = await Promise.all(
    informers.map(async ({ ready, resource }) => {
      const state = await Promise.race([ready, Promise.resolve(pending)]);
      return state === pending ? resource.plural : '';
    }),
  );
  return states.filter(Boolean);
}
