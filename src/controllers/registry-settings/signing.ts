import { canonicalSet, type Json } from '../../ecr/json-document.ts';
import type { SigningRule } from '../../ecr/registry-settings-api.ts';
import { forFilters, fromTo, setting } from './setting.ts';

/** Signing of images that are pushed. A configuration without rules is none. */
export const SIGNING = setting<readonly SigningRule[], readonly SigningRule[]>({
  name: 'signing',
  declared: ({ signing }) =>
    signing?.rules.map(({ signingProfileArn, filters = [] }) => ({ signingProfileArn, filters })),
  observe: (api) => api.signing(),
  plan(rules, live) {
    if (meaning(rules) === meaning(live)) return [];
    const words = `signing ${fromTo(described(live), described(rules))}`;
    if (rules.length === 0) return [{ words, apply: (api) => api.deleteSigning() }];
    return [{ words, apply: (api) => api.putSigning(rules) }];
  },
});

function meaning(rules: readonly SigningRule[]): string {
  const each = rules.map(({ signingProfileArn, filters }) => [signingProfileArn, canonicalSet(filters)]);
  return canonicalSet(each as readonly Json[]).join();
}

function described(rules: readonly SigningRule[]): string {
  if (rules.length === 0) return 'none';
  const each = rules.map(({ signingProfileArn, filters }) => `${signingProfileArn}${forFilters(filters)}`);
  return each.sort().join('; ');
}
