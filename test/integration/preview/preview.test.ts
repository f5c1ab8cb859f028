import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import type { KubeObject, KubeRef } from '../../lab/kube-client.ts';
import { rightsKnown } from '../../lab/rights-known.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { writeOverlay } from '../deploy/overlay.ts';
import { ownedPod, podSpec } from '../repair/pods.ts';
import { lifecycleKeeping } from '../repository/documents.ts';
import {
  callsOn,
  conditionOf,
  core,
  type EcrLab,
  type RepositoryObject,
  readyOf,
  startEcrLab,
} from '../repository/ecr-lab.ts';

const NAMESPACE = 'previews';
const HOUR = 3_600_000;

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab({ env: { ECR_OPERATOR_IMAGE_USAGE: 'true' } });
  const overlay = join(lab.controlPlane.folder, 'with-lifecycle-block');
  await lab.kubectl('apply', '-k', await writeOverlay(overlay, { components: ['lifecycle-block'] }));
  await lab.namespace(NAMESPACE);
  await waitFor(() => lab.admin.get(core('ServiceAccount', 'default', NAMESPACE)), {
    what: 'the ServiceAccount that Pods need',
  });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

type Mode = 'Off' | 'Report' | 'Block';

const put = (name: string, keep: number, preview: Mode) =>
  lab.repository(NAMESPACE, name, {
    registryRef: { name: 'open' },
    lifecycle: { document: lifecycleKeeping(keep), preview },
  });

/** A Repository without a lifecycle policy, and images `v1` to `v<count>` in it, the last one the newest. */
async function holding(name: string, count: number): Promise<void> {
  await lab.settled(await lab.repository(NAMESPACE, name, { registryRef: { name: 'open' } }));
  const now = lab.aws.clock.now().getTime();
  for (let index = 1; index <= count; index += 1) {
    const pushedAt = new Date(now - (count - index + 1) * HOUR);
    lab.ecr.addImage(name, { digest: digestOf(`${name} ${index}`), tags: new Set([`v${index}`]), pushedAt });
  }
}

const previewOf = async (object: KubeRef) => (await lab.admin.get<RepositoryObject>(object))?.status?.preview;

const puts = (name: string): number =>
  callsOn(lab, name).filter((call) => call === 'ecr:PutLifecyclePolicy').length;

const starts = (name: string): number =>
  callsOn(lab, name).filter((call) => call === 'ecr:StartLifecyclePolicyPreview').length;

describe('a lifecycle policy', () => {
  test('is put without a preview where none is wanted', async () => {
    await holding('off', 3);
    const object = await lab.settled(await put('off', 1, 'Off'));
    expect([object.status?.preview, starts('off'), puts('off')]).toEqual([undefined, 0, 1]);
  });

  test('is put for a repository that is made with it, which holds nothing', async () => {
    await lab.settled(await put('made', 1, 'Block'));
    expect([starts('made'), puts('made')]).toEqual([0, 1]);
  });

  test('is reported first: counts and examples, then it is put', async () => {
    await holding('report', 15);
    lab.ecr.registry.previewLag = { calls: 2 };
    const object = await put('report', 3, 'Report');
    const running = await waitFor(() => lab.admin.get<RepositoryObject>(object), {
      what: 'the preview to run',
      until: (now) => conditionOf(now, 'Synced')?.reason === 'PreviewRunning',
    });
    expect(conditionOf(running, 'Synced')?.status).toBe('Unknown');
    expect([running.status?.preview?.startedAt, puts('report')]).toEqual([expect.any(String), 0]);
    const { status } = await lab.settledInTime(object, 'Ready', 5_000);
    lab.ecr.registry.previewLag = undefined;
    expect(status?.preview).toEqual({
      document: expect.stringMatching(/^[0-9a-f]{64}$/),
      startedAt: expect.any(String),
      completedAt: expect.any(String),
      expiring: 12,
      transitioning: 0,
      examples: ['v1', 'v10', 'v11', 'v12', ...['2', '3', '4', '5', '6', '7'].map((n) => `v${n}`)],
    });
    expect([starts('report'), puts('report')]).toEqual([1, 1]);
    expect(callsOn(lab, 'report').lastIndexOf('ecr:GetLifecyclePolicyPreview')).toBeLessThan(
      callsOn(lab, 'report').indexOf('ecr:PutLifecyclePolicy'),
    );
  });

  test('is previewed again after each change of it, and not without one', async () => {
    await holding('changed', 5);
    await lab.settledInTime(await put('changed', 4, 'Report'), 'Ready', 5_000);
    const object = await put('changed', 3, 'Report');
    const { status } = await lab.settledInTime(object, 'Ready', 5_000);
    expect([status?.preview?.expiring, starts('changed')]).toEqual([2, 2]);
    await lab.pass(NAMESPACE, 'changed');
    expect([starts('changed'), (await previewOf(object))?.expiring]).toEqual([2, 2]);
  });

  test.each([
    ['FAILED', 'PreviewFailed'],
    ['EXPIRED', 'PreviewFailed'],
  ] as const)('is not put while its preview is %s, and asked about again', async (end, reason) => {
    const name = end.toLowerCase();
    await holding(name, 3);
    lab.ecr.registry.previewEnd = end;
    const object = await put(name, 1, 'Report');
    await lab.settledInTime(object, reason, 5_000);
    expect(puts(name)).toBe(0);
    lab.ecr.registry.previewEnd = 'COMPLETE';
    await lab.settledInTime(object, 'Ready');
    expect([puts(name), starts(name) > 1]).toEqual([1, true]);
  });

  test('is not put while its preview hangs, which is told after ten minutes', async () => {
    await holding('hangs', 3);
    lab.ecr.registry.previewLag = { milliseconds: HOUR };
    const object = await put('hangs', 1, 'Report');
    await lab.settledInTime(object, 'PreviewTimedOut', 60_000);
    lab.ecr.registry.previewLag = undefined;
    expect([starts('hangs'), puts('hangs')]).toEqual([1, 0]);
    await lab.settledInTime(object, 'Ready', 300_000);
    expect(puts('hangs')).toBe(1);
  });

  test('waits for a preview that somebody else asked for', async () => {
    await holding('theirs', 3);
    lab.ecr.registry.previewLag = { milliseconds: 60_000 };
    const lifecyclePolicyText = lifecycleKeeping(2);
    lab.ecr.call('StartLifecyclePolicyPreview', { repositoryName: 'theirs', lifecyclePolicyText });
    lab.ecr.registry.previewLag = undefined;
    const object = await put('theirs', 1, 'Report');
    await waitFor(async () => readyOf(await lab.admin.get<RepositoryObject>(object)).reason, {
      what: 'the wait',
      until: (reason) => reason === 'PreviewRunning',
    });
    expect(starts('theirs')).toBe(0);
    const { status } = await lab.settledInTime(object, 'Ready', 10_000);
    expect([status?.preview?.expiring, starts('theirs'), puts('theirs')]).toEqual([2, 1, 1]);
  });
});

