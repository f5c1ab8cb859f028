import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import {
  conditionOf,
  DOCKER_HUB,
  type PrefixLab,
  type RuleSpec,
  SECRET,
  startPrefixLab,
} from './prefix-lab.ts';

const OTHER_ECR = '999999999999.dkr.ecr.eu-west-1.amazonaws.com';
const ROLE = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const ECR = { upstreamRegistry: 'ecr', upstreamRegistryUrl: OTHER_ECR, customRoleArn: ROLE('a') } as const;

jest.setTimeout(60_000);

let scene: PrefixLab;

beforeAll(async () => {
  scene = await startPrefixLab();
}, 600_000);

afterAll(async () => {
  await scene?.lab.stop();
});

const held = (prefix: string) => scene.lab.ecr.registry.caches.rules.get(prefix);

test('a rule is made, validated, and told of', async () => {
  const rule = await scene.settled(await scene.rule('docker-hub'));
  expect(rule.status).toMatchObject({
    prefix: 'docker-hub',
    registryId: '123456789012',
    upstreamRegistryUrl: 'registry-1.docker.io',
    lastValidated: expect.any(String),
    createdAt: expect.any(String),
  });
  expect(conditionOf(rule, 'Valid')).toMatchObject({ status: 'True', reason: 'Validated' });
  expect(scene.heldRule('docker-hub')).toMatchObject(DOCKER_HUB);
  // The drift check at the start may look once more.
  expect(scene.callsOn('docker-hub').slice(0, 3)).toEqual([
    'DescribePullThroughCacheRules',
    'CreatePullThroughCacheRule',
    'ValidatePullThroughCacheRule',
  ]);
  await scene.event(rule, 'Created', 'made pull-through cache rule docker-hub');
});

const { credentialArn } = DOCKER_HUB;

test.each<[string, RuleSpec, string]>([
  ['ecr-public', {}, 'public.ecr.aws'],
  ['quay', {}, 'quay.io'],
  ['k8s', {}, 'registry.k8s.io'],
  ['github-container-registry', { credentialArn }, 'ghcr.io'],
  ['gitlab-container-registry', { credentialArn }, 'registry.gitlab.com'],
  ['chainguard', { credentialArn }, 'cgr.dev'],
  [
    'azure-container-registry',
    { credentialArn, upstreamRegistryUrl: 'example.azurecr.io' },
    'example.azurecr.io',
  ],
  ['ecr', { upstreamRegistryUrl: '123456789012.dkr.ecr.eu-west-1.amazonaws.com' }, '.eu-west-1.'],
])('the upstream %s can be declared', async (upstream, spec, url) => {
  const prefix = `up/${upstream}`.slice(0, 30);
  const upstreamRegistry = upstream as NonNullable<RuleSpec['upstreamRegistry']>;
  await scene.settled(await scene.rule(upstream, { upstreamRegistry, prefix, ...spec }));
  expect(scene.heldRule(prefix).upstreamRegistryUrl).toContain(url);
});

test('the prefix of the upstream and ROOT are what ECR gets', async () => {
  await scene.settled(await scene.rule('library', { ...DOCKER_HUB, upstreamRepositoryPrefix: 'library' }));
  await scene.settled(await scene.rule('root', { upstreamRegistry: 'quay', prefix: 'ROOT' }));
  expect(scene.heldRule('library').upstreamRepositoryPrefix).toBe('library');
  expect(scene.heldRule('ROOT').upstreamRepositoryPrefix).toBe('ROOT');
});

