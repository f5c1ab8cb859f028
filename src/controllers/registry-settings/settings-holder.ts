import type { Registry } from '../../api/registry.generated.ts';
import { conditionOf } from '../../runtime/status.ts';
import { holderAmong } from '../holder.ts';
import { placeOf } from '../registry/place.ts';
import type { Setting } from './setting.ts';
import type { SettingsResults } from './settings-results.ts';

/**
 * The name of the Registry that has the setting, of all that declare it for the same account and region: each has it
 * alone, since ECR has it once. `registry` is the one that asks, and reaches AWS.
 */
export function settingHolder(
  { name, declaration }: Setting,
  registry: Registry,
  registries: Iterable<Registry>,
  results: Pick<SettingsResults, 'of'>,
): string | undefined {
  const place = placeOf(registry);
  const holds = (one: Registry): boolean => {
    const told = results.of(one)?.settings ?? one.status?.settings ?? [];
    return told.some((state) => state.name === name && state.holder === true);
  };
  const isNamesake = (one: Registry) => one.metadata.name === registry.metadata.name;
  const contenders = [...registries]
    .filter((one) => placeOf(one) === place && isOurs(one) && declaration(one.spec) !== undefined)
    .map((one) => ({
      key: one.metadata.name,
      holds: holds(one),
      mayWrite: mayWrite(one) && (isNamesake(one) || !isCutOff(one)),
      creationTimestamp: one.metadata.creationTimestamp,
    }));
  return holderAmong(contenders.filter((one) => one.holds || one.mayWrite))?.key;
}

/** AWS is known not to take us for somebody who may write there. One that was not looked at yet is not cut off. */
export function isCutOff({ status }: Registry): boolean {
  return conditionOf(status, 'Connected')?.status === 'False';
}

/** One that is being deleted lets go of all. */
function isOurs({ metadata, spec }: Registry): boolean {
  return !metadata.deletionTimestamp && spec.access !== 'PullOnly';
}

function mayWrite({ spec }: Registry): boolean {
  return !spec.suspend && spec.mode !== 'Observe';
}
