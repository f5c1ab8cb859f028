import type { Registry } from '../../api/registry.generated.ts';
import type { RegistrySettingsApi } from '../../ecr/registry-settings-api.ts';
import type { Next } from '../../runtime/controller.ts';
import type { Key } from '../../runtime/key.ts';
import { type Happening, retryOf } from '../../runtime/outcome.ts';
import { conditionOf } from '../../runtime/status.ts';
import type { Lister } from '../../runtime/store.ts';
import type { Contests } from '../contests.ts';
import { worstOf } from '../external-resource.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { concernsBackfill } from './backfill-requests.ts';
import { followBackfills } from './follow-backfills.ts';
import { declaredSettings, settingsText } from './settings.ts';
import { newlyWrong } from './settings-events.ts';
import { settingHolder } from './settings-holder.ts';
import type { SettingState, SettingsResult, SettingsResults } from './settings-results.ts';
import { settingsStatus } from './settings-status.ts';
import { type Settled, settleSetting } from './settle-setting.ts';

export interface ReconcileSettingsOptions {
  readonly registries: Lister<Registry>;
  readonly access: Pick<RegistryAccess, 'connect'>;
  readonly results: SettingsResults;
  readonly contests: Contests;
  readonly now: () => number;
  /** Tells people of what happened. */
  readonly record: (registry: Registry, happening: Happening) => void;
}

/**
 * One pass over the registry-wide settings of a Registry: compares what is declared with ECR, puts it right, and keeps
 * what came of it for the Registry's own controller to tell. Passes over Registries of one account and region must not
 * run at the same time.
 */
export function reconcileSettings(options: ReconcileSettingsOptions): (name: Key) => Promise<Next> {
  const { registries, access, results } = options;
  return async (name) => {
    const registry = registries.get(name);
    if (!registry) {
      results.delete(name);
      options.contests.forget(name);
      return {};
    }
    const before = results.of(registry) ?? toldBefore(registry);
    if (!isOurs(registry, before)) {
      letGo(registry, options);
      return {};
    }
    if (registry.spec.suspend) {
      keepDeclared(registry, results);
      return {};
    }
    const way = await access.connect(registry).catch((error: unknown) => ({ retry: retryOf(error) }));
    return 'retry' in way ? way : pass(registry, before, way.settings, options);
  };
}

/** Of one that is being deleted the settings stay as they are. */
function isOurs(registry: Registry, { replication }: SettingsResult): boolean {
  const { metadata, spec } = registry;
  if (metadata.deletionTimestamp || spec.access === 'PullOnly') return false;
  return declaredSettings(spec).length > 0 || concernsBackfill(registry, replication);
}

/** That it has none is known at once: what its status says of before would be taken for true. */
function letGo(registry: Registry, { results, contests }: ReconcileSettingsOptions): void {
  const { metadata, spec, status } = registry;
  const { name, uid, generation = 0 } = metadata;
  contests.forget(name);
  results.set(name, { uid, generation, about: settingsText(spec), settings: [], owned: [] });
  if (status?.settings || status?.replication) results.changed.fire(name, { priority: 'refresh' });
}

/** What is declared no more is let go of, also by one that is suspended. */
function keepDeclared(registry: Registry, results: SettingsResults): void {
  const found = results.of(registry);
  if (!found) return;
  const declared = new Set(declaredSettings(registry.spec).map(({ name }) => name));
  const settings = found.settings.filter(({ name }) => declared.has(name));
  results.set(registry.metadata.name, { ...found, settings });
}

async function pass(
  registry: Registry,
  before: SettingsResult,
  api: RegistrySettingsApi,
  options: ReconcileSettingsOptions,
): Promise<Next> {
  const { results, record } = options;
  const { name } = registry.metadata;
  const { settled, result: compared } = await settleAll(registry, before, api, options);
  const { result, happenings, againMs, failure } = await followBackfills(registry, compared, api);
  results.set(name, result);
  results.changed.fire(name, { priority: 'refresh' });
  const { conditions } = settingsStatus(registry, result);
  const all = [
    ...settled.flatMap(({ happening }) => happening ?? []),
    ...newlyWrong(registry, before.settings, result.settings, conditions[0]?.reason),
    ...happenings,
  ];
  for (const one of all) record(registry, one);
  return nextOf([...settled, { againMs, failure }]);
}

interface Compared {
  readonly settled: readonly Settled[];
  readonly result: SettingsResult;
}

async function settleAll(
  registry: Registry,
  before: SettingsResult,
  api: RegistrySettingsApi,
  { registries, results, contests, now }: ReconcileSettingsOptions,
): Promise<Compared> {
  const settled: Settled[] = [];
  for (const setting of declaredSettings(registry.spec)) {
    const holder = settingHolder(setting, registry, registries.values(), results);
    const previous = before.settings.find(({ name }) => name === setting.name);
    const { owned } = before;
    settled.push(await settleSetting(setting, { registry, api, holder, owned, previous, contests, now }));
  }
  const { uid, generation = 0 } = registry.metadata;
  const settings = settled.map(({ state }) => state);
  const owned = ownedAfter(registry, before.owned, settings);
  const about = settingsText(registry.spec);
  return { settled, result: { ...before, uid, generation, about, settings, owned } };
}

/** What is known from the status alone, after a restart. */
function toldBefore({ metadata, spec, status }: Registry): SettingsResult {
  const { uid, generation = 0 } = metadata;
  const isOfThisSpec = conditionOf(status, 'SettingsSynced')?.observedGeneration === generation;
  const declarations = new Map(declaredSettings(spec).map((one) => [one.name, one.declaration(spec)]));
  const settings = (status?.settings ?? []).map(({ name, state, holder, lastMended }): SettingState => {
    const held = isOfThisSpec && HELD.has(state) ? declarations.get(name) : undefined;
    return {
      name,
      state,
      ...(held === undefined ? {} : { held }),
      ...(holder ? { holder } : {}),
      ...(lastMended === undefined ? {} : { lastMended }),
    };
  });
  const { pullTimeUpdateExclusions: owned = [], replication } = status ?? {};
  const about = settingsText(spec);
  return { uid, generation, about, settings, owned, ...(replication ? { replication } : {}) };
}

const HELD: ReadonlySet<SettingState['state']> = new Set(['Synced', 'Contested']);

/**
 * Exclusions that could not be taken away stay ours; those of a setting that is another's are not, nor those that one
 * that only observes found.
 */
function ownedAfter(
  { spec: { pullTimeUpdateExclusions: declared, mode } }: Registry,
  owned: readonly string[],
  settings: readonly SettingState[],
): readonly string[] {
  const state = settings.find(({ name }) => name === 'pullTimeUpdateExclusions')?.state;
  if (declared === undefined || state === 'Conflict') return [];
  if (mode === 'Observe') return owned;
  const all = state === 'Failed' ? [...declared, ...owned] : declared;
  return [...new Set(all)].slice(0, MOST_OWNED).sort();
}

const MOST_OWNED = 200;

interface Ending {
  readonly failure?: unknown;
  readonly againMs?: number | undefined;
}

/** The soonest that any of them asks for. */
function nextOf(parts: readonly Ending[]): Next {
  const failures = parts.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  const retry = failures.length > 0 ? retryOf(worstOf(failures)) : undefined;
  const times = parts.flatMap(({ againMs }) => againMs ?? []);
  if (retry?.kind === 'after') times.push(retry.ms);
  return {
    ...(retry?.kind === 'backoff' ? { retry } : {}),
    ...(times.length > 0 ? { requeueAfterMs: Math.min(...times) } : {}),
  };
}
