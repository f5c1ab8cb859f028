import type { ControlPlaneOptions } from '../control-plane.ts';
import type { KubeObject } from '../kube-client.ts';
import { ACCOUNT, type Lab, REGION } from '../lab.ts';
import { type LabProcess, waitUntilReady } from '../process.ts';
import { importImage, startContainerd } from './containerd.ts';
import { type CredentialVerification, startKubelet } from './kubelet.ts';
import { bridgeNetworks, NODE_ADDRESSES } from './node-network.ts';
import { nodePrograms } from './node-programs.ts';
import { type NodeSandbox, startNodeSandbox } from './node-sandbox.ts';

/** The name of the Node, for `spec.nodeName` of Pods: there is no scheduler. */
export const NODE_NAME = 'lab-node';
const NODE_USER = `system:node:${NODE_NAME}`;

/** What a lab needs for a node: kubelet as a user of its own, with the rights that nodes have in real clusters. */
export const NODE_CONTROL_PLANE: ControlPlaneOptions = {
  users: [{ name: NODE_USER, groups: ['system:nodes'] }],
  apiServerArgs: ['--authorization-mode=Node', '--enable-admission-plugins=NodeRestriction'],
};

/** The hosts whose pulls go to the lab's front unless told: the lab's registry, another account's, the public one. */
export const DEFAULT_REGISTRY_HOSTS: readonly string[] = [
  `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`,
  '210987654321.dkr.ecr.eu-west-1.amazonaws.com',
  'public.ecr.aws',
];

export interface NodeOptions {
  /** Registry hosts whose pulls go to the lab's front; pulls from any other fail. */
  readonly registryHosts?: readonly string[];
  /** kubelet's default unless told: NeverVerifyPreloadedImages. */
  readonly credentialVerification?: CredentialVerification;
  /**
   * A network of its own, in which Pods have addresses, instead of this machine's: the socket file by which the API
   * server reaches them, see `startCluster`.
   */
  readonly egressSocket?: string;
}

/** What a node needs of a lab. */
export type NodeSurroundings = Pick<Lab, 'admin' | 'aws' | 'controlPlane'>;

/** A real node: containerd and kubelet, whose Pods run for real. */
export interface LabNode {
  readonly name: string;
  /** With the logs of containerd and kubelet; gone after `stop`. */
  readonly folder: string;
  /** The names of the images that it has. */
  images(): Promise<readonly string[]>;
  /** Gives it the images of an archive, which then need no pull. */
  importImage(archive: string): Promise<void>;
  /** Kills kubelet, containerd and all Pods; leaves no process, mount, file or control group. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a node that joins the lab's cluster; resolves when its Node is Ready. The lab has to be started with
 * {@link NODE_CONTROL_PLANE} and a registry as upstream. Throws where {@link nodeUnavailable} gives a reason, and with
 * the end of a log where a program does not come up.
 */
export async function startNode(lab: NodeSurroundings, options: NodeOptions = {}): Promise<LabNode> {
  const { egressSocket } = options;
  const sandbox = await startNodeSandbox(await nodePrograms(), egressSocket ? NODE_ADDRESSES : undefined);
  let endBridge = async (): Promise<void> => undefined;
  const stop = async () => {
    await sandbox.stop();
    await endBridge();
  };
  try {
    if (egressSocket) {
      const { aws, controlPlane } = lab;
      const urls = { apiServer: controlPlane.url, aws: aws.endpoint, registry: aws.registryUrl };
      endBridge = await bridgeNetworks(sandbox, { ...urls, egressSocket });
    }
    const hosts = options.registryHosts ?? DEFAULT_REGISTRY_HOSTS;
    const registries = Object.fromEntries(hosts.map((host) => [host, lab.aws.registryUrl]));
    await startContainerd(sandbox, { registries });
    const kubelet = await startKubelet(sandbox, {
      nodeName: NODE_NAME,
      kubeconfig: await lab.controlPlane.kubeconfig(NODE_USER),
      credentialVerification: options.credentialVerification ?? 'NeverVerifyPreloadedImages',
    });
    await untilReady(lab, kubelet);
    return labNode(sandbox, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

interface NodeObject extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function untilReady({ admin }: NodeSurroundings, kubelet: LabProcess): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE_NAME } };
  const isReady = async () => {
    const node = await admin.get<NodeObject>(ref);
    const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
    return ready?.status === 'True';
  };
  await waitUntilReady(kubelet, isReady, { what: 'its Node is Ready' });
}

function labNode(sandbox: NodeSandbox, stop: () => Promise<void>): LabNode {
  return {
    name: NODE_NAME,
    folder: sandbox.folder,
    async images() {
      const { stdout } = await sandbox.run('ctr', ['--namespace=k8s.io', 'images', 'list', '--quiet']);
      return stdout.split('\n').filter(Boolean);
    },
    importImage: (archive) => importImage(sandbox, archive),
    stop,
  };
}
