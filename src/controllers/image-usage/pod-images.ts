import type { KubeObject } from '../../runtime/resource.ts';

interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly ephemeralContainers?: readonly Container[];
  readonly volumes?: readonly { readonly image?: { readonly reference?: string } }[];
}

interface Container {
  readonly image?: string;
}

interface ContainerStatus {
  readonly imageID?: string;
}

interface Pod extends KubeObject {
  readonly spec?: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
}

interface Template {
  readonly template?: { readonly spec?: PodSpec };
}

interface Job extends KubeObject {
  readonly spec?: Template;
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };
}

/** The images of a Pod that is not over: those that it names, and those that it was given for them. */
export function imagesOfPod(object: KubeObject): readonly string[] {
  const { spec, status } = object as Pod;
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return [];
  const statuses = [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
    ...(status?.ephemeralContainerStatuses ?? []),
  ];
  return [...imagesOf(spec), ...statuses.flatMap(({ imageID }) => imageID || [])];
}

/** The images of a workload's Pod template; also where it has no Pods now, since it may have some again. */
export function imagesOfTemplate(object: KubeObject): readonly string[] {
  return imagesOf((object as KubeObject & { readonly spec?: Template }).spec?.template?.spec);
}

/** As {@link imagesOfTemplate}, but a Job that is over makes no Pod again. */
export function imagesOfJob(object: KubeObject): readonly string[] {
  const over = (object as Job).status?.conditions?.some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return over ? [] : imagesOfTemplate(object);
}

export function imagesOfCronJob(object: KubeObject): readonly string[] {
  const { spec } = object as KubeObject & { readonly spec?: { readonly jobTemplate?: { spec?: Template } } };
  return imagesOf(spec?.jobTemplate?.spec?.template?.spec);
}

function imagesOf(spec: PodSpec = {}): readonly string[] {
  const { containers = [], initContainers = [], ephemeralContainers = [], volumes = [] } = spec;
  return [
    ...[...initContainers, ...containers, ...ephemeralContainers].flatMap(({ image }) => image || []),
    ...volumes.flatMap(({ image }) => image?.reference || []),
  ];
}
