import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  arrivedIn,
  condition,
  countedAs,
  gone,
  marker,
  pullNames,
  type Scene,
  scenes,
  secretIn,
  servedIn,
  settledAs,
  withdrawnFrom,
} from './pull-lab.ts';
import { encodedAuths } from './pull-logins.ts';
import { bytesOf, core, versionsOf } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

describe('a secretName that the installation does not have', () => {
  test('is refused with what to do, without a call, and the object can go', async () => {
    const unknown = scene('unknown');
    const namespace = await unknown.namespace('a');
    await unknown.registry();
    for (const object of [
      await unknown.clusterPullSecret({ secretName: 'my-own' }),
      await unknown.pullSecret(namespace, { secretName: 'my-own' }),
    ]) {
      const told = await settledAs(lab, object, 'SecretNameNotConfigured');
      expect(condition(told.status, 'Stalled')).toMatchObject({
        status: 'True',
        reason: 'SecretNameNotConfigured',
        message: expect.stringMatching(/my-own.*ecr-pull.*pullSecretNames/),
      });
      expect(condition(told.status, 'Ready')?.status).toBe('False');
      await lab.admin.delete(object);
      await gone(lab, object);
    }
    expect(await secretIn(lab, namespace, 'my-own')).toBeUndefined();
    expect(unknown.calls()).toBe(0);
  });

  test('works once it is changed to one that it has', async () => {
    const renamed = scene('renamed');
    const namespace = await renamed.namespace('a');
    await renamed.registry();
    await settledAs(
      lab,
      await renamed.clusterPullSecret({ secretName: 'my-own' }),
      'SecretNameNotConfigured',
    );
    const object = await servedIn(lab, await renamed.clusterPullSecret({ secretName: 'ecr-pull' }), 1);
    expect(condition(object.status, 'Stalled')).toBeUndefined();
    expect(await pullNames(lab, namespace)).toEqual(['ecr-pull']);
  });
});

describe('a Registry', () => {
  test('that is missing is named, and what refers to it recovers when it is made', async () => {
    const missing = scene('missing');
    const namespace = await missing.namespace('a');
    const own = await missing.namespace('own', {});
    const cluster = await missing.clusterPullSecret();
    const pull = await missing.pullSecret(own);
    for (const object of [cluster, pull]) {
      const told = await settledAs(lab, object, 'RegistryNotFound');
      expect(condition(told.status, 'Ready')?.message).toMatch(/no Registry missing/);
      expect(condition(told.status, 'Ready')?.status).toBe('False');
    }
    await missing.registry();
    await servedIn(lab, cluster, 1);
    await servedIn(lab, pull, 1);
    expect(bytesOf(await arrivedIn(lab, own))).toBe(bytesOf(await arrivedIn(lab, namespace)));
    expect(missing.calls()).toBe(1);
  });

  test('whose tenancy lacks Pull is refused by that word, and a rule taken away takes the Secret away', async () => {
    const tenancy = scene('tenancy');
    const allowed = await tenancy.namespace('allowed', { ...tenancy.labels, team: 'a' });
    const refused = await tenancy.namespace('refused');
    const pullFor = (team: string) => ({
      tenancy: {
        rules: [
          { namespaceSelector: { matchLabels: { team } }, allow: ['Pull' as const] },
          { allow: ['Create' as const] },
        ],
      },
    });
    await tenancy.registry(pullFor('a'));
    const object = await countedAs(lab, await tenancy.clusterPullSecret(), {
      matched: 2,
      ready: 1,
      failed: 1,
    });
    expect(object.status?.failures).toEqual([
      {
        namespace: refused,
        reason: 'TenancyDenied',
        message: expect.stringMatching(/lacks the word Pull .*spec\.tenancy\.rules of Registry tenancy/),
      },
    ]);
    expect(condition(object.status, 'Ready')).toMatchObject({ status: 'False', reason: 'TenancyDenied' });
    expect(await secretIn(lab, refused)).toBeUndefined();
    await arrivedIn(lab, allowed);
    const own = await settledAs(lab, await tenancy.pullSecret(refused), 'TenancyDenied');

    await tenancy.registry(pullFor('b'));
    await withdrawnFrom(lab, allowed);
    await countedAs(lab, object, { matched: 2, ready: 0, failed: 2 });
    expect(await pullNames(lab, allowed)).toEqual([]);

    await tenancy.registry({ tenancy: { rules: [{ allow: ['Pull'] }] } });
    await servedIn(lab, own, 1);
    await countedAs(lab, object, { matched: 2, ready: 1, failed: 1 });
    expect(await pullNames(lab, allowed)).toEqual(['ecr-pull']);
  });
});

