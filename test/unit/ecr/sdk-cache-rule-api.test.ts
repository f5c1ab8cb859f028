import { expect, test } from '@jest/globals';
import { sdkCacheRuleApi } from '../../../src/ecr/sdk-cache-rule-api.ts';
import { ACCOUNT, REGION, simulate } from '../lab-aws/simulated-clients.ts';

const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:ecr-pullthroughcache/hub-AbCdEf`;
const RULE = {
  prefix: 'hub',
  upstreamRegistry: 'docker-hub',
  upstreamRegistryUrl: 'registry-1.docker.io',
  upstreamRepositoryPrefix: 'library',
  credentialArn: SECRET,
} as const;

async function rules() {
  const lab = await simulate();
  const api = sdkCacheRuleApi(lab.ecr, { accountId: ACCOUNT, region: REGION });
  return { api, aws: lab.aws, [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose]() };
}

test('a rule is made, described, changed, validated and deleted', async () => {
  await using lab = await rules();
  expect(await lab.api.describe('hub')).toBeUndefined();
  const made = await lab.api.create(RULE);
  expect(made).toEqual({ ...RULE, registryId: ACCOUNT, createdAt: '2026-01-01T00:00:00.000Z' });

  lab.aws.clock.advance(5_000);
  const changes = { credentialArn: `${SECRET}2` };
  const changed = await lab.api.update('hub', changes);
  expect(changed).toEqual({ ...changes, updatedAt: '2026-01-01T00:00:05.000Z' });
  expect(await lab.api.describe('hub')).toEqual({ ...made, ...changed });

  expect(await lab.api.validate('hub')).toEqual({ valid: true });
  const held = lab.aws.as(ACCOUNT, REGION).registry.caches.rules.get('hub');
  Object.assign(held ?? {}, { failure: 'wrong token' });
  expect(await lab.api.validate('hub')).toEqual({ valid: false, failure: 'wrong token' });

  Object.assign(held ?? {}, { failure: '' });
  expect(await lab.api.validate('hub')).toEqual({ valid: false, failure: 'no words were given' });

  await lab.api.delete('hub');
  await lab.api.delete('hub');
  expect(await lab.api.describe('hub')).toBeUndefined();
});

test('ROOT as the prefix of the upstream is none', async () => {
  await using lab = await rules();
  await lab.api.create({ prefix: 'quay', upstreamRegistry: 'quay', upstreamRegistryUrl: 'quay.io' });
  expect(await lab.api.describe('quay')).not.toHaveProperty('upstreamRepositoryPrefix');
});

test('an error names the call and the rule', async () => {
  await using lab = await rules();
  await lab.api.create(RULE);
  await expect(lab.api.create(RULE)).rejects.toMatchObject({
    reason: 'RuleNotVisible',
    message: expect.stringContaining('ecr:CreatePullThroughCacheRule on pull-through cache rule hub'),
  });
});
