import type { RepositoryCreationTemplate } from '../../api/repository-creation-template.generated.ts';
import { grantStatements } from '../../ecr/grants.ts';
import { parseDocument } from '../../ecr/json-document.ts';
import { lifecycleDocument } from '../../ecr/lifecycle-rules.ts';
import type { CreationTemplate } from '../../ecr/template-api.ts';
import { prefixOf } from '../by-prefix/prefixed.ts';

/**
 * The template that an object declares, whole (pure); `partition` is that of the Registry's region. A document that is
 * not JSON is a TerminalError.
 */
export function desiredTemplate(
  { metadata, spec }: Pick<RepositoryCreationTemplate, 'metadata' | 'spec'>,
  partition: string,
): CreationTemplate {
  const { description, tagMutability = 'MUTABLE', tagMutabilityExclusionFilters = [], customRoleArn } = spec;
  const lifecycle = lifecycleText(spec.lifecycle);
  const policy = policyText(spec, partition);
  return {
    prefix: prefixOf({ metadata, spec }),
    appliedFor: spec.appliedFor,
    tagMutability: { mode: tagMutability, filters: tagMutabilityExclusionFilters },
    encryption: spec.encryption ?? { type: 'AES256' },
    tags: spec.tags ?? {},
    ...(description ? { description } : {}),
    ...(lifecycle === undefined ? {} : { lifecycle }),
    ...(policy === undefined ? {} : { policy }),
    ...(customRoleArn === undefined ? {} : { customRoleArn }),
  };
}

function lifecycleText(lifecycle: RepositoryCreationTemplate['spec']['lifecycle']): string | undefined {
  const { rules, document } = lifecycle ?? {};
  if (document !== undefined) parseDocument(document, 'spec.lifecycle.document');
  return rules && rules.length > 0 ? lifecycleDocument(rules) : document;
}

function policyText(
  { policy, grants = [] }: RepositoryCreationTemplate['spec'],
  partition: string,
): string | undefined {
  if (policy) parseDocument(policy.document, 'spec.policy.document');
  if (policy || grants.length === 0) return policy?.document;
  return JSON.stringify({ Version: '2012-10-17', Statement: grantStatements(grants, partition) });
}
