import type { RegistrySpec } from '../../api/registry.generated.ts';
import { canonical } from '../../ecr/json-document.ts';
import { ACCOUNT_SETTINGS } from './account-settings.ts';
import { EXCLUSIONS } from './exclusions.ts';
import { POLICY } from './policy.ts';
import { REPLICATION } from './replication.ts';
import { SCANNING } from './scanning.ts';
import type { Setting } from './setting.ts';
import { SIGNING } from './signing.ts';

/**
 * Every registry-wide setting, in the order in which they are written: a policy that needs the new scope comes after
 * the account settings.
 */
export const SETTINGS: readonly Setting[] = [
  ACCOUNT_SETTINGS,
  POLICY,
  REPLICATION,
  SCANNING,
  SIGNING,
  EXCLUSIONS,
];

/** Those that are declared. */
export function declaredSettings(spec: RegistrySpec): readonly Setting[] {
  return SETTINGS.filter((one) => one.declaration(spec) !== undefined);
}

/** Equal text for specs that say the same of registry-wide settings (pure). */
export function settingsText(spec: RegistrySpec): string {
  const { mode = 'Enforce' } = spec;
  return canonical([mode, ...SETTINGS.map((one) => one.declaration(spec) ?? null)]);
}
