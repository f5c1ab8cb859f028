import { isDeepStrictEqual } from 'node:util';
import { sameSet } from '../../ecr/json-document.ts';
import { samePolicy } from '../../ecr/json-policy.ts';
import { sameLifecycle } from '../../ecr/lifecycle.ts';
import type { CreationTemplate, LiveTemplate } from '../../ecr/template-api.ts';
import { sameMutability } from '../repository/plan.ts';

/** A field of a template, as the spec has it. */
export type TemplateField =
  | 'description'
  | 'appliedFor'
  | 'tagMutability'
  | 'encryption'
  | 'tags'
  | 'lifecycle'
  | 'policy'
  | 'customRoleArn';

/** One write, named as the ECR operation that it is. */
export type TemplateAction =
  | { readonly type: 'CreateRepositoryCreationTemplate'; readonly template: CreationTemplate }
  | {
      readonly type: 'UpdateRepositoryCreationTemplate';
      readonly template: CreationTemplate;
      readonly fields: readonly TemplateField[];
    };

/** What ECR holds of a declared template. */
export interface ObservedTemplate {
  readonly live?: LiveTemplate | undefined;
}

/** How a template is compared. */
export interface PlanOptions {
  /** A key that is not declared may be any: ECR may show the AWS managed one, which cannot be told from others. */
  readonly anyKey?: boolean;
}

/** How each field is compared: by meaning. */
const SAME: Readonly<Record<TemplateField, (desired: CreationTemplate, live: CreationTemplate) => boolean>> =
  {
    description: (a, b) => a.description === b.description,
    appliedFor: (a, b) => sameSet(a.appliedFor, b.appliedFor),
    tagMutability: (a, b) => sameMutability(a.tagMutability, b.tagMutability),
    encryption: (a, b) =>
      a.encryption.type === b.encryption.type && a.encryption.kmsKey === b.encryption.kmsKey,
    tags: (a, b) => isDeepStrictEqual(a.tags, b.tags),
    lifecycle: (a, b) => sameText(a.lifecycle, b.lifecycle, 'spec.lifecycle.document', sameLifecycle),
    policy: (a, b) => sameText(a.policy, b.policy, 'spec.policy.document', samePolicy),
    customRoleArn: (a, b) => a.customRoleArn === b.customRoleArn,
  };

/**
 * What has to be written so that ECR has the template as it is declared (pure): one write for all of it, since what an
 * update leaves out is not to be relied on.
 */
export function planTemplate(
  desired: CreationTemplate,
  { live }: ObservedTemplate,
  { anyKey = false }: PlanOptions = {},
): TemplateAction[] {
  if (!live) return [{ type: 'CreateRepositoryCreationTemplate', template: desired }];
  const compared = anyKey ? withKeyOf(live, desired) : desired;
  const fields = (Object.keys(SAME) as TemplateField[]).filter((field) => !SAME[field](compared, live));
  return fields.length > 0 ? [{ type: 'UpdateRepositoryCreationTemplate', template: desired, fields }] : [];
}

function withKeyOf(
  { encryption: { kmsKey } }: CreationTemplate,
  desired: CreationTemplate,
): CreationTemplate {
  if (desired.encryption.kmsKey !== undefined || kmsKey === undefined) return desired;
  return { ...desired, encryption: { ...desired.encryption, kmsKey } };
}

function sameText(
  desired: string | undefined,
  live: string | undefined,
  field: string,
  same: (desired: string, live: string, field: string) => boolean,
): boolean {
  if (desired === undefined || live === undefined) return desired === live;
  return same(desired, live, field);
}
