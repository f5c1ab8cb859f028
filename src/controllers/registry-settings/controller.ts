import { REGISTRIES } from '../../api/names.ts';
import type { Registry } from '../../api/registry.generated.ts';
import { type Controller, createController } from '../../runtime/controller.ts';
import { changedByPeople, type Predicate } from '../../runtime/predicates.ts';
import { mappedWatchSource, watchSource } from '../../runtime/sources.ts';
import { createContests } from '../contests.ts';
import type { Parts } from '../parts.ts';
import { placeNamed, placeOf, registriesAt } from '../registry/place.ts';
import { reconcileSettings } from './reconcile-settings.ts';
import { isCutOff } from './settings-holder.ts';
import { FREE_MENDS } from './settle-setting.ts';

/**
 * Keeps what a registry has once as its Registry declares it: replication, scanning, policy, account settings, signing
 * and pull-time update exclusions.
 */
export function registrySettingsController(parts: Parts): Controller {
  const { caches, world, access, clock, log, events, drift, registrySettings: results } = parts;
  return createController({
    name: 'registry-settings',
    sources: [
      watchSource(caches.registries, changedByPeople),
      mappedWatchSource(caches.registries, (_, now, before) => others(now, before)),
      drift.answered.source,
    ],
    reconcile: reconcileSettings({
      registries: world.registries,
      access,
      results,
      contests: createContests(clock, FREE_MENDS),
      now: clock.now,
      record: (registry, happening) => events.record(REGISTRIES, registry, happening),
    }),
    // One at a time for each account and region: of two Registries one has a setting.
    workers: 1,
    groupOf: (name) => placeNamed(world.registries, name) ?? '',
    clock,
    log,
  });

  /** Those of the same account and region may have won or lost a setting. */
  function others(now: Registry | undefined, before: Registry | undefined): string[] {
    const changed = now ?? before;
    if (!changed || !mattersToOthers(now, before)) return [];
    const names = registriesAt(world.registries, placeOf(changed));
    return [...names].filter((name) => name !== changed.metadata.name);
  }
}

/** What decides over who has a setting: what people declare, and whether AWS lets that one in. */
const mattersToOthers: Predicate<Registry> = (now, before) =>
  changedByPeople(now, before) || (!!now && !!before && isCutOff(now) !== isCutOff(before));
