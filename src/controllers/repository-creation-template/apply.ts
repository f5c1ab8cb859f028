import { lifecycleChanges, policyChanges, type Tense } from '../../ecr/document-diff.ts';
import type { CreationTemplate, TemplateApi } from '../../ecr/template-api.ts';
import type { ObservedTemplate, TemplateAction, TemplateField } from './plan.ts';

/** Does one action; gives what ECR holds after it, without asking again. */
export async function applyTemplateAction(
  templates: TemplateApi,
  action: TemplateAction,
): Promise<ObservedTemplate> {
  switch (action.type) {
    case 'CreateRepositoryCreationTemplate':
      return { live: await templates.create(action.template) };
    case 'UpdateRepositoryCreationTemplate':
      return { live: await templates.update(action.template) };
  }
}

/** For people: what an action changed, or is left to change, from what to what. */
export function describeTemplateAction(
  action: TemplateAction,
  { live }: ObservedTemplate,
  tense: Tense = 'done',
): string {
  const { template } = action;
  if (action.type === 'CreateRepositoryCreationTemplate' || !live) {
    return tense === 'done'
      ? `made repository creation template ${template.prefix}`
      : `there is no repository creation template ${template.prefix}`;
  }
  return action.fields.map((field) => fieldChange(field, live, template, tense)).join('; ');
}

function fieldChange(
  field: TemplateField,
  from: CreationTemplate,
  to: CreationTemplate,
  tense: Tense,
): string {
  switch (field) {
    case 'lifecycle':
      return `lifecycle policy: ${lifecycleChanges(from.lifecycle, to.lifecycle, tense)}`;
    case 'policy':
      return `repository policy: ${policyChanges(from.policy, to.policy, tense)}`;
    default:
      return `${field} from ${WORDS[field](from)} to ${WORDS[field](to)}`;
  }
}

const WORDS: Readonly<
  Record<Exclude<TemplateField, 'lifecycle' | 'policy'>, (template: CreationTemplate) => string>
> = {
  description: ({ description }) => (description === undefined ? 'none' : JSON.stringify(description)),
  appliedFor: ({ appliedFor }) => [...appliedFor].sort().join(', ') || 'none',
  tagMutability: ({ tagMutability: { mode, filters } }) =>
    filters.length > 0 ? `${mode} except ${filters.join(', ')}` : mode,
  encryption: ({ encryption: { type, kmsKey } }) => (kmsKey ? `${type} with ${kmsKey}` : type),
  tags: ({ tags }) =>
    Object.entries(tags)
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(', ') || 'none',
  customRoleArn: ({ customRoleArn = 'none' }) => customRoleArn,
};
