import { canonicalSet, type Json } from '../../ecr/json-document.ts';
import type { ReplicationRule } from '../../ecr/registry-settings-api.ts';
import { forFilters, fromTo, setting } from './setting.ts';

/** Replication of the registry. Order has no meaning: what any rule says is copied. */
export const REPLICATION = setting<readonly ReplicationRule[], readonly ReplicationRule[]>({
  name: 'replication',
  declared: ({ replication }) =>
    replication?.rules.map(({ destinations, filters = [] }) => ({ destinations, filters })),
  observe: (api) => api.replication(),
  plan(rules, live) {
    if (meaning(rules) === meaning(live)) return [];
    const words = `replication ${fromTo(described(live), described(rules))}`;
    return [{ words, apply: (api) => api.putReplication(rules) }];
  },
});

function meaning(rules: readonly ReplicationRule[]): string {
  const each = rules.map(({ destinations, filters }) => [
    canonicalSet(destinations.map(({ region, accountId }) => `${region} ${accountId}`)),
    canonicalSet(filters),
  ]);
  return canonicalSet(each as readonly Json[]).join();
}

function described(rules: readonly ReplicationRule[]): string {
  if (rules.length === 0) return 'off';
  const each = rules.map(({ destinations, filters }) => {
    const to = destinations.map(({ region, accountId }) => `${region} of ${accountId}`).sort();
    return `${to.join(', ')}${forFilters(filters)}`;
  });
  return each.sort().join('; ');
}
