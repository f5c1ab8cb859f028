import { wildcardMatches } from './policy-document.ts';
import type { Registry, Repository } from './registry-state.ts';

export const SCAN_FREQUENCIES = ['SCAN_ON_PUSH', 'CONTINUOUS_SCAN', 'MANUAL'] as const;
export type ScanFrequency = (typeof SCAN_FREQUENCIES)[number];

/** A registry's scanning: at most one rule for each frequency (ecr.md 1.2). */
export interface RegistryScanning {
  readonly scanType: 'BASIC' | 'ENHANCED';
  readonly rules: readonly {
    readonly scanFrequency: ScanFrequency;
    /** Wildcard patterns. */
    readonly filters: readonly string[];
  }[];
}

/** What scans a repository. */
export interface EffectiveScanning {
  readonly scanFrequency: ScanFrequency;
  readonly appliedScanFilters: readonly { readonly filter: string; readonly filterType: 'WILDCARD' }[];
}

/**
 * The registry's rule that fits, continuous before on push; else, with basic scanning, the repository's own setting,
 * which enhanced scanning does not look at.
 */
export function effectiveScanning(registry: Registry, repository: Repository): EffectiveScanning {
  const { scanType, rules } = registry.scanning;
  for (const scanFrequency of ['CONTINUOUS_SCAN', 'SCAN_ON_PUSH'] as const) {
    const filters = rules
      .filter((rule) => rule.scanFrequency === scanFrequency)
      .flatMap((rule) => rule.filters)
      .filter((filter) => filterFits(filter, repository.name));
    if (filters.length > 0) {
      const appliedScanFilters = filters.map((filter) => ({ filter, filterType: 'WILDCARD' as const }));
      return { scanFrequency, appliedScanFilters };
    }
  }
  const own = scanType === 'BASIC' && repository.scanOnPush;
  return { scanFrequency: own ? 'SCAN_ON_PUSH' : 'MANUAL', appliedScanFilters: [] };
}

/** Without a wildcard, a filter fits every name that contains it (user guide, "Filters to choose repositories"). */
function filterFits(filter: string, name: string): boolean {
  return filter.includes('*') ? wildcardMatches(filter, name) : name.includes(filter);
}
