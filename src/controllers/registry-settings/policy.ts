import type { RegistryPolicy } from '../../api/registry.generated.ts';
import { policyChanges } from '../../ecr/document-diff.ts';
import { samePolicy } from '../../ecr/json-policy.ts';
import { setting } from './setting.ts';

/**
 * The policy of the registry; an empty document means that there shall be none. (A `policy: {}` could not say it: the API
 * server makes null of it where a document was applied before.)
 */
export const POLICY = setting<RegistryPolicy, string | undefined>({
  name: 'policy',
  declared: ({ policy }) => policy,
  observe: (api) => api.policy(),
  plan({ document }, live, { tense }) {
    const words = `registry policy: ${policyChanges(live, document || undefined, tense)}`;
    if (document === '') {
      return live === undefined ? [] : [{ words, apply: (api) => api.deletePolicy() }];
    }
    if (samePolicy(document, live ?? '', 'policy.document')) return [];
    return [{ words, apply: (api) => api.putPolicy(document) }];
  },
});
