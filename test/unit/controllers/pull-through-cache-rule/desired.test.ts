import { describe, expect, test } from '@jest/globals';
import type { PullThroughCacheRuleSpec } from '../../../../src/api/pull-through-cache-rule.generated.ts';
import { desiredRule } from '../../../../src/controllers/pull-through-cache-rule/desired.ts';
import { contentHash } from '../../../../src/ecr/json-document.ts';
import { failureOf } from '../../../../src/runtime/errors.ts';
import { registry } from '../objects.ts';

const SECRET = (place: string) => `arn:aws:secretsmanager:${place}:secret:ecr-pullthroughcache/x`;
const HERE = SECRET('us-east-1:123456789012');

type Spec = Partial<PullThroughCacheRuleSpec>;

function desired(spec: Spec) {
  const metadata = { name: 'hub', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '' };
  const whole = { registryRef: { name: 'default' }, upstreamRegistry: 'quay', ...spec } as const;
  return desiredRule({ metadata, spec: whole }, registry('default'));
}

function failure(spec: Spec) {
  try {
    desired(spec);
  } catch (error) {
    return failureOf(error);
  }
  throw new Error('it did not fail');
}

test('a rule has the prefix of its name and the host of its upstream', () => {
  expect(desired({})).toEqual({ prefix: 'hub', upstreamRegistry: 'quay', upstreamRegistryUrl: 'quay.io' });
});

test('all fields are those of the rule', () => {
  const spec = {
    prefix: 'ROOT',
    upstreamRegistry: 'azure-container-registry',
    upstreamRegistryUrl: 'example.azurecr.io',
    upstreamRepositoryPrefix: 'library',
    credentialArn: HERE,
  } as const;
  expect(desired(spec)).toEqual(spec);
});

describe('the secret of an upstream', () => {
  test.each([
    ['another account', SECRET('us-east-1:210987654321'), '210987654321 us-east-1'],
    ['another region', SECRET('eu-west-1:123456789012'), '123456789012 eu-west-1'],
  ])('cannot be in %s', (_, credentialArn, place) => {
    const { reason, message } = failure({ upstreamRegistry: 'docker-hub', credentialArn });
    expect([reason, message]).toEqual(['SecretElsewhere', expect.stringContaining(place)]);
  });
});

describe('another ECR as upstream', () => {
  const ecr = (account: string, more: Spec = {}): Spec => ({
    upstreamRegistry: 'ecr',
    upstreamRegistryUrl: `${account}.dkr.ecr.eu-west-1.amazonaws.com`,
    ...more,
  });

  test('needs a role where it is in another account', () => {
    expect(failure(ecr('210987654321'))).toMatchObject({ reason: 'CustomRoleMissing' });
    const customRoleArn = 'arn:aws:iam::123456789012:role/a';
    expect(desired(ecr('210987654321', { customRoleArn }))).toMatchObject({ customRoleArn });
  });

  test('needs none in the same account', () => {
    expect(desired(ecr('123456789012'))).not.toHaveProperty('customRoleArn');
  });
});

test('the hash is the same until something else is declared', () => {
  expect(contentHash(desired({}))).toBe(contentHash(desired({ suspend: false, adoption: 'Never' })));
  expect(contentHash(desired({}))).not.toBe(contentHash(desired({ upstreamRepositoryPrefix: 'library' })));
});