test.each<[string, RuleSpec, RuleSpec]>([
  ['credentialArn', DOCKER_HUB, { ...DOCKER_HUB, credentialArn: SECRET('other') }],
  ['customRoleArn', ECR, { ...ECR, customRoleArn: ROLE('b') }],
])(
  '%s is changed, validated again, and mended after a change by somebody else',
  async (field, set, change) => {
    const name = field.toLowerCase();
    const valueNow = () => (held(name) as unknown as Record<string, unknown>)[field];
    await scene.settled(await scene.rule(name, set));
    const rule = await scene.settled(await scene.rule(name, change));
    expect(valueNow()).toBe((change as Record<string, unknown>)[field]);
    const calls = scene.callsOn(name).filter((call) => !call.startsWith('Describe'));
    expect(calls.slice(-2)).toEqual(['UpdatePullThroughCacheRule', 'ValidatePullThroughCacheRule']);
    await scene.event(rule, 'Updated', new RegExp(`${field} from .* to `));

    Object.assign(scene.heldRule(name), { [field]: SECRET('theirs') });
    await scene.sweep();
    await waitFor(() => valueNow() === (change as Record<string, unknown>)[field], { what: 'the mending' });
    await scene.event(rule, 'DriftMended', new RegExp(`${field} from .*theirs to `));
  },
);

test('a rule that somebody deleted is made again with the next drift check', async () => {
  await scene.settled(await scene.rule('deleted', { upstreamRegistry: 'k8s' }));
  scene.lab.ecr.registry.caches.rules.delete('deleted');
  await scene.sweep();
  await waitFor(() => held('deleted'), { what: 'the rule to be there again' });
});

test('a drift check without a difference asks once and writes nothing', async () => {
  const rule = await scene.settled(await scene.rule('same', { upstreamRegistry: 'k8s' }));
  const before = scene.callsOn('same').length;
  await scene.sweep();
  await waitFor(() => scene.callsOn('same').length > before, { what: 'the look at the rule' });
  await scene.sweep();
  await waitFor(() => scene.callsOn('same').length > before + 1, { what: 'the next look at the rule' });
  expect(new Set(scene.callsOn('same').slice(before))).toEqual(new Set(['DescribePullThroughCacheRules']));
  expect((await scene.lab.admin.get(rule))?.metadata.resourceVersion).toBe(rule.metadata.resourceVersion);
});

test.each<[string, RuleSpec, string]>([
  [
    'a secret of another account',
    { ...DOCKER_HUB, credentialArn: SECRET('x-AbCdEf', '210987654321') },
    'SecretElsewhere',
  ],
  [
    'another account without a role',
    { upstreamRegistry: 'ecr', upstreamRegistryUrl: OTHER_ECR },
    'CustomRoleMissing',
  ],
])('%s is refused before ECR is asked', async (what, spec, reason) => {
  const name = what.replaceAll(' ', '-').slice(0, 19);
  await scene.settled(await scene.rule(name, spec), reason);
  expect(scene.callsOn(name)).toEqual([]);
});

test('a secret that ECR cannot read is told of, and tried again', async () => {
  const words = { name: 'SecretNotFoundException', message: 'The ARN of the secret was not found.' };
  const fault = scene.lab.aws.faults.add({
    match: { action: 'ecr:CreatePullThroughCacheRule' },
    fault: { kind: 'error', ...words },
  });
  const made = await scene.rule('secret');
  const rule = await scene.settled(made, 'UpstreamSecretUnusable');
  expect(conditionOf(rule, 'Ready')?.message).toContain(words.message);
  fault.remove();
  await waitFor(
    async () => {
      await scene.lab.advance(20_000);
      return held('secret');
    },
    { what: 'the rule' },
  );
  await scene.settled(made);
});

test('a rule for another upstream is not touched', async () => {
  await scene.settled(await scene.rule('fixed', { upstreamRegistry: 'quay' }));
  Object.assign(scene.heldRule('fixed'), { upstreamRegistry: 'k8s', upstreamRegistryUrl: 'registry.k8s.io' });
  const rule = await scene.settled(
    await scene.rule('fixed', { upstreamRegistry: 'quay', deletionPolicy: 'Delete' }),
    'RuleImmutable',
  );
  expect(conditionOf(rule, 'Ready')?.message).toContain('upstreamRegistry from k8s to quay');
  expect(scene.heldRule('fixed').upstreamRegistry).toBe('k8s');
});

