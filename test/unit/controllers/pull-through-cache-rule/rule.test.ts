import { describe, expect, test } from '@jest/globals';
import type {
  PullThroughCacheRule,
  PullThroughCacheRuleSpec,
  PullThroughCacheRuleStatus,
} from '../../../../src/api/pull-through-cache-rule.generated.ts';
import type { RuleFields } from '../../../../src/controllers/pull-through-cache-rule/fields.ts';
import { ruleReconciler } from '../../../../src/controllers/pull-through-cache-rule/rule.ts';
import type { RegistryAccess } from '../../../../src/controllers/registry-access.ts';
import type { CacheRuleApi, LiveCacheRule } from '../../../../src/ecr/cache-rule-api.ts';
import type { Outcome } from '../../../../src/runtime/outcome.ts';
import { registry, stored } from '../objects.ts';

const NOON = '2026-01-01T12:00:00Z';
const SECRET = (name: string) =>
  `arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/${name}-AbCdEf`;
const VALID = {
  type: 'Valid',
  status: 'True',
  reason: 'Validated',
  message: '',
  lastTransitionTime: NOON,
} as const;

/** Passes over one rule for Quay with a rule in ECR, or none. */
function trial(live: Partial<LiveCacheRule> | undefined, spec: Partial<PullThroughCacheRuleSpec> = {}) {
  const calls: string[] = [];
  const same = { prefix: 'hub', upstreamRegistry: 'quay', upstreamRegistryUrl: 'quay.io' } as const;
  let held = live && { ...same, registryId: '123456789012', createdAt: NOON, ...live };
  const cacheRules: CacheRuleApi = {
    describe: async () => held,
    create: async (rule) => {
      calls.push('create');
      held = { ...rule, registryId: '123456789012', createdAt: NOON };
      return held as LiveCacheRule;
    },
    update: async (_, changes) => {
      calls.push('update');
      const changed = { ...changes, updatedAt: '2026-01-01T12:00:05Z' };
      held = held && { ...held, ...changed };
      return changed;
    },
    delete: async () => {
      calls.push('delete');
      held = undefined;
    },
    validate: async () => {
      calls.push('validate');
      return { valid: true };
    },
  };
  const lone = registry('default');
  const access = {
    writable: () => lone,
    connect: async () => ({ cacheRules }),
  } as unknown as RegistryAccess;
  const object = (status?: PullThroughCacheRuleStatus): PullThroughCacheRule => ({
    apiVersion: 'ecr-operator.io/v1alpha1',
    kind: 'PullThroughCacheRule',
    metadata: { name: 'hub', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: NOON },
    spec: { registryRef: { name: 'default' }, upstreamRegistry: 'quay', ...spec },
    ...(status ? { status } : {}),
  });
  const byName = ({ metadata }: { metadata: { name: string } }) => metadata.name;
  const rivals = { all: stored([object()], byName), registries: stored([lone], byName) };
  const reconciler = ruleReconciler({ access, rivals, clock: { now: () => Date.parse(NOON) } });
  const pass = (status?: PullThroughCacheRuleStatus) => reconciler.reconcile(object(status));
  return { calls, pass, end: reconciler.finalize, object };
}

describe('adoption: Never', () => {
  const never = { adoption: 'Never' } as const;

  test.each([
    ['older than the object', { createdAt: '2026-01-01T11:59:59Z' }],
    ['not as declared', { upstreamRegistry: 'k8s', upstreamRegistryUrl: 'registry.k8s.io' }],
  ])('leaves a rule alone that is %s', async (_, live) => {
    await expect(trial(live, never).pass()).rejects.toMatchObject({ reason: 'RuleExists' });
  });

  test('knows a rule for its own that was made before its status could be written', async () => {
    const outcome = await trial({ createdAt: '2026-01-01T12:00:00.5Z' }, never).pass();
    expect(outcome.status).toMatchObject({ prefix: 'hub', declaredHash: expect.any(String) });
  });
});

describe('a pass', () => {
  const login = { upstreamRegistry: 'docker-hub', upstreamRegistryUrl: 'registry-1.docker.io' } as const;
  const declared = { upstreamRegistry: 'docker-hub', credentialArn: SECRET('new') } as const;

  test('validates what it has changed, and tells when that was', async () => {
    const one = trial({ ...login, credentialArn: SECRET('old') }, declared);
    // A clock that is ahead of AWS's would hide the change.
    const known = { lastValidated: '2026-01-01T12:00:06Z', conditions: [VALID] };
    const { status } = await one.pass(known);
    expect(one.calls).toEqual(['update', 'validate']);
    expect(status).toMatchObject({ updatedAt: '2026-01-01T12:00:05Z', declaredHash: expect.any(String) });
  });

  test('that fails says nothing of validation', async () => {
    const { status, conditions } = (await trial(undefined, {
      mode: 'Observe',
      adoption: 'Never',
    }).pass()) as Outcome<RuleFields>;
    expect(status).toEqual({ prefix: 'hub' });
    expect(conditions.map(({ type }) => type)).toEqual(['Synced']);
  });

  test('that observes claims nothing, whatever there is, and keeps what was known', async () => {
    const spec = { ...declared, mode: 'Observe', adoption: 'Never' } as const;
    const one = trial({ ...login, credentialArn: SECRET('old') }, spec);
    const known = { lastValidated: NOON, validationRequest: 'x', conditions: [VALID] };
    const { status } = await one.pass(known);
    expect(status).toMatchObject({ lastValidated: NOON, validationRequest: 'x' });
    expect(status).not.toHaveProperty('declaredHash');
    expect(one.calls).toEqual([]);
  });
});

describe('the end of an object', () => {
  const held = { declaredHash: 'x', createdAt: NOON };
  const fully = { deletionPolicy: 'Delete' } as const;
  const other = { upstreamRegistry: 'k8s', upstreamRegistryUrl: 'registry.k8s.io' } as const;
  const older = { createdAt: '2026-01-01T11:59:59Z' };

  test.each<
    [
      string,
      Partial<LiveCacheRule>,
      Partial<PullThroughCacheRuleSpec>,
      PullThroughCacheRuleStatus,
      readonly string[],
    ]
  >([
    ['deletes its rule', {}, fully, held, ['delete']],
    ['deletes its rule also when somebody has changed it', other, fully, held, ['delete']],
    ['deletes what was made before its status could be written', {}, fully, {}, ['delete']],
    ['leaves it unless told', {}, {}, held, []],
    ['leaves what it never had', older, fully, {}, []],
    ['leaves what it never declared', other, fully, {}, []],
    ['leaves one that was made anew otherwise', other, fully, { ...held, ...older }, []],
    ['leaves what it only observes', {}, { ...fully, mode: 'Observe' }, held, []],
  ])('%s', async (_, live, spec, status, calls) => {
    const one = trial(live, spec);
    expect(await one.end(one.object(status))).toBe('released');
    expect(one.calls).toEqual(calls);
  });

  test('is held back while it is suspended', async () => {
    const one = trial({}, { deletionPolicy: 'Delete', suspend: true });
    await expect(one.end(one.object(held))).rejects.toMatchObject({ reason: 'Suspended' });
  });
});