describe('a namespace that cannot be served', () => {
  test('by its quota is reported, stops no other, and is served when there is room', async () => {
    const quota = scene('quota');
    const names = ['full', ...Array.from({ length: 5 }, (_, index) => `free-${index}`)];
    const [full = '', ...free] = await Promise.all(names.map((name) => quota.namespace(name)));
    const limit = {
      ...core('ResourceQuota', 'no-secrets', full),
      spec: { hard: { 'count/secrets': '0' } },
    };
    await lab.admin.create(limit);
    // No quota controller runs here to say what is used.
    const status = { hard: { 'count/secrets': '0' }, used: { 'count/secrets': '0' } };
    await lab.admin.patch(limit, { status }, { subresource: 'status' });
    await quota.registry();
    const object = await countedAs(lab, await quota.clusterPullSecret(), {
      matched: 6,
      ready: 5,
      failed: 1,
    });
    expect(object.status?.failures).toEqual([
      { namespace: full, reason: 'KubernetesForbidden', message: expect.stringMatching(/exceeded quota/) },
    ]);
    for (const namespace of free) expect(await pullNames(lab, namespace)).toEqual(['ecr-pull']);
    // No ServiceAccount names a Secret that is not there.
    expect(await pullNames(lab, full)).toEqual([]);
    await lab.admin.delete(limit);
    await lab.advance(330_000);
    await servedIn(lab, object, 6);
  });

  test('because it is Terminating stops no other, neither when they are served nor at the end', async () => {
    const ending = scene('ending');
    const stuck = await ending.namespace('stuck');
    const held = core('ConfigMap', 'held', stuck);
    const finalizers = ['lab.test/held'];
    await lab.admin.create({ ...held, metadata: { ...held.metadata, finalizers } } as never);
    const object = await ending.serve(1);
    await lab.admin.delete(core('Namespace', stuck));
    const [fresh = ''] = await ending.namespaces(3);
    await servedIn(lab, object, 3);
    expect(object.status?.failures).toBeUndefined();
    await lab.admin.delete(object);
    await gone(lab, object);
    expect(await secretIn(lab, fresh)).toBeUndefined();
    const namespace = await lab.admin.get<KubeObject>(core('Namespace', stuck));
    expect(namespace?.metadata).toMatchObject({ deletionTimestamp: expect.any(String) });
    expect(namespace?.metadata.finalizers).toBeUndefined();
  });

  test('a namespace with a PullSecret in it can be deleted', async () => {
    const whole = scene('whole');
    const namespace = await whole.namespace('a');
    await whole.registry();
    const object = await servedIn(lab, await whole.pullSecret(namespace), 1);
    await lab.admin.delete(core('Namespace', namespace));
    await gone(lab, object);
    await withdrawnFrom(lab, namespace);
  });
});

describe('suspend', () => {
  test('leaves everything as it is until it ends, but for who may pull at all', async () => {
    const suspended = scene('suspended');
    const namespace = await suspended.namespace('a');
    await suspended.serve(1);
    const object = await suspended.clusterPullSecret({ suspend: true });
    const other = scene('suspended-other');
    await other.serve(0);
    const before = versionsOf([await arrivedIn(lab, namespace)]);
    await suspended.namespace('new');
    await lab.advance(6.5 * 3_600_000);
    await marker(lab, other, 'later');
    expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(before);
    expect(await secretIn(lab, `${suspended.name}-new`)).toBeUndefined();
    expect(suspended.calls()).toBe(1);

    const resumed = await suspended.clusterPullSecret({ suspend: false });
    await servedIn(lab, resumed, 2);
    expect(suspended.calls()).toBe(2);
    await waitFor(async () => versionsOf([await arrivedIn(lab, namespace)]), {
      what: 'the Secret to take the new token',
      until: (now) => !isDeepStrictEqual(now, before),
    });

    const again = await suspended.clusterPullSecret({ suspend: true });
    await lab.admin.delete(again);
    await gone(lab, object);
    expect(await secretIn(lab, namespace)).toBeUndefined();
  });

  test('lets a person put a login in by hand, which the operator replaces when it goes on', async () => {
    const byHand = scene('by-hand');
    const namespace = await byHand.namespace('a');
    await byHand.serve(1);
    const before = bytesOf(await arrivedIn(lab, namespace));
    await byHand.clusterPullSecret({ suspend: true });
    const data = { '.dockerconfigjson': encodedAuths({ 'by.hand': { auth: 'QVdTOmhhbmQ=' } }) };
    const patch = JSON.stringify({ data });
    await lab.kubectl('-n', namespace, 'patch', 'secret', 'ecr-pull', '--type=merge', '-p', patch);
    const other = scene('by-hand-other');
    await other.serve(0);
    await marker(lab, other, 'later');
    expect(bytesOf(await arrivedIn(lab, namespace))).not.toBe(before);

    await byHand.clusterPullSecret({ suspend: false });
    await waitFor(async () => bytesOf(await arrivedIn(lab, namespace)), {
      what: "the operator's own token to be back",
      until: (bytes) => bytes === before,
    });
    expect(byHand.calls()).toBe(1);
  });
});
