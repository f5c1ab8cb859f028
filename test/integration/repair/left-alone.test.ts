import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { KubeObject } from '../../lab/kube-client.ts';
import type { Lab } from '../../lab/lab.ts';
import { rightsKnown } from '../../lab/rights-known.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type Scene, scenes } from '../pull-secret/pull-lab.ts';
import { core } from '../pull-secret/pull-objects.ts';
import {
  failPull,
  type Owner,
  ownedPod,
  type Pod,
  type PodSpec,
  podSpec,
  podsIn,
  podsOnce,
  replaced,
  serviceAccount,
} from './pods.ts';
import {
  deletionsIn,
  early,
  eventsAbout,
  failPulls,
  laterRepair,
  openNamespace,
  serve,
  startRepairing,
  startRepairLab,
} from './repair-lab.ts';

jest.setTimeout(90_000);

let lab: Lab;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startRepairLab();
  scene = scenes(lab);
  await startRepairing(lab);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** When the operator wrote to a ServiceAccount (ms), as the API server says. */
async function attachedAt(namespace: string, name: string): Promise<number> {
  const account = await lab.admin.get(core('ServiceAccount', name, namespace));
  const entries: readonly { readonly manager?: string; readonly time?: string }[] =
    account?.metadata.managedFields ?? [];
  return Date.parse(entries.find(({ manager }) => manager === 'ecr-operator')?.time ?? '');
}

/** Makes such Pods one after the other, and lets their pulls fail. */
async function makePods(
  namespace: string,
  pods: readonly (readonly [name: string, spec: PodSpec, owner?: Owner, reason?: string])[],
): Promise<void> {
  for (const [name, spec, owner, reason] of pods)
    await failPull(lab.admin, await lab.admin.create<Pod>(ownedPod(namespace, name, spec, owner)), reason);
}

async function namesIn(namespace: string): Promise<string[]> {
  return (await podsIn(lab.admin, namespace)).map(({ metadata }) => metadata.name).sort();
}

test('only Pods are deleted that come back and that it helps', async () => {
  const one = scene('table');
  const namespace = await openNamespace(lab, one);
  const ours = podSpec(`${one.host}/web:1`);
  const builders = { serviceAccountName: 'builder', imagePullSecrets: [{ name: 'other' }] };
  await serviceAccount(lab.admin, namespace, 'builder', ['other']);
  // Any kind may control Pods; nobody makes these anew.
  const object = await lab.admin.create<KubeObject>(core('ConfigMap', 'controller', namespace));
  const node = await lab.admin.create<KubeObject>(core('Node', 'node-1'));
  const owner = { object, controller: true };
  await makePods(namespace, [
    ['no-owner', ours],
    ['owner-is-no-controller', ours, { object, controller: false }],
    ['owned-by-node', ours, { object: node, controller: true }],
    ['list-of-its-own', { ...ours, ...builders, imagePullSecrets: [{ name: 'mine' }] }, owner],
    ['image-of-another-registry', podSpec('ghcr.io/web:1'), owner],
    ['image-of-docker-hub', podSpec('web:1'), owner],
    ['image-of-another-region', podSpec(`${one.host.replace(one.region, 'eu-central-2')}/web:1`), owner],
    ['fails-otherwise', ours, owner, 'CreateContainerConfigError'],
    ['lost-too-early', ours, owner],
    ['lost-with-its-list', { ...ours, ...builders }, owner],
  ]);
  await serve(lab, one, { serviceAccounts: { mode: 'All' } });
  const later = (await attachedAt(namespace, 'builder')) + 3_000;
  await waitFor(() => Date.now() >= later, { what: 'a later second' });
  await makePods(namespace, [
    ['created-after', { ...ours, ...builders }, owner],
    ['has-the-secret', ours, owner],
  ]);
  await laterRepair(lab, scene('table-later'));
  expect(await namesIn(namespace)).toEqual([
    'created-after',
    'fails-otherwise',
    'has-the-secret',
    'image-of-another-region',
    'image-of-another-registry',
    'image-of-docker-hub',
    'list-of-its-own',
    'no-owner',
    'owned-by-node',
    'owner-is-no-controller',
  ]);
});

