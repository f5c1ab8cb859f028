import { expect, test } from '@jest/globals';
import { sdkTemplateApi } from '../../../src/ecr/sdk-template-api.ts';
import type { CreationTemplate } from '../../../src/ecr/template-api.ts';
import { ACCOUNT, REGION, simulate } from '../lab-aws/simulated-clients.ts';

const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd`;
const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }],
};
const LIFECYCLE = {
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 10 },
      action: { type: 'expire' },
    },
  ],
};
const FULL: CreationTemplate = {
  prefix: 'hub',
  description: 'one',
  appliedFor: ['PULL_THROUGH_CACHE', 'REPLICATION', 'CREATE_ON_PUSH'],
  tagMutability: { mode: 'IMMUTABLE_WITH_EXCLUSION', filters: ['latest'] },
  encryption: { type: 'KMS', kmsKey: KEY },
  tags: { team: 'a' },
  lifecycle: JSON.stringify(LIFECYCLE),
  policy: JSON.stringify(POLICY),
  customRoleArn: 'role-a',
};
const BARE: CreationTemplate = {
  prefix: 'hub',
  appliedFor: ['REPLICATION'],
  tagMutability: { mode: 'MUTABLE', filters: [] },
  encryption: { type: 'AES256' },
  tags: {},
};

async function templates() {
  const lab = await simulate();
  const api = sdkTemplateApi(lab.ecr, { accountId: ACCOUNT, region: REGION });
  return { api, aws: lab.aws, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() };
}

test('a template is made and described whole', async () => {
  await using lab = await templates();
  expect(await lab.api.describe('hub')).toBeUndefined();
  const made = await lab.api.create(FULL);
  const { policy: _, ...declared } = FULL;
  const { policy = '', ...fields } = made;
  expect(fields).toMatchObject({ ...declared, createdAt: '2026-01-01T00:00:00.000Z' });
  expect(JSON.parse(policy)).toMatchObject({ Version: '2012-10-17' });
  expect(await lab.api.describe('hub')).toEqual(made);
});

test('an update clears whatever the template has no more', async () => {
  await using lab = await templates();
  await lab.api.create(FULL);
  lab.aws.clock.advance(1_000);
  const changed = await lab.api.update(BARE);
  const times = { createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:01.000Z' };
  expect(changed).toEqual({ ...BARE, ...times });
  const [, call] = lab.aws.actions.all();
  // A key, be it an empty one, is for KMS.
  expect(call?.params['encryptionConfiguration']).toEqual({ encryptionType: 'AES256' });
});

test('a KMS key is cleared, and the type stays', async () => {
  await using lab = await templates();
  await lab.api.create(FULL);
  const changed = await lab.api.update({ ...FULL, encryption: { type: 'KMS' } });
  expect(changed.encryption).toEqual({ type: 'KMS' });
});

test('a bare template is made without empty texts, which a new one may not have', async () => {
  await using lab = await templates();
  await lab.api.create(BARE);
  const [call] = lab.aws.actions.all();
  expect(call?.params).toEqual({
    prefix: 'hub',
    appliedFor: ['REPLICATION'],
    imageTagMutability: 'MUTABLE',
    encryptionConfiguration: { encryptionType: 'AES256' },
  });
});

test('deleting one that is gone is done', async () => {
  await using lab = await templates();
  await lab.api.create(BARE);
  await lab.api.delete('hub');
  await lab.api.delete('hub');
  expect(await lab.api.describe('hub')).toBeUndefined();
});

test('an error names the call and the template', async () => {
  await using lab = await templates();
  await lab.api.create(BARE);
  await expect(lab.api.create(BARE)).rejects.toMatchObject({
    reason: 'TemplateNotVisible',
    message: expect.stringContaining(
      'ecr:CreateRepositoryCreationTemplate on repository creation template hub',
    ),
  });
});
