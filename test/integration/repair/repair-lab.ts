import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterPullSecretSpec } from '../../../src/api/cluster-pull-secret.generated.ts';
import { DEFAULT_CONTROLLERS } from '../../lab/controller-manager.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { type Lab, OPERATOR_NAMESPACE, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { writeOverlay } from '../deploy/overlay.ts';
import { accountIn, type Scene, servedIn } from '../pull-secret/pull-lab.ts';
import type { PullObject } from '../pull-secret/pull-objects.ts';
import { arrived, failPull, type Pod, type PodSpec, podSpec, replaced, replicaSet } from './pods.ts';

/** A lab with the real controller of ReplicaSets, and `components/repair-pods` installed. */
export async function startRepairLab(): Promise<Lab> {
  const controllers = [...DEFAULT_CONTROLLERS, 'replicaset-controller'];
  const lab = await startLab({ audit: true, controlPlane: { controllers } });
  try {
    const overlay = join(lab.controlPlane.folder, 'with-repair-pods');
    await lab.kubectl('apply', '-k', await writeOverlay(overlay, { components: ['repair-pods'] }));
    return lab;
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

/** Starts the operator as that component sets it up. */
export function startRepairing(lab: Lab): Promise<OperatorProcess> {
  return lab.startOperator({ env: { ECR_OPERATOR_REPAIR_PODS: 'true' } });
}

/** A namespace that nobody serves yet, whose ServiceAccount is there, so that Pods can be made. */
export async function openNamespace(lab: Lab, scene: Scene): Promise<string> {
  const namespace = await scene.namespace('a');
  await accountIn(lab, namespace);
  return namespace;
}

/** The Pods of a ReplicaSet, in the open namespace of a scene, before that is served. */
export async function early(
  lab: Lab,
  scene: Scene,
  count: number,
  more: Partial<PodSpec> = {},
): Promise<readonly Pod[]> {
  const namespace = await openNamespace(lab, scene);
  await lab.admin.create(replicaSet(namespace, count, podSpec(`${scene.host}/web:1`, more)));
  return arrived(lab.admin, namespace, count);
}

export async function failPulls({ admin }: Lab, pods: readonly Pod[]): Promise<void> {
  await Promise.all(pods.map((pod) => failPull(admin, pod)));
}

/** Registry and ClusterPullSecret of a scene, and a wait until it is Ready in its one namespace. */
export async function serve(
  lab: Lab,
  scene: Scene,
  settings: Partial<ClusterPullSecretSpec> = {},
): Promise<PullObject> {
  await scene.registry();
  return servedIn(lab, await scene.clusterPullSecret({ repairPods: true, ...settings }), 1);
}

/** A repair from beginning to end: what qualified before it, and did so all the time, would have gone before it. */
export async function laterRepair(lab: Lab, scene: Scene): Promise<void> {
  const pods = await early(lab, scene, 1);
  await failPulls(lab, pods);
  await serve(lab, scene);
  await replaced(lab.admin, pods);
}

/** An Event, as far as people read it. */
export interface Told extends KubeObject {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly uid: string };
}

/** The Events with this reason about an object that is or was there, once there is one. */
export function eventsAbout(lab: Lab, object: KubeObject, reason: string): Promise<readonly Told[]> {
  const { uid, name, namespace = 'default' } = object.metadata;
  const read = async (): Promise<readonly Told[]> => {
    const all = await lab.admin.list<Told>({ apiVersion: 'v1', kind: 'Event', namespace });
    return all.filter((event) => event.involvedObject.uid === uid && event.reason === reason);
  };
  return waitFor(read, { what: `Event ${reason} of ${name}`, until: ({ length }) => length > 0 });
}

interface AuditEvent {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly responseStatus?: { readonly code?: number };
  readonly objectRef?: { readonly resource: string; readonly namespace?: string };
}

const OPERATOR = `system:serviceaccount:${OPERATOR_NAMESPACE}:ecr-operator`;

/** The answers to the deletions of Pods that the operator asked for in a namespace. */
export async function deletionsIn(lab: Lab, namespace: string): Promise<(number | undefined)[]> {
  const text = await readFile(lab.controlPlane.files.auditLog, 'utf8');
  const events = text
    .split('\n')
    .filter((line) => line.includes('"pods"'))
    .map((line) => JSON.parse(line) as AuditEvent);
  const isOurs = ({ user, verb, objectRef }: AuditEvent): boolean =>
    user.username === OPERATOR &&
    verb === 'delete' &&
    objectRef?.resource === 'pods' &&
    objectRef.namespace === namespace;
  return events.filter(isOurs).map(({ responseStatus }) => responseStatus?.code);
}