describe('what is there already', () => {
  const theirs = (prefix: string) =>
    scene.lab.ecr.call('CreatePullThroughCacheRule', {
      ecrRepositoryPrefix: prefix,
      upstreamRegistryUrl: 'registry-1.docker.io',
      credentialArn: SECRET('theirs'),
    });

  test('adoption: Never leaves a rule alone that is there, IfExists takes it over', async () => {
    theirs('adopted');
    await scene.settled(await scene.rule('adopted', { ...DOCKER_HUB, adoption: 'Never' }), 'RuleExists');
    expect(scene.heldRule('adopted').credentialArn).toBe(SECRET('theirs'));
    await scene.settled(await scene.rule('adopted', { ...DOCKER_HUB, adoption: 'IfExists' }));
    expect(scene.heldRule('adopted').credentialArn).toBe(credentialArn);
  });

  test('what was made stays ours under adoption: Never', async () => {
    const spec = { ...DOCKER_HUB, adoption: 'Never' } as const;
    await scene.settled(await scene.rule('kept', spec));
    await scene.settled(await scene.rule('kept', { ...spec, credentialArn: SECRET('new-AbCdEf') }));
  });

  test('mode: Observe tells the difference and writes nothing', async () => {
    theirs('observed');
    const rule = await scene.settled(
      await scene.rule('observed', { ...DOCKER_HUB, mode: 'Observe', deletionPolicy: 'Delete' }),
      'DriftObserved',
    );
    expect(conditionOf(rule, 'Synced')?.message).toContain(`credentialArn from ${SECRET('theirs')} to`);
    expect(conditionOf(rule, 'Valid')?.status).toBe('True');
    expect(rule.status?.declaredHash).toBeUndefined();
    await scene.lab.admin.delete(rule);
    await scene.lab.gone(rule);
    expect(scene.heldRule('observed').credentialArn).toBe(SECRET('theirs'));
  });

  test('suspend stops everything until it is taken back', async () => {
    const spec = { upstreamRegistry: 'k8s', suspend: true } as const;
    const rule = await scene.rule('suspended', spec);
    await waitFor(async () => conditionOf(await scene.lab.admin.get(rule), 'Suspended'), {
      what: 'Suspended',
    });
    expect(held('suspended')).toBeUndefined();
    await scene.settled(await scene.rule('suspended', { ...spec, suspend: false }));
  });

  test.each([
    ['Retain', true],
    ['Delete', false],
  ] as const)('deletionPolicy: %s', async (deletionPolicy, stays) => {
    const name = deletionPolicy.toLowerCase();
    const rule = await scene.settled(await scene.rule(name, { upstreamRegistry: 'k8s', deletionPolicy }));
    await scene.lab.admin.delete(rule);
    await scene.lab.gone(rule);
    expect(held(name) !== undefined).toBe(stays);
  });

  test('a rule that was made anew by somebody else is not deleted', async () => {
    const rule = await scene.settled(
      await scene.rule('anew', { upstreamRegistry: 'k8s', deletionPolicy: 'Delete' }),
    );
    scene.lab.ecr.registry.caches.rules.delete('anew');
    await scene.lab.advance(5_000);
    theirs('anew');
    await scene.lab.admin.delete(rule);
    await scene.lab.gone(rule);
    expect(held('anew')).toBeDefined();
  });

  test('the second of two for one prefix waits until the first is gone', async () => {
    const first = await scene.settled(
      await scene.rule('first', { upstreamRegistry: 'k8s', prefix: 'both', deletionPolicy: 'Delete' }),
    );
    const spec = { upstreamRegistry: 'quay', prefix: 'both', registryRef: { name: 'open' } } as const;
    const second = await scene.settled(await scene.rule('second', spec), 'Conflict');
    expect(conditionOf(second, 'Ready')?.message).toContain('first declares the prefix both');
    expect(scene.heldRule('both').upstreamRegistry).toBe('k8s');
    await scene.lab.admin.delete(first);
    await scene.settled(second);
    expect(scene.heldRule('both').upstreamRegistry).toBe('quay');
  });
});
