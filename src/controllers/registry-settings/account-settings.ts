import type { RegistryAccountSettings } from '../../api/registry.generated.ts';
import type { AccountSettingName } from '../../ecr/registry-settings-api.ts';
import { fromTo, setting } from './setting.ts';

type Values = Readonly<Partial<Record<AccountSettingName, string>>>;

/** Settings of the account, each by itself; only those that are declared are read. */
export const ACCOUNT_SETTINGS = setting<RegistryAccountSettings, Values>({
  name: 'accountSettings',
  declared: ({ accountSettings }) => accountSettings,
  async observe(api, declared) {
    const live: Partial<Record<AccountSettingName, string>> = {};
    for (const name of namesOf(declared)) {
      const value = await api.accountSetting(name);
      if (value !== undefined) live[name] = value;
    }
    return live;
  },
  plan: (declared: Values, live) =>
    namesOf(declared).flatMap((name) => {
      const value = declared[name];
      if (value === undefined || value === live[name]) return [];
      const words = `${name} ${fromTo(live[name] ?? 'unset', value)}`;
      return [{ words, apply: (api) => api.putAccountSetting(name, value) }];
    }),
});

function namesOf(values: Values): AccountSettingName[] {
  return (Object.keys(values) as AccountSettingName[]).sort();
}
