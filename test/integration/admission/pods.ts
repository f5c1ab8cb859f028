import type { KubeMetadata, KubeObject, LabKubeClient } from '../../lab/kube-client.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { FROM_ECR } from './images.ts';

export interface Named {
  readonly name: string;
}

/** As much of a Pod's spec as these tests write and read. */
export interface PodSpec {
  readonly containers?: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly volumes?: readonly object[];
  readonly imagePullSecrets?: readonly Named[];
  readonly serviceAccountName?: string;
  readonly nodeName?: string;
}

interface ContainerSpec extends Named {
  readonly image: string;
}

export interface Pod extends KubeObject {
  readonly spec: PodSpec;
}

/** A Pod of one container from ECR, but for what is given. */
export function pod(namespace: string, spec: PodSpec = {}, metadata: Partial<KubeMetadata> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace, ...metadata },
    // A mounted token's volume has a name by chance.
    spec: { ...container(FROM_ECR), automountServiceAccountToken: false, ...spec } as PodSpec,
  };
}

/** The containers of a Pod that has one, from this image. */
export function container(image: string): Pick<PodSpec, 'containers'> {
  return { containers: [{ name: 'web', image }] };
}

/** What the API server would make of a Pod; nothing is stored. Throws where it refuses. */
export async function admitted(client: LabKubeClient, object: Pod): Promise<Pod> {
  const { status, body } = await client.raw({
    method: 'POST',
    path: `/api/v1/namespaces/${object.metadata.namespace}/pods`,
    query: { dryRun: 'All' },
    body: object,
  });
  if (status !== 201) throw new Error(`the Pod was refused: ${JSON.stringify(body)}`);
  return body as Pod;
}

/** The names in a Pod's imagePullSecrets. */
export function pullSecretsOf({ spec }: Pod): string[] {
  return (spec.imagePullSecrets ?? []).map(({ name }) => name);
}

/** The names that a Pod gets in `imagePullSecrets` as the API server would admit it now. */
export async function pullSecretsGiven(client: LabKubeClient, object: Pod): Promise<string[]> {
  return pullSecretsOf(await admitted(client, object));
}

/** Resolves when such a Pod is given exactly these: the API server takes up a change of a policy some time later. */
export async function given(client: LabKubeClient, object: Pod, names: readonly string[]): Promise<void> {
  const wanted = names.join();
  await waitFor(async () => ({ names: (await pullSecretsGiven(client, object)).join() }), {
    what: `a Pod in ${object.metadata.namespace} to be given [${wanted}]`,
    until: (now) => now.names === wanted,
    timeoutMs: 60_000,
  });
}

/** Makes a namespace and waits for its ServiceAccount `default`, without which it takes no Pods. */
export async function namespace(
  client: LabKubeClient,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } } as KubeObject);
  await accountOf(client, name);
  return name;
}

/** Resolves when a namespace has its ServiceAccount `default`. */
export async function accountOf(client: LabKubeClient, namespace: string): Promise<KubeObject> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  return waitFor(() => client.get(account), {
    what: `the ServiceAccount default of ${namespace}`,
    timeoutMs: 30_000,
  });
}
