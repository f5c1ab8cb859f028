import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type ControlPlane, startControlPlane } from '../../lab/control-plane.ts';
import { DEFAULT_CONTROLLERS } from '../../lab/controller-manager.ts';
import { createEnds } from '../../lab/ends.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { SCHEDULER, startScheduler } from '../../lab/scheduler.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { createNode, isReady, livePods, type PlacedPod, playKubelet } from './pretend-nodes.ts';
import { objectOf, rendered } from './rendered.ts';

// A real API server, scheduler and controllers; Nodes that run nothing, with the test as their kubelet.
jest.setTimeout(180_000);

const CONTROLLERS = ['deployment-controller', 'replicaset-controller', 'disruption-controller'];
const NAMED = `${OPERATOR_NAMESPACE}/ecr-operator`;
const ROLLOUTS = 2;

const ends = createEnds();
let controlPlane: ControlPlane;

beforeAll(async () => {
  const started = await startControlPlane({
    users: [{ name: SCHEDULER }],
    controllers: [...DEFAULT_CONTROLLERS, ...CONTROLLERS],
  });
  controlPlane = started;
  ends.add(() => started.stop());
  const { admin, folder } = started;
  const scheduler = await startScheduler({ folder, kubeconfig: await started.kubeconfig(SCHEDULER) });
  ends.add(() => scheduler.stop({ signal: 'SIGKILL' }));
  // The larger one draws: replicas that did not keep apart would all be there after a rollout.
  await createNode(admin, 'small', { zone: 'a', room: { cpu: '500m', memory: '1Gi' } });
  await createNode(admin, 'large', { zone: 'b', room: { cpu: '8', memory: '16Gi' } });
  await createNode(admin, 'windows', { zone: 'c', os: 'windows', room: { cpu: '64', memory: '64Gi' } });
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: OPERATOR_NAMESPACE } });
  const objects = await rendered();
  for (const kind of ['ServiceAccount', 'PodDisruptionBudget', 'Deployment'])
    await admin.create(objectOf(objects, `${kind}/${NAMED}`));
}, 600_000);

afterAll(async () => {
  await ends.stop();
});

/** Two replicas of the version that is wanted, all of them ready, and none of another. */
async function rolledOut(version: string): Promise<readonly PlacedPod[]> {
  const { admin } = controlPlane;
  return waitFor(
    async () => {
      await playKubelet(admin, OPERATOR_NAMESPACE);
      return livePods(admin, OPERATOR_NAMESPACE);
    },
    {
      what: `two ready replicas of version ${version || 'one'}`,
      until: (pods) =>
        pods.length === 2 &&
        pods.every((pod) => isReady(pod) && (pod.metadata.annotations?.['version'] ?? '') === version),
      timeoutMs: 60_000,
    },
  );
}

function nodesOf(pods: readonly PlacedPod[]): unknown[] {
  return pods.map(({ spec }) => spec.nodeName).sort();
}

async function evict(pod: PlacedPod | undefined): Promise<number> {
  const metadata = { name: pod?.metadata.name, namespace: OPERATOR_NAMESPACE };
  const path = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods/${metadata.name}/eviction`;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata };
  return (await controlPlane.admin.raw({ method: 'POST', path, body })).status;
}

/** The budget is counted anew a moment after a Pod got ready. */
async function evicted(pod: PlacedPod | undefined): Promise<void> {
  await waitFor(() => evict(pod), { what: 'leave to evict a Pod', until: (status) => status === 201 });
}

test('replicas are apart, each in a zone of its own, and on Linux, after each rollout too', async () => {
  expect(nodesOf(await rolledOut(''))).toEqual(['large', 'small']);
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'ecr-operator', namespace: OPERATOR_NAMESPACE },
  };
  for (let rollout = 1; rollout <= ROLLOUTS; rollout += 1) {
    const annotations = { version: String(rollout) };
    await controlPlane.admin.patch(deployment, { spec: { template: { metadata: { annotations } } } });
    expect([rollout, nodesOf(await rolledOut(String(rollout)))]).toEqual([rollout, ['large', 'small']]);
  }
});

test('one replica at a time is evicted: the other waits until there are two again', async () => {
  const [first, second] = await rolledOut(String(ROLLOUTS));
  await evicted(first);
  expect(await evict(second)).toBe(429);
  await rolledOut(String(ROLLOUTS));
  await evicted(second);
});
