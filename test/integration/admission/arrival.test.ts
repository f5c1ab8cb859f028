import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { OPT_OUT, OPT_OUT_LABEL } from '../../../src/api/names.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type AdmissionLab, FAIL, SELECTED, startAdmissionLab } from './admission-lab.ts';
import { REWRITTEN, startImageWebhook } from './image-webhook.ts';
import { FROM_ECR } from './images.ts';
import { admitted, container, given, namespace, type Pod, pod, pullSecretsOf } from './pods.ts';

jest.setTimeout(120_000);

let lab: AdmissionLab;

beforeAll(async () => {
  lab = await startAdmissionLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** A namespace and, in the next request, its first Pod. */
async function burst(name: string): Promise<Pod> {
  await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  // The API server waits a second or two for the ServiceAccount, and then says no: whoever makes Pods asks again.
  return waitFor(() => lab.admin.create<Pod>(pod(name)), {
    what: `the first Pod of ${name}`,
    timeoutMs: 60_000,
  });
}

const bursts = (name: string) =>
  Promise.all(Array.from({ length: 10 }, (_, index) => burst(`${name}-${index}`)));

test('without the policy the first Pod of a namespace has no Secret', async () => {
  expect((await bursts('bare')).map(pullSecretsOf)).toEqual(Array(10).fill([]));
});

describe('with the policy', () => {
  beforeAll(() => lab.install([FAIL]));

  test('the first Pod of a namespace has it, made in the same burst', async () => {
    expect((await bursts('burst')).map(pullSecretsOf)).toEqual(Array(10).fill(['ecr-pull']));
  });

  test('so have the Pods of a Deployment, applied together with its namespace', async () => {
    const labels = { app: 'web' };
    const { spec } = pod('deployed');
    await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'deployed' } });
    await lab.admin.create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'deployed' },
      spec: { replicas: 3, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    } as KubeObject);
    const list = { apiVersion: 'v1', kind: 'Pod', namespace: 'deployed', labelSelector: 'app=web' };
    const pods = await waitFor(() => lab.admin.list<Pod>(list), {
      what: 'the Pods of the Deployment',
      until: ({ length }) => length === 3,
      timeoutMs: 60_000,
    });
    expect(pods.map(pullSecretsOf)).toEqual(Array(3).fill(['ecr-pull']));
    const template = await lab.admin.get<KubeObject & { readonly spec: { readonly template: Pod } }>({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'deployed' },
    });
    expect(template?.spec.template.spec.imagePullSecrets).toBeUndefined();
  });

  test('a namespace that opts out later, and in again, is followed', async () => {
    const at = await namespace(lab.admin, 'changing');
    const ref = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: at } };
    await given(lab.admin, pod(at), ['ecr-pull']);
    await lab.admin.patch(ref, { metadata: { labels: { [OPT_OUT_LABEL]: OPT_OUT } } });
    await given(lab.admin, pod(at), []);
    await lab.admin.patch(ref, { metadata: { labels: { [OPT_OUT_LABEL]: null } } });
    await given(lab.admin, pod(at), ['ecr-pull']);
  });

  test('a Pod whose image is ECR’s only after somebody’s webhook gets it too', async () => {
    const webhook = await startImageWebhook(lab.controlPlane, FROM_ECR);
    try {
      await lab.admin.create(webhook.configuration);
      const mirrored = pod(SELECTED, container('nginx:1'), { labels: REWRITTEN });
      const { spec } = await waitFor(() => admitted(lab.admin, mirrored), {
        what: 'the webhook to act',
        until: (now) => now.spec.containers?.[0]?.image === FROM_ECR,
        timeoutMs: 60_000,
      });
      expect(spec.imagePullSecrets).toEqual([{ name: 'ecr-pull' }]);
    } finally {
      await lab.admin.delete(webhook.configuration);
      await webhook.stop();
    }
  });
});
