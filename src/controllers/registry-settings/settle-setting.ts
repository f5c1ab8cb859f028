import type { Registry } from '../../api/registry.generated.ts';
import type { RegistrySettingsApi } from '../../ecr/registry-settings-api.ts';
import { timestamp } from '../../runtime/clock.ts';
import { failureOf, TerminalError } from '../../runtime/errors.ts';
import type { Happening } from '../../runtime/outcome.ts';
import type { Contests } from '../contests.ts';
import { worstOf } from '../external-resource.ts';
import type { Change, Setting } from './setting.ts';
import type { SettingState } from './settings-results.ts';

/** So often somebody else's change is mended without a wait, and once more. */
export const FREE_MENDS = 2;

/** After what was written, to see whether somebody else writes it at once (ms). */
export const LOOK_AGAIN_MS = 10_000;

export interface SettleInput {
  readonly registry: Registry;
  readonly api: RegistrySettingsApi;
  /** The Registry that has the setting; none where all of them only observe. */
  readonly holder: string | undefined;
  readonly owned: readonly string[];
  /** What the last pass came to. */
  readonly previous: SettingState | undefined;
  readonly contests: Contests;
  readonly now: () => number;
}

/** What became of one setting in a pass. */
export interface Settled {
  readonly state: SettingState;
  readonly happening?: Happening;
  /** What a retry is to be made for. */
  readonly failure?: unknown;
  /** When to look again at the latest (ms). */
  readonly againMs?: number;
}

/** Compares one setting and puts it right, as far as that is ours to do. Never throws. */
export async function settleSetting(setting: Setting, input: SettleInput): Promise<Settled> {
  const { registry, api, holder, owned } = input;
  const { name } = setting;
  const observeOnly = registry.spec.mode === 'Observe';
  if (!observeOnly && holder !== undefined && holder !== registry.metadata.name) {
    const message = `Registry ${holder}, for the same account and region, declares it too and has it: it is that one's until it is deleted or declares it no more`;
    return { state: { name, state: 'Conflict', reason: 'Conflict', message, terminal: true } };
  }
  try {
    const tense = observeOnly ? 'to do' : 'done';
    const changes = await setting.compare(registry.spec, api, { owned, tense });
    if (changes.length === 0) return { state: inSync(setting, input) };
    if (observeOnly) return { state: drifted(setting, changes, input) };
    return await mend(setting, changes, input);
  } catch (error) {
    return failed(setting, error, input);
  }
}

function inSync(setting: Setting, { registry, previous, holder }: SettleInput): SettingState {
  const held = setting.declaration(registry.spec);
  return {
    name: setting.name,
    state: 'Synced',
    ...(held === undefined ? {} : { held }),
    ...memory(previous),
    ...(holder === registry.metadata.name ? { holder: true } : {}),
  };
}

function drifted({ name }: Setting, changes: readonly Change[], { previous }: SettleInput): SettingState {
  const message = `ECR differs, and mode: Observe writes nothing: ${wordsOf(changes)}`;
  return { name, state: 'Drifted', reason: 'DriftObserved', message, terminal: true, ...memory(previous) };
}

async function mend(setting: Setting, changes: readonly Change[], input: SettleInput): Promise<Settled> {
  const { registry, previous, contests } = input;
  const thing = `${registry.metadata.name} ${setting.name}`;
  const byOthers = previous?.held !== undefined && previous.held === setting.declaration(registry.spec);
  if (!byOthers) contests.forget(thing);
  const waitMs = contests.wait(thing);
  if (waitMs > 0) return { state: contested(setting, input, thing), againMs: waitMs };

  const done = await applyAll(changes, input.api);
  const words = wordsOf(done.changes);
  const reason = byOthers ? 'DriftMended' : 'Updated';
  const happening = words ? { happening: { type: 'Normal', reason, message: words } as const } : {};
  const after = { ...input, previous: words && byOthers ? remembered(previous, input, thing) : previous };
  if (done.failures.length > 0) return { ...failed(setting, worstOf(done.failures), after), ...happening };
  const isContested = contests.wait(thing) > 0;
  const state = isContested ? contested(setting, after, thing) : inSync(setting, after);
  return { state, ...happening, againMs: LOOK_AGAIN_MS };
}

function remembered(previous: SettingState, { contests, now }: SettleInput, thing: string): SettingState {
  const isFirst = contests.count(thing) === 0;
  contests.restored(thing);
  const since = isFirst ? now() : (previous.contestedSince ?? now());
  return { ...previous, lastMended: timestamp(now()), contestedSince: since };
}

interface Applied {
  readonly changes: readonly Change[];
  readonly failures: readonly unknown[];
}

/** One that AWS refuses keeps none of the others back. */
async function applyAll(changes: readonly Change[], api: RegistrySettingsApi): Promise<Applied> {
  const done: Change[] = [];
  const failures: unknown[] = [];
  for (const change of changes) {
    try {
      await change.apply(api);
      done.push(change);
    } catch (error) {
      failures.push(error);
    }
  }
  return { changes: done, failures };
}

function contested(setting: Setting, input: SettleInput, thing: string): SettingState {
  const { contests, now, previous } = input;
  const times = contests.count(thing);
  const since = timestamp(previous?.contestedSince ?? now());
  const next = timestamp(contests.due(thing));
  const message = `somebody else keeps writing it: it was put right ${times} times since ${since}, and is not again before ${next}; CloudTrail says who writes it`;
  return { ...inSync(setting, input), state: 'Contested', reason: 'Contested', message };
}

function failed({ name }: Setting, error: unknown, { previous }: SettleInput): Settled {
  const { held } = previous ?? {};
  const terminal = error instanceof TerminalError;
  const state = {
    name,
    state: 'Failed',
    ...failureOf(error),
    terminal,
    ...(held === undefined ? {} : { held }),
    ...memory(previous),
  } as const;
  return { state, failure: error };
}

/** What outlives any look. */
function memory(
  state: SettingState | undefined,
): Pick<SettingState, 'lastMended' | 'contestedSince' | 'holder'> {
  const { lastMended, contestedSince, holder } = state ?? {};
  return {
    ...(holder ? { holder } : {}),
    ...(lastMended === undefined ? {} : { lastMended }),
    ...(contestedSince === undefined ? {} : { contestedSince }),
  };
}

function wordsOf(changes: readonly Change[]): string {
  return changes.map(({ words }) => words).join('; ');
}
