import { expect, test } from '@jest/globals';
import type { RepositoryCreationTemplateSpec } from '../../../../src/api/repository-creation-template.generated.ts';
import { desiredTemplate } from '../../../../src/controllers/repository-creation-template/desired.ts';
import { contentHash } from '../../../../src/ecr/json-document.ts';

function desired(spec: Partial<RepositoryCreationTemplateSpec> = {}) {
  const metadata = { name: 'cache', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '' };
  const whole = { registryRef: { name: 'default' }, appliedFor: ['CREATE_ON_PUSH'], ...spec } as const;
  return desiredTemplate({ metadata, spec: whole }, 'aws-cn');
}

test('what is left out is what ECR makes by itself', () => {
  expect(desired()).toEqual({
    prefix: 'cache',
    appliedFor: ['CREATE_ON_PUSH'],
    tagMutability: { mode: 'MUTABLE', filters: [] },
    encryption: { type: 'AES256' },
    tags: {},
  });
});

test('an empty list of rules or grants is none, an empty description too', () => {
  expect(desired({ lifecycle: { rules: [] }, grants: [], description: '' })).toEqual(desired());
});

test('rules become the document that ECR takes', () => {
  const rule = {
    priority: 1,
    tagStatus: 'any',
    countType: 'sinceImagePushed',
    countNumber: 7,
    action: 'expire',
  } as const;
  expect(JSON.parse(desired({ lifecycle: { rules: [rule] } }).lifecycle ?? '')).toMatchObject({
    rules: [{ rulePriority: 1, selection: { countNumber: 7 } }],
  });
});

test('grants become the whole policy, in the partition of the region', () => {
  const grants = [{ name: 'g', access: 'Pull', to: { accounts: ['123456789012'] } }] as const;
  expect(JSON.parse(desired({ grants }).policy ?? '')).toMatchObject({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: ['arn:aws-cn:iam::123456789012:root'] } }],
  });
});

test.each([
  ['policy', { policy: { document: '{ no' } }, 'spec.policy.document is not JSON'],
  ['lifecycle', { lifecycle: { document: '{ no' } }, 'spec.lifecycle.document is not JSON'],
])('a %s document that is no JSON is refused', (_, spec, words) => {
  expect(() => desired(spec)).toThrow(words);
});

test('the hash is the same until something else is declared', () => {
  expect(contentHash(desired({ mode: 'Enforce' }))).toBe(contentHash(desired()));
  expect(contentHash(desired({ description: 'x' }))).not.toBe(contentHash(desired()));
});
