import { canonicalSet, type Json } from '../../ecr/json-document.ts';
import type { RegistryScanning } from '../../ecr/registry-settings-api.ts';
import { forFilters, fromTo, setting } from './setting.ts';

/** Scanning of the registry. */
export const SCANNING = setting<RegistryScanning, RegistryScanning>({
  name: 'scanning',
  declared: ({ scanning }) => scanning && { scanType: scanning.scanType, rules: scanning.rules ?? [] },
  observe: (api) => api.scanning(),
  plan(scanning, live) {
    if (meaning(scanning) === meaning(live)) return [];
    const words = `scanning ${fromTo(described(live), described(scanning))}`;
    return [{ words, apply: (api) => api.putScanning(scanning) }];
  },
});

/** A rule without filters says nothing. */
function telling({ rules }: RegistryScanning): RegistryScanning['rules'] {
  return rules.filter(({ filters }) => filters.length > 0);
}

function meaning(scanning: RegistryScanning): string {
  const each = telling(scanning).map(({ scanFrequency, filters }) => [scanFrequency, canonicalSet(filters)]);
  return [scanning.scanType, ...canonicalSet(each as readonly Json[])].join();
}

function described(scanning: RegistryScanning): string {
  const rules = telling(scanning).map(
    ({ scanFrequency, filters }) => `${scanFrequency}${forFilters(filters)}`,
  );
  return [scanning.scanType, ...rules.sort()].join('; ');
}
