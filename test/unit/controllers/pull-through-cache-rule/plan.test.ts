import { expect, test } from '@jest/globals';
import {
  applyRuleAction,
  describeRuleAction,
} from '../../../../src/controllers/pull-through-cache-rule/apply.ts';
import { planRule } from '../../../../src/controllers/pull-through-cache-rule/plan.ts';
import type { CacheRule, CacheRuleApi, LiveCacheRule } from '../../../../src/ecr/cache-rule-api.ts';

const RULE: CacheRule = {
  prefix: 'hub',
  upstreamRegistry: 'docker-hub',
  upstreamRegistryUrl: 'registry-1.docker.io',
  credentialArn: 'secret-a',
};
const live = (changes: Partial<LiveCacheRule> = {}): LiveCacheRule => ({
  ...RULE,
  registryId: '123456789012',
  createdAt: '2026-01-01T00:00:00Z',
  ...changes,
});
const NO_API = {} as CacheRuleApi;

test('nothing is to be done for a rule that is as declared', () => {
  expect(planRule(RULE, { live: live() })).toEqual([]);
});

test('a rule that is not there is made', () => {
  expect(planRule(RULE, {})).toEqual([{ type: 'CreatePullThroughCacheRule', rule: RULE }]);
});

test.each([
  ['https:// before the host name', live({ upstreamRegistryUrl: 'https://registry-1.docker.io/' })],
  ['an upstream that an old rule does not name', (({ upstreamRegistry: _, ...rest }) => rest)(live())],
  ['a role that nobody declares', live({ customRoleArn: 'role-b' })],
])('no difference is %s', (_, other) => {
  expect(planRule(RULE, { live: other })).toEqual([]);
});

test.each([
  ['the secret', RULE, live({ credentialArn: 'theirs' }), { credentialArn: 'secret-a' }],
  ['the role', { ...RULE, customRoleArn: 'role-a' }, live(), { customRoleArn: 'role-a' }],
])('%s is put right', (_, desired, other, changes) => {
  expect(planRule(desired, { live: other })).toEqual([{ type: 'UpdatePullThroughCacheRule', changes }]);
});

test.each([
  ['upstreamRegistry', { upstreamRegistry: 'quay' }, 'upstreamRegistry from quay to docker-hub'],
  ['upstreamRegistryUrl', { upstreamRegistryUrl: 'quay.io' }, 'from quay.io to registry-1.docker.io'],
  ['upstreamRepositoryPrefix', { upstreamRepositoryPrefix: 'library' }, 'from library to none'],
])('another %s cannot be changed, and nothing else is', async (_, changes, words) => {
  const observed = { live: live({ ...changes, credentialArn: 'theirs' }) };
  const [action, ...more] = planRule(RULE, observed);
  expect(more).toEqual([]);
  expect(action).toMatchObject({ type: 'Impossible', difference: expect.stringContaining(words) });
  if (!action) return;
  await expect(applyRuleAction(NO_API, 'hub', action, observed)).rejects.toMatchObject({
    reason: 'RuleImmutable',
  });
  expect(describeRuleAction('hub', action, observed)).toContain('which ECR cannot change');
});

test.each([
  ['done', 'made pull-through cache rule hub'],
  ['to do', 'there is no pull-through cache rule hub'],
] as const)('a rule that is made is told in words: %s', (tense, words) => {
  const action = { type: 'CreatePullThroughCacheRule', rule: RULE } as const;
  expect(describeRuleAction('hub', action, {}, tense)).toBe(words);
});

test('a change is told from what to what', () => {
  const changes = { credentialArn: 'secret-a', customRoleArn: 'role-a' };
  const action = { type: 'UpdatePullThroughCacheRule', changes } as const;
  expect(describeRuleAction('hub', action, { live: live({ credentialArn: 'theirs' }) })).toBe(
    'credentialArn from theirs to secret-a; customRoleArn from absent to role-a',
  );
});
