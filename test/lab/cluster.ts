import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AwsSimulator, startAwsSimulator } from './aws/aws-simulator.ts';
import { offsetClock, type SteppedClock } from './aws/simulator-clock.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { DEFAULT_CONTROLLERS } from './controller-manager.ts';
import { createEnds } from './ends.ts';
import type { LabKubeClient } from './kube-client.ts';
import { kubectlOk } from './kubectl.ts';
import { ACCOUNT, REGION } from './lab.ts';
import { findLeaks } from './leaks.ts';
import { type LabNode, NODE_CONTROL_PLANE, startNode } from './node/node.ts';
import { type LabRegistry, startRegistry } from './registry.ts';
import { SCHEDULER, startScheduler } from './scheduler.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface ClusterOptions {
  /** Of ECR's tokens, in milliseconds; 12 hours unless told. */
  readonly tokenLifetimeMs?: number;
}

/**
 * A whole cluster with one node, with nothing installed: Deployments run, in a Pod network of their own, with the API
 * server at the address that kubelet tells them, and AWS at {@link AWS_ADDRESS}. There is no DNS, no kube-proxy and no
 * NetworkPolicy.
 */
export interface Cluster {
  readonly controlPlane: ControlPlane;
  readonly admin: LabKubeClient;
  readonly aws: AwsSimulator<SteppedClock>;
  readonly registry: LabRegistry;
  readonly node: LabNode;
  /** Of a cluster administrator. */
  readonly kubeconfig: string;
  /** For what a test writes; gone with the cluster. */
  readonly folder: string;
  kubectl(...args: readonly string[]): Promise<string>;
  /** Throws if any of the texts has a token that was issued, or the API server's log has. */
  refuseLeaks(...texts: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Beside those of every lab: what makes Pods of a Deployment, and a Node that takes them. */
const CONTROLLERS = [
  ...DEFAULT_CONTROLLERS,
  'deployment-controller',
  'replicaset-controller',
  'node-lifecycle-controller',
  'disruption-controller',
  'endpoints-controller',
  'endpointslice-controller',
];

/** Starts it; resolves when its Node is Ready. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const ends = createEnds();
  try {
    const folder = await temporaryFolder('cluster');
    ends.add(() => folder.remove());
    const registry = await startRegistry();
    ends.add(() => registry.stop());
    const aws = await startAwsSimulator({
      ...options,
      clock: offsetClock(),
      accountId: ACCOUNT,
      region: REGION,
      upstream: registry.url,
    });
    ends.add(() => aws.stop());
    const egressSocket = join(folder.path, 'egress');
    const controlPlane = await startWithEgress(folder.path, egressSocket);
    ends.add(() => controlPlane.stop());
    const scheduler = await startScheduler({
      folder: folder.path,
      kubeconfig: await controlPlane.kubeconfig(SCHEDULER),
    });
    ends.add(() => scheduler.stop({ signal: 'SIGKILL' }));
    const { admin } = controlPlane;
    const node = await startNode({ aws, admin, controlPlane }, { egressSocket });
    ends.add(() => node.stop());
    const kubeconfig = await controlPlane.kubeconfig('admin');
    return {
      ...{ controlPlane, admin, aws, registry, node, kubeconfig, folder: folder.path, stop: ends.stop },
      kubectl: (...args) => kubectlOk(kubeconfig, args),
      async refuseLeaks(...texts) {
        const leaked = findLeaks(texts.join('\n'), aws.issuedTokens());
        if (leaked.length > 0) throw new Error(`${leaked.length} issued tokens stand where people see them`);
      },
    };
  } catch (error) {
    await ends.stop();
    throw error;
  }
}

/** The API server reaches kubelet and Pods through the proxy that listens on the socket: `kubectl logs`, for one. */
async function startWithEgress(folder: string, udsName: string): Promise<ControlPlane> {
  const configuration = {
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [
      { name: 'cluster', connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName } } } },
    ],
  };
  const file = join(folder, 'egress.json');
  await writeFile(file, JSON.stringify(configuration));
  return startControlPlane({
    users: [...(NODE_CONTROL_PLANE.users ?? []), { name: SCHEDULER }],
    controllers: CONTROLLERS,
    apiServerArgs: [
      ...(NODE_CONTROL_PLANE.apiServerArgs ?? []),
      `--egress-selector-config-file=${file}`,
      '--kubelet-preferred-address-types=InternalIP',
    ],
  });
}
