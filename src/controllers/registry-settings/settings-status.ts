import type { Registry, RegistryStatus, RegistryStatusSetting } from '../../api/registry.generated.ts';
import { cutText } from '../../runtime/cut-text.ts';
import type { ConditionState } from '../../runtime/outcome.ts';
import { conditionOf } from '../../runtime/status.ts';
import { declaredSettings, settingsText } from './settings.ts';
import type { SettingState, SettingsResult } from './settings-results.ts';

/** What a Registry says of its registry-wide settings. */
export interface SettingsStatus {
  readonly fields: Pick<RegistryStatus, 'settings' | 'pullTimeUpdateExclusions' | 'replication'>;
  /** None where nothing is declared. */
  readonly conditions: readonly ConditionState[];
  /** Nothing but a change elsewhere mends what is wrong. */
  readonly stalled: boolean;
}

const TYPE = 'SettingsSynced';

/**
 * The part of a Registry's status that speaks of registry-wide settings (pure). Before the first pass of this process
 * over this spec, what was told of it stays.
 */
export function settingsStatus(registry: Registry, result: SettingsResult | undefined): SettingsStatus {
  const { metadata, spec, status } = registry;
  const backfills = (result ?? status)?.replication;
  const replication = backfills ? { replication: backfills } : {};
  if (spec.access === 'PullOnly' || declaredSettings(spec).length === 0)
    return { fields: replication, conditions: [], stalled: false };
  if (!result) return beforeTheFirst(registry);
  const { generation, about, settings, owned } = result;
  const fields = {
    settings: settings.map(toldOf),
    ...(owned.length > 0 ? { pullTimeUpdateExclusions: owned } : {}),
    ...replication,
  };
  if (generation !== metadata.generation && about !== settingsText(spec))
    return { fields, conditions: [PENDING], stalled: false };
  const wrong = settings.filter(({ state }) => state !== 'Synced').sort(byUrgency);
  const stalled = wrong.length > 0 && wrong.every(({ terminal }) => terminal === true);
  return { fields, conditions: [conditionFor(settings, wrong)], stalled };
}

const PENDING: ConditionState = {
  type: TYPE,
  status: 'Unknown',
  reason: 'Pending',
  message: 'the registry-wide settings of this spec are not compared with ECR yet',
};

function beforeTheFirst({ metadata, status }: Registry): SettingsStatus {
  const { settings, pullTimeUpdateExclusions, replication } = status ?? {};
  const fields = {
    ...(settings ? { settings } : {}),
    ...(pullTimeUpdateExclusions ? { pullTimeUpdateExclusions } : {}),
    ...(replication ? { replication } : {}),
  };
  const told = conditionOf(status, TYPE);
  if (!told || told.observedGeneration !== metadata.generation)
    return { fields, conditions: [PENDING], stalled: false };
  const { type, status: is, reason, message } = told;
  const stalled = conditionOf(status, 'Stalled') !== undefined;
  return { fields, conditions: [{ type, status: is, reason, message }], stalled };
}

/** What may mend itself is told first: it is what may still change. */
function byUrgency(a: SettingState, b: SettingState): number {
  return Number(a.terminal ?? false) - Number(b.terminal ?? false);
}

function conditionFor(settings: readonly SettingState[], wrong: readonly SettingState[]): ConditionState {
  const [first] = wrong;
  if (!first) {
    const names = settings.map(({ name }) => name).join(', ');
    return { type: TYPE, status: 'True', reason: 'Synced', message: `ECR holds what is declared: ${names}` };
  }
  const message = wrong.map(({ name, message: words = '' }) => `${name}: ${words}`).join('; ');
  // A request id would be that of one of several.
  const occurrence = wrong.length === 1 ? first.occurrence : undefined;
  return {
    type: TYPE,
    status: 'False',
    reason: first.reason ?? 'Pending',
    message,
    ...(occurrence === undefined ? {} : { occurrence }),
  };
}

const LONGEST_MESSAGE = 1_024;

function toldOf({ name, state, holder, message, lastMended }: SettingState): RegistryStatusSetting {
  return {
    name,
    state,
    ...(holder ? { holder } : {}),
    ...(message === undefined ? {} : { message: cutText(message, LONGEST_MESSAGE) }),
    ...(lastMended === undefined ? {} : { lastMended }),
  };
}
