import type { KubeObject, LabKubeClient } from '../../lab/kube-client.ts';

/** A Pod, as far as these tests look at it. */
export interface PlacedPod extends KubeObject {
  readonly spec: { readonly nodeName?: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export interface PretendNode {
  readonly zone: string;
  readonly os?: string;
  /** A scheduler that has the choice takes the one with more room. */
  readonly room: { readonly cpu: string; readonly memory: string };
}

/** A Node that runs nothing, for the scheduler to choose. */
export async function createNode(
  admin: LabKubeClient,
  name: string,
  { zone, os = 'linux', room }: PretendNode,
): Promise<void> {
  const resources = { ...room, pods: '110' };
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': os,
        'topology.kubernetes.io/zone': zone,
      },
    },
    status: { capacity: resources, allocatable: resources },
  };
  await admin.create(node);
  // The API server gives each new one a taint, which the node's own controller takes away.
  await admin.patch(node, { spec: { taints: null } });
}

/** All Pods of the namespace that are not about to end. */
export async function livePods(admin: LabKubeClient, namespace: string): Promise<readonly PlacedPod[]> {
  const pods = await admin.list<PlacedPod>({ apiVersion: 'v1', kind: 'Pod', namespace });
  return pods.filter(({ metadata }) => !metadata.deletionTimestamp);
}

export function isReady({ status }: PlacedPod): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** What kubelets do: Pods that have a Node get ready, and those that are to end are gone. */
export async function playKubelet(admin: LabKubeClient, namespace: string): Promise<void> {
  for (const pod of await admin.list<PlacedPod>({ apiVersion: 'v1', kind: 'Pod', namespace })) {
    if (pod.metadata.deletionTimestamp) await admin.delete(pod, { gracePeriodSeconds: 0 });
    else if (pod.spec.nodeName && !isReady(pod))
      await admin.patch(
        pod,
        { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
        { subresource: 'status' },
      );
  }
}
