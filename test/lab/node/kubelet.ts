import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabProcess } from '../process.ts';
import { CONTAINERD_SOCKET } from './containerd.ts';
import { NODE_ADDRESS } from './node-network.ts';
import { INSIDE, type NodeSandbox } from './node-sandbox.ts';

/** Whether an image that is there may be used without credentials; kubelet's own setting, see KEP-2535. */
export type CredentialVerification = 'NeverVerify' | 'NeverVerifyPreloadedImages' | 'AlwaysVerify';

export interface KubeletOptions {
  readonly nodeName: string;
  /** Of the node's user. */
  readonly kubeconfig: string;
  readonly credentialVerification: CredentialVerification;
}

/** Starts kubelet in the sandbox. That it works shows when the Node is Ready. */
export async function startKubelet(sandbox: NodeSandbox, options: KubeletOptions): Promise<LabProcess> {
  const { folder } = sandbox;
  await mkdir(join(folder, 'home'));
  await copyFile(options.kubeconfig, join(folder, 'kubeconfig.json'));
  await writeFile(
    join(folder, 'kubelet.json'),
    JSON.stringify({
      ...configuration(options.credentialVerification),
      ...(sandbox.hasOwnNetwork ? LISTENING : SILENT),
    }),
  );
  return sandbox.start('kubelet', [
    `--config=${INSIDE}/kubelet.json`,
    `--kubeconfig=${INSIDE}/kubeconfig.json`,
    `--hostname-override=${options.nodeName}`,
    ...(sandbox.hasOwnNetwork ? [`--node-ip=${NODE_ADDRESS}`] : []),
  ]);
}

function configuration(credentialVerification: CredentialVerification): object {
  const none = { 'memory.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%' };
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    imagePullCredentialsVerificationPolicy: credentialVerification,
    // No limits, and so no groups but those of containers; on cgroup version 1 too.
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    localStorageCapacityIsolation: false,
    // A developer's full disk is no reason to evict Pods or images.
    evictionHard: { ...none, 'imagefs.available': '0%', 'imagefs.inodesFree': '0%' },
    imageGCHighThresholdPercent: 100,
    resolvConf: '',
    volumePluginDir: '/var/lib/kubelet/plugins/volume',
    // It would add chains to this machine's iptables.
    makeIPTablesUtilChains: false,
    healthzPort: 0,
    serializeImagePulls: false,
  };
}

/** No port: on this machine's network nobody asks it for logs. */
const SILENT = {
  enableServer: false,
  authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
};

/** For logs, exec and port-forward, by anybody: only the API server and the node's Pods reach it. */
const LISTENING = {
  enableServer: true,
  address: NODE_ADDRESS,
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
};
