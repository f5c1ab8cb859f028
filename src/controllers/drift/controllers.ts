import { type Controller, createController } from '../../runtime/controller.ts';
import { changedByPeople } from '../../runtime/predicates.ts';
import { createTrigger, watchSource } from '../../runtime/sources.ts';
import type { Parts } from '../parts.ts';
import { placeOf } from '../registry/place.ts';
import { byRegistry } from '../registry-groups.ts';
import { compare, declarationOf } from '../repository/declaration.ts';
import { compareRepository } from './compare-repository.ts';
import { sweepRegistry } from './sweep-registry.ts';
import { createSweeps } from './sweeps.ts';

/** Of each Registry. They wait for their turn in the budget, which is what limits a sweep. */
const COMPARISONS = 4;

/**
 * Drift sweeps: on schedule a Registry is listed once, and its Repositories are compared with that, in a queue and in a
 * lane of calls of their own, so that a user's change never waits for them. They write nothing.
 */
export function driftControllers(parts: Parts): readonly Controller[] {
  const { caches, world, access, clock, log, config, undeclared, drift: checks } = parts;
  const again = createTrigger();
  const toCompare = createTrigger();
  const sweeps = createSweeps(({ registry, snapshot }, failure) => {
    const total = snapshot?.total ?? checks.get(registry)?.total;
    checks.set(registry, {
      at: clock.now(),
      ...(total === undefined ? {} : { total }),
      ...(failure === undefined ? {} : { failure }),
    });
    again.fire(registry, { priority: 'refresh' });
  });
  const registries = createController({
    name: 'drift',
    sources: [watchSource(caches.registries, changedByPeople), again.source],
    reconcile: sweepRegistry({
      world,
      access,
      sweeps,
      checks,
      schedule: config.driftSchedule,
      now: clock.now,
      onUndeclared: (registry, repositories) => {
        undeclared.store.see(placeOf(registry), repositories);
        undeclared.seen.fire(placeOf(registry));
      },
      enqueue: toCompare.fire,
      wake: checks.found.fire,
    }),
    workers: 1,
    // A list that AWS throttles keeps no other Registry waiting.
    groupOf: (name) => (world.registries.get(name) ? name : ''),
    clock,
    log,
  });
  const repositories = createController({
    name: 'drift-repository',
    sources: [toCompare.source],
    reconcile: compareRepository({
      repositories: world.repositories,
      access,
      sweeps,
      compare: async (repository, ecr, listed) =>
        (await compare(declarationOf(repository, parts), ecr, listed)).actions,
      wake: checks.found.fire,
    }),
    workers: COMPARISONS,
    groupOf: byRegistry(world),
    clock,
    log,
  });
  return [registries, repositories];
}
