import type { KubeObject, ObjectMetadata } from '../../../runtime/resource.ts';
import { type ImageName, imageName } from './image-name.ts';

/** What is kept of a Pod that is Pending. */
export interface PodState {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The object that makes it anew when it is gone. */
  readonly controller: PodController | undefined;
  readonly serviceAccount: string;
  /** The names in `imagePullSecrets`, in order. */
  readonly pullSecrets: readonly string[];
  /** In ms, whole seconds. */
  readonly createdAt: number;
  readonly terminating: boolean;
  /** The images that a container waits for in vain, as far as they name a registry. */
  readonly unpulled: readonly ImageName[];
}

export interface PodController {
  readonly kind: string;
  readonly uid: string;
}

interface Pod extends KubeObject {
  readonly metadata: ObjectMetadata & {
    readonly ownerReferences?: readonly (PodController & { readonly controller?: boolean })[];
  };
  readonly spec?: {
    readonly serviceAccountName?: string;
    readonly imagePullSecrets?: readonly { readonly name?: string }[];
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: {
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface Container {
  readonly name: string;
  readonly image?: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly state?: { readonly waiting?: { readonly reason?: string } };
}

/** What kubelet says of a container whose image did not come. */
const FAILED_PULL: ReadonlySet<unknown> = new Set(['ErrImagePull', 'ImagePullBackOff']);

/** Reduces a Pod. */
export function podState(object: KubeObject): PodState {
  const { metadata, spec, status } = object as Pod;
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    controller: owner && { kind: owner.kind, uid: owner.uid },
    serviceAccount: spec?.serviceAccountName ?? '',
    pullSecrets: (spec?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []),
    createdAt: Date.parse(metadata.creationTimestamp ?? ''),
    terminating: metadata.deletionTimestamp !== undefined,
    unpulled: [
      ...unpulled(spec?.initContainers, status?.initContainerStatuses),
      ...unpulled(spec?.containers, status?.containerStatuses),
    ],
  };
}

function unpulled(
  containers: readonly Container[] = [],
  statuses: readonly ContainerStatus[] = [],
): ImageName[] {
  const waiting = statuses.filter(({ state }) => FAILED_PULL.has(state?.waiting?.reason));
  return waiting.flatMap((status) => {
    const image = containers.find(({ name }) => name === status.name)?.image;
    return (image && imageName(image)) || [];
  });
}
