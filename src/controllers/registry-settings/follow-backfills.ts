import type { Registry, RegistryStatusReplication } from '../../api/registry.generated.ts';
import type { RegistrySettingsApi } from '../../ecr/registry-settings-api.ts';
import type { Happening } from '../../runtime/outcome.ts';
import { BACKFILL_POLL_MS, stepBackfills } from './backfill.ts';
import { concernsBackfill, refuseBackfill, wantsBackfill } from './backfill-requests.ts';
import type { SettingState, SettingsResult } from './settings-results.ts';

/** A pass over the settings, with what became of backfills. */
export interface WithBackfills {
  readonly result: SettingsResult;
  readonly happenings: readonly Happening[];
  /** When to look at them again (ms). */
  readonly againMs?: number;
  readonly failure?: unknown;
}

/** Does the next step of the backfills of a Registry, after its settings were compared. Never throws. */
export async function followBackfills(
  registry: Registry,
  result: SettingsResult,
  api: RegistrySettingsApi,
): Promise<WithBackfills> {
  const { replication: before = {}, ...rest } = result;
  const state = rest.settings.find(({ name }) => name === 'replication')?.state;
  if (state === undefined && !concernsBackfill(registry, before)) return { result: rest, happenings: [] };
  const why = refusalOf(registry, state);
  const refused = why === undefined ? undefined : refuseBackfill(registry, before, why);
  const { replication, happenings } = refused ?? { replication: before, happenings: [] };
  const known = state === undefined ? withoutWaiting(replication) : replication;
  const withThem = (after: RegistryStatusReplication): SettingsResult =>
    Object.keys(after).length === 0 ? rest : { ...rest, replication: after };
  const waits = state === 'Failed' || state === 'Contested';
  if (waits || !wantsBackfill(registry, known)) return { result: withThem(known), happenings };
  try {
    const mayWrite = registry.spec.mode !== 'Observe' && state !== 'Conflict';
    const step = await stepBackfills(registry, known, { api, mayWrite });
    return {
      result: withThem(step.replication),
      happenings: [...happenings, ...step.happenings],
      ...(step.goesOn ? { againMs: BACKFILL_POLL_MS } : {}),
    };
  } catch (failure) {
    return { result: withThem(known), happenings, failure };
  }
}

/** What is declared no more goes no further; what is under way ends as it does. */
function withoutWaiting(replication: RegistryStatusReplication): RegistryStatusReplication {
  if (!replication.backfills) return replication;
  const backfills = replication.backfills.map((one) =>
    one.state === 'WAITING' ? { ...one, state: 'STOPPED' as const } : one,
  );
  return { ...replication, backfills };
}

/** Why nothing that was asked for is begun here. */
function refusalOf({ spec }: Registry, state: SettingState['state'] | undefined): string | undefined {
  if (state === undefined) return 'the Registry declares no replication';
  if (spec.mode === 'Observe') return 'mode: Observe writes nothing';
  if (state !== 'Conflict') return undefined;
  return 'another Registry for the same account and region has the replication; ask for it there';
}