describe('with Block, a lifecycle policy', () => {
  const uri = (name: string, version: string) => `${lab.held(name).uri}${version}`;

  /** Waits until the policy is held back, and says in which words. */
  async function blocked(object: RepositoryObject): Promise<string> {
    const held = await lab.settledInTime(object, 'LifecycleBlocked', 5_000);
    return conditionOf(held, 'Synced')?.message ?? '';
  }

  async function freed(name: string, object: RepositoryObject, user: KubeObject): Promise<void> {
    await lab.admin.delete(user, { gracePeriodSeconds: 0 });
    await lab.gone(user);
    expect(puts(name)).toBe(0);
    const { status } = await lab.settledInTime(object, 'Ready', 30_000);
    expect([puts(name), status?.preview?.inUse]).toEqual([1, undefined]);
  }

  test('is held back while a Pod uses an image that would go, and put when that goes', async () => {
    await holding('pod', 5);
    const pod = await lab.admin.create<KubeObject>(ownedPod(NAMESPACE, 'worker', podSpec(uri('pod', ':v2'))));
    const object = await put('pod', 2, 'Block');
    expect(await blocked(object)).toContain(
      'would delete or archive images that this cluster uses now: v2 (Pod previews/worker); change the rules',
    );
    expect(await previewOf(object)).toMatchObject({ expiring: 3, inUse: ['v2 (Pod previews/worker)'] });
    await lab.pass(NAMESPACE, 'pod');
    await freed('pod', object, pod);
  });

  test('is held back for a Pod of another namespace, too, which is told without its name', async () => {
    await holding('elsewhere', 5);
    await lab.namespace('secretive');
    await lab.admin.create(ownedPod('secretive', 'hidden', podSpec(uri('elsewhere', ':v2'))));
    const object = await put('elsewhere', 2, 'Block');
    expect(await blocked(object)).toContain('uses now: v2 (somebody in another namespace); change the rules');
    expect(JSON.stringify(await lab.admin.get(object))).not.toMatch(/secretive|hidden/);
  });

  test('is held back while a Deployment names one in its template, although it has no Pods', async () => {
    await holding('deployed', 5);
    const labels = { app: 'web' };
    const deployment = await lab.admin.create<KubeObject>({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: NAMESPACE },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(uri('deployed', `@${digestOf('deployed 1')}`)) },
      },
    } as KubeRef);
    const object = await put('deployed', 2, 'Block');
    expect(await blocked(object)).toContain(`${digestOf('deployed 1')} (Deployment previews/web)`);
    await freed('deployed', object, deployment);
  });

  test('is put where Pods use only what stays', async () => {
    await holding('stays', 5);
    const pod = ownedPod(NAMESPACE, 'newest', podSpec(uri('stays', ':v5')));
    await lab.admin.create(pod);
    const { status } = await lab.settledInTime(await put('stays', 2, 'Block'), 'Ready', 5_000);
    expect([status?.preview?.expiring, puts('stays')]).toEqual([3, 1]);
  });

  test('is held back with all its other settings done', async () => {
    await holding('others', 5);
    await lab.admin.create(ownedPod(NAMESPACE, 'other', podSpec(uri('others', ':v1'))));
    await blocked(
      await lab.repository(NAMESPACE, 'others', {
        registryRef: { name: 'open' },
        scanOnPush: true,
        lifecycle: { document: lifecycleKeeping(2), preview: 'Block' },
      }),
    );
    expect(lab.held('others').scanOnPush).toBe(true);
  });

  test('is held back where the operator may not list Pods, with the words of the API server', async () => {
    await holding('forbidden', 3);
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'ecr-operator-lifecycle-block' },
    };
    const before = await lab.admin.get<KubeObject & { readonly roleRef: object; readonly subjects: object }>(
      binding,
    );
    await lab.admin.delete(binding);
    await rightsKnown(lab.admin);
    // What was read is believed for a minute.
    await lab.advance(61_000);
    const object = await put('forbidden', 1, 'Block');
    const held = await lab.settledInTime(object, 'KubernetesForbidden', 5_000);
    expect([conditionOf(held, 'Synced')?.message, puts('forbidden')]).toEqual([
      expect.stringMatching(/deployments.apps is forbidden/),
      0,
    ]);
    const { roleRef, subjects } = before ?? {};
    await lab.admin.create({ ...binding, roleRef, subjects } as KubeRef);
    await lab.settledInTime(object, 'Ready');
    expect(puts('forbidden')).toBe(1);
  });
});
