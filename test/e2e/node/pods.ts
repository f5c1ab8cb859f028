import type { KubeObject } from '../../lab/kube-client.ts';
import type { Lab } from '../../lab/lab.ts';
import { NODE_NAME } from '../../lab/node/node.ts';
import { waitFor } from '../../lab/wait-for.ts';

/** A Pod of one container, as kubelet tells of it. */
export interface PodObject extends KubeObject {
  readonly spec: { readonly imagePullSecrets?: readonly { readonly name: string }[] };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly {
      readonly imageID?: string;
      readonly state?: {
        readonly running?: object;
        readonly waiting?: { readonly reason?: string; readonly message?: string };
      };
    }[];
  };
}

interface EventObject extends KubeObject {
  readonly message: string;
}

export interface PodSettings {
  readonly namespace: string;
  readonly name: string;
  readonly image: string;
  readonly pullPolicy?: 'Always' | 'IfNotPresent';
  /** Secrets that the Pod names itself; without them its ServiceAccount's are taken. */
  readonly secrets?: readonly string[];
  /** Placed by a scheduler, in a Pod network; else on the one node, in this machine's network. */
  readonly scheduled?: boolean;
}

/** What these functions need of a lab. */
type Api = Pick<Lab, 'admin'>;

/** Creates a Pod on the node, as soon as its namespace has the ServiceAccount that every Pod needs. */
export function createPod({ admin }: Api, settings: PodSettings): Promise<PodObject> {
  const { namespace, name, image, pullPolicy = 'IfNotPresent', secrets } = settings;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name },
    spec: {
      ...(settings.scheduled ? {} : { nodeName: NODE_NAME, hostNetwork: true }),
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'web', image, imagePullPolicy: pullPolicy }],
      ...(secrets ? { imagePullSecrets: secrets.map((secret) => ({ name: secret })) } : {}),
    },
  };
  return waitFor(() => admin.create<PodObject>(pod as never), {
    what: `the Pod ${name} to be admitted`,
    intervalMs: 5,
  });
}

/** The Pod, once its container runs. */
export function running(lab: Api, pod: PodObject): Promise<PodObject> {
  return podOnce(lab, pod, 'run', (state) => state?.running !== undefined);
}

/** What kubelet says of a pull, once it failed. */
export async function pullError(lab: Api, pod: PodObject): Promise<string> {
  const isError = (state: ContainerState) => /^(ErrImagePull|ImagePullBackOff)$/.test(reasonOf(state));
  return messageOf(await podOnce(lab, pod, 'fail to pull', isError));
}

/**
 * Resolves when the front forbade the pull, and both the Pod and its Events say so. Not in ECR's words: containerd asks
 * by HEAD, and the answer to that has no body.
 */
export async function forbidden(lab: Api, pod: PodObject): Promise<void> {
  const words = /unexpected status from HEAD request to .*: 403 Forbidden/;
  const error = await pullError(lab, pod);
  if (!words.test(error)) throw new Error(`the pull failed in another way: ${error}`);
  await waitFor(() => eventsOf(lab, pod, 'Failed'), {
    what: `the Event of the Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
    until: (messages) => messages.some((message) => words.test(message)),
  });
}

/** What kubelet says while it waits before the next attempt. */
export async function backOff(lab: Api, pod: PodObject): Promise<string> {
  const isWaiting = (state: ContainerState) => reasonOf(state) === 'ImagePullBackOff';
  return messageOf(await podOnce(lab, pod, 'be in ImagePullBackOff', isWaiting));
}

type ContainerState = ReturnType<typeof stateOf>;

function stateOf(pod: PodObject | undefined) {
  return pod?.status?.containerStatuses?.[0]?.state;
}

function reasonOf(state: ContainerState): string {
  return state?.waiting?.reason ?? '';
}

function messageOf(pod: PodObject): string {
  return stateOf(pod)?.waiting?.message ?? '';
}

function podOnce(
  { admin }: Api,
  pod: PodObject,
  what: string,
  until: (state: ContainerState) => boolean,
): Promise<PodObject> {
  const { namespace, name } = pod.metadata;
  // No more than a person wants to read where the wait fails.
  const read = async (): Promise<PodObject | undefined> => {
    const now = await admin.get<PodObject>(pod);
    const { containerStatuses = [] } = now?.status ?? {};
    return (
      now && {
        ...pod,
        metadata: { name, ...(namespace ? { namespace } : {}) },
        status: { containerStatuses },
      }
    );
  };
  return waitFor(read, {
    what: `the Pod ${namespace}/${name} to ${what}`,
    until: (now) => until(stateOf(now)),
    // Between two attempts to pull, kubelet waits for ten to twenty seconds; a busy machine takes its time besides.
    timeoutMs: 80_000,
  });
}

/** What kubelet told of a Pod with that reason. */
export function eventsOf(lab: Api, { metadata }: PodObject, reason: string): Promise<readonly string[]> {
  return events(lab, metadata.namespace, `involvedObject.name=${metadata.name},reason=${reason}`);
}

/** Every pull that failed in a namespace, even if the next one did not. */
export function failedPulls(lab: Api, namespace: string): Promise<readonly string[]> {
  return events(lab, namespace, 'reason=Failed');
}

async function events(
  { admin }: Api,
  namespace: string | undefined,
  fieldSelector: string,
): Promise<readonly string[]> {
  const kind = { apiVersion: 'v1', kind: 'Event', ...(namespace ? { namespace } : {}) };
  const found = await admin.list<EventObject>({ ...kind, fieldSelector });
  return found.map(({ message }) => message);
}
