import type { Registry } from '../../api/registry.generated.ts';
import { cutText } from '../../runtime/cut-text.ts';
import type { Happening } from '../../runtime/outcome.ts';
import { conditionOf } from '../../runtime/status.ts';
import type { SettingState } from './settings-results.ts';

const LONGEST_MESSAGE = 1_024;

/**
 * Events of settings with which something has just gone wrong (pure). What Ready turns to is told by the change of
 * Ready: `reason` is the one that it will have.
 */
export function newlyWrong(
  { status }: Registry,
  before: readonly SettingState[],
  after: readonly SettingState[],
  reason: string | undefined,
): Happening[] {
  const isToldByReady = conditionOf(status, 'Ready')?.reason !== reason;
  return after.flatMap((one): Happening[] => {
    const { name, state, reason: own, message = '' } = one;
    if (own === undefined || (isToldByReady && own === reason)) return [];
    const known = before.find((other) => other.name === name);
    if (known?.state === state && (known.reason ?? own) === own) return [];
    return [{ type: 'Warning', reason: own, message: cutText(`${name}: ${message}`, LONGEST_MESSAGE) }];
  });
}
