import { Gauge, type Registry as MetricRegistry } from 'prom-client';
import type { Clock } from '../../runtime/clock.ts';
import type { DriftChecks } from '../drift/drift-checks.ts';
import type { PullWorld } from '../pull-secret/pull-world.ts';
import type { SecretState } from '../pull-secret/secret-state.ts';
import { NO_REGISTRY } from './event-counters.ts';
import { type ImageRow, imageRows } from './image-rows.ts';
import { type ObjectRow, type ObjectsOfKind, objectRows } from './object-rows.ts';
import { PULL_SECRET_FAMILIES } from './pull-secret-families.ts';
import { REGISTRY_FAMILIES } from './registry-families.ts';
import { failingTokens, type TokenRow, tokenRows } from './token-rows.ts';

/** Where the state of everything is read from: caches and memory, never AWS. */
export interface StateSource {
  readonly world: PullWorld;
  readonly secrets: () => Iterable<SecretState>;
  /** The kinds whose objects are counted. */
  readonly kinds: readonly ObjectsOfKind[];
  readonly drift: Pick<DriftChecks, 'get'>;
  /** Of Registries that have none of their own. */
  readonly driftSchedule: string;
  readonly now: Clock['now'];
}

/** What one scrape tells of, read once for all families. */
export interface State {
  readonly world: PullWorld;
  readonly drift: StateSource['drift'];
  readonly driftSchedule: string;
  /** Ms since the epoch. */
  readonly now: number;
  readonly tokens: readonly TokenRow[];
  readonly failing: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly objects: readonly ObjectRow[];
  readonly images: readonly ImageRow[];
}

export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A gauge that is computed anew at each scrape, so that what is gone leaves no series behind. */
export interface StateFamily {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (state: State) => Iterable<Sample>;
}

/**
 * Registers the gauges that tell how things stand, and gives what brings them up to date: to be called before a scrape.
 * Only the leader tells: while `isLeader` says no there is no series, or every sum over replicas would count twice.
 */
export function createStateMetrics(
  registry: MetricRegistry,
  source: StateSource,
  isLeader: () => boolean,
): () => void {
  const families = [...REGISTRY_FAMILIES, ...PULL_SECRET_FAMILIES].map(({ name, help, labels, samples }) => ({
    gauge: new Gauge({ name, help, labelNames: [...labels], registers: [registry] }),
    samples,
  }));
  return () => {
    for (const { gauge } of families) gauge.reset();
    if (!isLeader()) return;
    const state = stateOf(source);
    for (const { gauge, samples } of families) {
      for (const [labels, value] of samples(state)) gauge.set({ ...labels }, value);
    }
  };
}

function stateOf({ world, secrets, kinds, drift, driftSchedule, now }: StateSource): State {
  const registryName = (name: string): string => (world.registries.get(name) ? name : NO_REGISTRY);
  return {
    world,
    drift,
    driftSchedule,
    now: now(),
    tokens: tokenRows({ world, secrets: secrets(), registryName }),
    failing: failingTokens(world, registryName),
    objects: objectRows(kinds),
    images: imageRows(world.repositories.values(), registryName),
  };
}
