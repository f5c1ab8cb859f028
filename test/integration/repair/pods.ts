import type { KubeMetadata, KubeObject, LabKubeClient } from '../../lab/kube-client.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { core } from '../pull-secret/pull-objects.ts';

/** As much of a Pod as these tests write and read. */
export interface Pod extends KubeObject {
  readonly spec: PodSpec;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly serviceAccountName?: string;
  readonly nodeName?: string;
}

interface Container {
  readonly name: string;
  readonly image: string;
}

/** One container from this image, and nothing whose name is made by chance. */
export function podSpec(image: string, more: Partial<PodSpec> = {}): PodSpec {
  const bare = { automountServiceAccountToken: false } as Partial<PodSpec>;
  return { containers: [{ name: 'web', image }], ...bare, ...more };
}

/** A ReplicaSet `web`, whose Pods are made by the real controller. */
export function replicaSet(namespace: string, replicas: number, spec: PodSpec): KubeObject {
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  } as KubeObject;
}

/** Who owns a Pod that a test makes itself; nobody makes such a Pod anew. */
export interface Owner {
  readonly object: KubeObject;
  readonly controller: boolean;
}

export function ownedPod(namespace: string, name: string, spec: PodSpec, owner?: Owner): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, ...references(owner) }, spec };
}

function references(owner: Owner | undefined): Pick<KubeMetadata, 'ownerReferences'> {
  if (!owner) return {};
  const { apiVersion, kind, metadata } = owner.object;
  const { controller } = owner;
  return { ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller }] };
}

/** Makes a ServiceAccount with such pull Secrets, whose changes the API server keeps account of. */
export async function serviceAccount(
  client: LabKubeClient,
  namespace: string,
  name: string,
  pullSecrets: readonly string[],
): Promise<void> {
  const imagePullSecrets = pullSecrets.map((secret) => ({ name: secret }));
  await client.create({ ...core('ServiceAccount', name, namespace), imagePullSecrets } as never);
}

/** What kubelet says of a Pod none of whose images can be pulled; of a Pod that is gone meanwhile it says nothing. */
export async function failPull(client: LabKubeClient, pod: Pod, reason = 'ImagePullBackOff'): Promise<void> {
  const statusOf = ({ name, image }: Container): object => ({
    name,
    image,
    imageID: '',
    ready: false,
    restartCount: 0,
    state: { waiting: { reason, message: `Back-off pulling image "${image}"` } },
  });
  const { containers, initContainers = [] } = pod.spec;
  const status = {
    phase: 'Pending',
    containerStatuses: containers.map(statusOf),
    initContainerStatuses: initContainers.map(statusOf),
  };
  const { status: code, body } = await client.raw({
    method: 'PATCH',
    path: `${await client.path(pod)}/status`,
    body: { metadata: { uid: pod.metadata.uid }, status },
    contentType: 'application/merge-patch+json',
  });
  if (![200, 404, 409].includes(code)) throw new Error(`no status: ${JSON.stringify(body)}`);
}

/** The Pods of a namespace. */
export function podsIn(client: LabKubeClient, namespace: string): Promise<readonly Pod[]> {
  return client.list<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace });
}

/** What tells Pods apart, and whether they have the Secret; short, for what is shown when a wait ends in vain. */
export interface PodSummary {
  readonly name: string;
  readonly uid: string;
  readonly pullSecrets: readonly string[];
  readonly isGoing: boolean;
}

export function summaryOf({ metadata, spec }: Pod): PodSummary {
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    pullSecrets: (spec.imagePullSecrets ?? []).map(({ name }) => name),
    isGoing: metadata.deletionTimestamp !== undefined,
  };
}

/** The Pods of a namespace, once they are as wished. */
export async function podsOnce(
  client: LabKubeClient,
  namespace: string,
  what: string,
  until: (pods: readonly PodSummary[]) => boolean,
): Promise<readonly Pod[]> {
  let pods: readonly Pod[] = [];
  const read = async (): Promise<readonly PodSummary[]> => {
    pods = await podsIn(client, namespace);
    return pods.map(summaryOf);
  };
  await waitFor(read, { what: `${what} in ${namespace}`, until, timeoutMs: 30_000 });
  return pods;
}

/** As many Pods as there shall be, whatever they look like. */
export function arrived(client: LabKubeClient, namespace: string, count: number): Promise<readonly Pod[]> {
  return podsOnce(client, namespace, `${count} Pods`, (pods) => pods.length === count);
}

/** As many Pods as there were, once all of them are others and have the Secret. */
export function replaced(client: LabKubeClient, before: readonly Pod[]): Promise<readonly Pod[]> {
  const old = new Set(uidsOf(before));
  return podsOnce(
    client,
    before[0]?.metadata.namespace ?? '',
    'other Pods with the Secret',
    (pods) =>
      pods.length === before.length &&
      pods.every(({ uid, pullSecrets }) => !old.has(uid) && pullSecrets.includes('ecr-pull')),
  );
}

export function uidsOf(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata }) => metadata.uid ?? '').sort();
}
