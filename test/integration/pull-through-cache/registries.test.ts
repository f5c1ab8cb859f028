import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { conditionOf, DOCKER_HUB, type PrefixLab, SECRET, startPrefixLab } from './prefix-lab.ts';

jest.setTimeout(60_000);

let scene: PrefixLab;

beforeAll(async () => {
  scene = await startPrefixLab();
}, 600_000);

afterAll(async () => {
  await scene?.lab.stop();
});

const held = (prefix: string) => scene.lab.ecr.registry.caches.rules.get(prefix);

test('a Registry that is only pulled from refuses the rule, until it is managed', async () => {
  const registryRef = { name: 'pulled' };
  await scene.lab.registry('pulled', { access: 'PullOnly' });
  const rule = await scene.settled(
    await scene.rule('pulled', { upstreamRegistry: 'k8s', registryRef }),
    'RegistryPullOnly',
  );
  expect(held('pulled')).toBeUndefined();
  await scene.lab.registry('pulled', { access: 'Manage' });
  await scene.settled(rule);
});

test('while the Registry is suspended nothing is written, and then what was declared meanwhile', async () => {
  const registryRef = { name: 'paused' };
  const changed = { ...DOCKER_HUB, credentialArn: SECRET('changed'), registryRef };
  await scene.lab.registry('paused', {});
  await scene.settled(await scene.rule('paused', { ...DOCKER_HUB, registryRef }));
  const paused = await scene.lab.registry('paused', { suspend: true });
  await waitFor(async () => conditionOf(await scene.lab.admin.get(paused), 'Suspended'), {
    what: 'the suspended Registry',
  });
  const rule = await scene.settled(await scene.rule('paused', changed), 'RegistrySuspended');
  expect(scene.heldRule('paused').credentialArn).toBe(DOCKER_HUB.credentialArn);
  await scene.lab.registry('paused', { suspend: false });
  await scene.settled(rule);
  expect(scene.heldRule('paused').credentialArn).toBe(changed.credentialArn);
});

test('nothing is asked of an account that is another than the Registry says', async () => {
  await scene.lab.registry('stranger', { accountId: '210987654321' });
  const registryRef = { name: 'stranger' };
  await scene.settled(
    await scene.rule('stranger', { upstreamRegistry: 'k8s', registryRef }),
    'AccountMismatch',
  );
  expect(scene.callsOn('stranger')).toEqual([]);
});

test('a rule for a Registry that is not there waits for it, and is let go without it', async () => {
  const registryRef = { name: 'late' };
  const spec = { upstreamRegistry: 'k8s', deletionPolicy: 'Delete', registryRef } as const;
  const rule = await scene.settled(await scene.rule('late', spec), 'RegistryNotFound');
  const never = await scene.settled(await scene.rule('never', spec), 'RegistryNotFound');
  await scene.lab.admin.delete(never);
  await scene.lab.gone(never);
  await scene.lab.registry('late', {});
  await scene.settled(rule);
});

test('one whose Registry is only pulled from holds up no other, from then on', async () => {
  const upstreamRegistry = 'k8s';
  await scene.lab.registry('turned', {});
  const first = await scene.rule('a-turned', {
    upstreamRegistry,
    prefix: 'turned',
    registryRef: { name: 'turned' },
  });
  await scene.settled(first);
  const second = await scene.rule('b-turned', { upstreamRegistry, prefix: 'turned' });
  await scene.settled(second, 'Conflict');
  await scene.lab.registry('turned', { access: 'PullOnly' });
  await scene.settled(second);
  await scene.settled(first, 'RegistryPullOnly');
});

test('a Registry is kept while a rule refers to it', async () => {
  const registry = await scene.lab.registry('referred', {});
  const rule = await scene.rule('referring', {
    upstreamRegistry: 'k8s',
    registryRef: { name: 'referred' },
  });
  await scene.settled(rule);
  await scene.lab.admin.delete(registry);
  await scene.settled(registry, 'InUse');
  await scene.lab.admin.delete(rule);
  await scene.lab.gone(registry);
});
