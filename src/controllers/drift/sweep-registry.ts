import type { Registry } from '../../api/registry.generated.ts';
import type { LiveRepository } from '../../ecr/ecr-api.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Next } from '../../runtime/controller.ts';
import type { Key } from '../../runtime/key.ts';
import type { Enqueue } from '../../runtime/sources.ts';
import { placeOf, registriesAt } from '../registry/place.ts';
import type { RegistryAccess } from '../registry-access.ts';
import type { World } from '../world.ts';
import type { DriftChecks } from './drift-checks.ts';
import { driftSchedule, isCompared, nextDriftCheck } from './drift-schedule.ts';
import { declaredNames, subjectsOf, takeSnapshot } from './snapshot.ts';
import type { Sweeps } from './sweeps.ts';

/** Told after each list of a registry which of its repositories no object of this cluster has. */
export type OnUndeclared = (registry: Registry, repositories: readonly LiveRepository[]) => void;

export interface SweepRegistryOptions {
  readonly world: Pick<World, 'registries' | 'repositories'>;
  readonly access: RegistryAccess;
  readonly sweeps: Sweeps;
  readonly checks: DriftChecks;
  /** The schedule of Registries that have none of their own. */
  readonly schedule: string;
  readonly now: Clock['now'];
  readonly onUndeclared?: OnUndeclared | undefined;
  /** Puts a Repository into the sweep's queue. */
  readonly enqueue: Enqueue;
  /** Wakes the Repository controller. */
  readonly wake: Enqueue;
}

const REFRESH = { priority: 'refresh' } as const;

/** After a sweep that AWS did not let come to its end. */
const AGAIN_AFTER_MS = 60_000;

/**
 * One pass over a Registry: begins a sweep where one is due, one at a time. The first is due at once, since nobody knows
 * what was changed while no operator ran.
 */
export function sweepRegistry(options: SweepRegistryOptions): (name: Key) => Promise<Next> {
  const { world, sweeps, checks, now } = options;
  return async (name) => {
    const registry = world.registries.get(name);
    if (!registry || !isCompared(registry)) {
      sweeps.abandon(name);
      checks.delete(name);
      return {};
    }
    // Its end wakes this Registry.
    if (sweeps.isRunning(name)) return {};
    const dueAt = nextDue(options, registry);
    if (dueAt === undefined) return {};
    if (dueAt > now()) return { requeueAfterMs: dueAt - now() };
    await begin(options, registry);
    return {};
  };
}

function nextDue({ checks, schedule, now }: SweepRegistryOptions, registry: Registry): number | undefined {
  const last = checks.get(registry.metadata.name);
  if (!last) return now();
  if (last.failure !== undefined) return last.at + AGAIN_AFTER_MS;
  return nextDriftCheck(driftSchedule(registry, schedule), last.at);
}

async function begin(options: SweepRegistryOptions, registry: Registry): Promise<void> {
  const { world, access, sweeps, onUndeclared } = options;
  const { name } = registry.metadata;
  const { settled, unsettled } = subjectsOf(world.repositories.values(), name);
  const same = registriesAt(world.registries, placeOf(registry));
  const names = declaredNames(world.repositories.values(), same);
  const connection = await access.connect(registry);
  const snapshot = await takeSnapshot(connection.lane('sweep'), names, onUndeclared !== undefined);
  if (snapshot) onUndeclared?.(registry, snapshot.undeclared);
  const keys = [...settled.keys()];
  sweeps.begin(name, snapshot && { ...snapshot, undeclared: [] }, settled);
  for (const key of keys) options.enqueue(key, REFRESH);
  for (const key of unsettled) options.wake(key, REFRESH);
}
