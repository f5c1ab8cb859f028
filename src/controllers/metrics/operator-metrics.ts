import type { Metrics } from '../../runtime/metrics.ts';
import { customKinds, type Parts } from '../parts.ts';
import type { SecretState } from '../pull-secret/secret-state.ts';
import { createEventCounters, type EventCounters } from './event-counters.ts';
import { createStateMetrics } from './state-metrics.ts';

/** Everything that the operator counts and tells beside the runtime. */
export interface OperatorMetrics extends EventCounters {
  /** Begins to tell how things stand. */
  tell(parts: Pick<Parts, 'world' | 'caches' | 'drift' | 'clock'> & DriftConfig): void;
}

interface DriftConfig {
  readonly config: Pick<Parts['config'], 'driftSchedule'>;
}

/** Registers all of it in `metrics`, whose own `text` shows it. */
export function createOperatorMetrics(metrics: Metrics): OperatorMetrics {
  const counters = createEventCounters(metrics.registry);
  return {
    ...counters,
    tell({ world, caches, drift, clock, config: { driftSchedule } }) {
      const refresh = createStateMetrics(
        metrics.registry,
        {
          world,
          secrets: () => secretsOf(caches),
          kinds: customKinds(caches),
          drift,
          driftSchedule,
          now: clock.now,
        },
        metrics.isLeader,
      );
      metrics.onScrape(refresh);
      caches.registries.listen((name, now) => {
        if (!now) counters.forgetRegistry(name);
        counters.retainPlaces([...world.registries.values()].map(({ spec }) => spec));
      });
    },
  };
}

function* secretsOf({ secrets }: Parts['caches']): Generator<SecretState> {
  for (const { lister } of secrets) yield* lister.values();
}