/** Refuses the deletion of Pods in one namespace, as the webhook of a policy engine would. */
function deletionPolicy(namespace: string): readonly KubeObject[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['pods'] };
  const matchLabels = { 'kubernetes.io/metadata.name': namespace };
  const metadata = { name: `keep-pods-of-${namespace}` };
  const spec = {
    failurePolicy: 'Fail',
    matchConstraints: { resourceRules: [rule] },
    validations: [{ expression: 'false', message: 'Pods stay here: ask the platform team' }],
  };
  const binding = {
    policyName: metadata.name,
    validationActions: ['Deny'],
    matchResources: { namespaceSelector: { matchLabels } },
  };
  return [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata, spec } as KubeObject,
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata, spec: binding } as KubeObject,
  ];
}

/** Whether anybody may delete this Pod now; nothing is deleted. */
async function mayGo(pod: Pod): Promise<boolean> {
  const path = await lab.admin.path(pod);
  return (await lab.admin.raw({ method: 'DELETE', path, body: { dryRun: ['All'] } })).status === 200;
}

describe('a deletion that is refused', () => {
  test('by an admission policy: backs off, Pod and claim tell why, and it is made up for', async () => {
    const one = scene('policy');
    const pods = await early(lab, one, 1);
    const [pod] = pods;
    if (!pod) throw new Error('no Pod');
    const policy = deletionPolicy(pod.metadata.namespace ?? '');
    for (const object of policy) await lab.admin.create(object);
    await waitFor(async () => ({ may: await mayGo(pod) }), {
      what: 'the policy to act',
      until: ({ may }) => !may,
      timeoutMs: 30_000,
    });
    await failPulls(lab, pods);
    const object = await serve(lab, one);
    expect(await eventsAbout(lab, pod, 'PodNotRepaired')).toMatchObject([
      {
        type: 'Warning',
        message: expect.stringMatching(/Secret ecr-pull.*ask the platform team.*tried again/),
      },
    ]);
    expect(await eventsAbout(lab, object, 'PodNotRepaired')).toMatchObject([
      {
        type: 'Warning',
        message: expect.stringContaining('ServiceAccount policy-a/default cannot be deleted'),
      },
    ]);
    const before = Date.now();
    await podsOnce(lab.admin, 'policy-a', 'some time', () => Date.now() > before + 5_000);
    const refusals = await deletionsIn(lab, 'policy-a');
    expect(refusals.every((code) => code === 422)).toBe(true);
    // After one second, two, four.
    expect(refusals.length).toBeLessThanOrEqual(5);
    for (const each of policy) await lab.admin.delete(each);
    await replaced(lab.admin, pods);
  });

  test('for want of the right: the same, in the API server’s words', async () => {
    const one = scene('right');
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'ecr-operator-repair-pods' },
    };
    const verbs = async (...allowed: string[]) => {
      await lab.admin.patch(role, [{ op: 'replace', path: '/rules/0/verbs', value: allowed }]);
      await rightsKnown(lab.admin);
    };
    await verbs('list', 'watch');
    const pods = await early(lab, one, 1);
    await failPulls(lab, pods);
    const object = await serve(lab, one);
    for (const pod of pods)
      expect(await eventsAbout(lab, pod, 'PodNotRepaired')).toMatchObject([
        { type: 'Warning', message: expect.stringMatching(/ecr-operator" cannot delete resource "pods"/) },
      ]);
    expect(await eventsAbout(lab, object, 'PodNotRepaired')).toMatchObject([
      { message: expect.stringContaining('(KubernetesForbidden)') },
    ]);
    await verbs('list', 'watch', 'delete');
    await replaced(lab.admin, pods);
  });
});
