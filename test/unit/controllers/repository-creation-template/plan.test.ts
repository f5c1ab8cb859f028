import { describe, expect, test } from '@jest/globals';
import { describeTemplateAction } from '../../../../src/controllers/repository-creation-template/apply.ts';
import {
  planTemplate,
  type TemplateField,
} from '../../../../src/controllers/repository-creation-template/plan.ts';
import type { CreationTemplate, LiveTemplate } from '../../../../src/ecr/template-api.ts';

const rules = (countNumber: number | string, ...tags: string[]) =>
  JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'tagged', tagPrefixList: tags, countType: 'imageCountMoreThan', countNumber },
        action: { type: 'expire' },
      },
    ],
  });
const policy = (principal: string, style?: number) =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [{ Sid: 'a', Effect: 'Allow', Principal: { AWS: principal }, Action: 'ecr:BatchGetImage' }],
    },
    null,
    style,
  );

const TEMPLATE: CreationTemplate = {
  prefix: 'cache',
  description: 'one',
  appliedFor: ['REPLICATION', 'PULL_THROUGH_CACHE'],
  tagMutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['latest', 'dev-*'] },
  encryption: { type: 'KMS', kmsKey: 'key-a' },
  tags: { team: 'a', stage: 'prod' },
  lifecycle: rules(5, 'a', 'b'),
  policy: policy('arn:aws:iam::123456789012:root'),
  customRoleArn: 'role-a',
};
const CREATED = { createdAt: '2026-01-01T00:00:00Z' };
const live = (changes: Partial<CreationTemplate> = {}): LiveTemplate => ({
  ...TEMPLATE,
  ...CREATED,
  ...changes,
});

test('a template that is not there is made whole', () => {
  expect(planTemplate(TEMPLATE, {})).toEqual([
    { type: 'CreateRepositoryCreationTemplate', template: TEMPLATE },
  ]);
});

test.each<[string, Partial<CreationTemplate>]>([
  ['nothing else', {}],
  ['the order of occasions', { appliedFor: ['PULL_THROUGH_CACHE', 'REPLICATION'] }],
  ['the order of filters', { tagMutability: { ...TEMPLATE.tagMutability, filters: ['dev-*', 'latest'] } }],
  ['the order of tags', { tags: { stage: 'prod', team: 'a' } }],
  ['the order in a lifecycle policy', { lifecycle: rules('5', 'b', 'a') }],
  ['an account for its root, and white space', { policy: policy('123456789012', 2) }],
])('no difference is %s', (_, changes) => {
  expect(planTemplate(TEMPLATE, { live: live(changes) })).toEqual([]);
});

const OTHER: Readonly<Record<TemplateField, [Partial<CreationTemplate>, string]>> = {
  description: [{ description: 'two' }, 'description from "two" to "one"'],
  appliedFor: [
    { appliedFor: ['CREATE_ON_PUSH'] },
    'appliedFor from CREATE_ON_PUSH to PULL_THROUGH_CACHE, REPLICATION',
  ],
  tagMutability: [
    { tagMutability: { mode: 'MUTABLE', filters: [] } },
    'tagMutability from MUTABLE to IMMUTABLE_WITH_EXCLUSION except latest, dev-*',
  ],
  encryption: [{ encryption: { type: 'AES256' } }, 'encryption from AES256 to KMS with key-a'],
  tags: [{ tags: {} }, 'tags from none to stage=prod, team=a'],
  lifecycle: [{ lifecycle: rules(7, 'a', 'b') }, 'lifecycle policy: rule 1 from'],
  policy: [{ policy: policy('210987654321') }, 'repository policy: statement a from'],
  customRoleArn: [{ customRoleArn: 'role-b' }, 'customRoleArn from role-b to role-a'],
};

describe.each(Object.entries(OTHER))('another %s', (field, [changes, words]) => {
  const observed = { live: live(changes) };
  const [action, ...more] = planTemplate(TEMPLATE, observed);

  test('is one update of the whole template', () => {
    expect(more).toEqual([]);
    expect(action).toEqual({
      type: 'UpdateRepositoryCreationTemplate',
      template: TEMPLATE,
      fields: [field],
    });
  });

  test('is told from what to what', () => {
    expect(action && describeTemplateAction(action, observed)).toContain(words);
  });
});

test('what is declared no more is taken away', () => {
  const { description: _, lifecycle: __, policy: ___, customRoleArn: ____, ...rest } = TEMPLATE;
  const bare: CreationTemplate = { ...rest, tags: {}, encryption: { type: 'KMS' } };
  const [action] = planTemplate(bare, { live: live() });
  expect(action).toMatchObject({
    fields: ['description', 'encryption', 'tags', 'lifecycle', 'policy', 'customRoleArn'],
  });
  expect(planTemplate(bare, { live: { ...bare, ...CREATED } })).toEqual([]);
});

describe('a key that is not declared', () => {
  const managed = live({ encryption: { type: 'KMS', kmsKey: 'the managed one' } });
  const open: CreationTemplate = { ...TEMPLATE, encryption: { type: 'KMS' } };

  test('may be any, as ECR may show the one that it took', () => {
    expect(planTemplate(open, { live: managed }, { anyKey: true })).toEqual([]);
  });

  test.each<[string, CreationTemplate]>([
    ['another type', { ...open, encryption: { type: 'KMS_DSSE' } }],
    ['no KMS at all', { ...open, encryption: { type: 'AES256' } }],
    ['a declared key', TEMPLATE],
  ])('does not hide %s', (_, desired) => {
    const [action] = planTemplate(desired, { live: managed }, { anyKey: true });
    expect(action).toMatchObject({ template: desired, fields: ['encryption'] });
  });
});

test.each([
  ['done', 'made repository creation template cache'],
  ['to do', 'there is no repository creation template cache'],
] as const)('a template that is made is told in words: %s', (tense, words) => {
  const action = { type: 'CreateRepositoryCreationTemplate', template: TEMPLATE } as const;
  expect(describeTemplateAction(action, {}, tense)).toBe(words);
});
