import { join } from 'node:path';
import type { ApiServerFiles } from './api-server.ts';
import { binaryPath } from './binaries.ts';
import { type LabProcess, startProcess } from './process.ts';

export interface ControllerManagerOptions {
  readonly folder: string;
  readonly files: ApiServerFiles;
  readonly kubeconfig: string;
  readonly controllers: readonly string[];
  readonly extraArgs: readonly string[];
}

/** What tests of an operator see of a cluster; `['*']` runs all, at the price of memory and time. */
export const DEFAULT_CONTROLLERS: readonly string[] = [
  'namespace-controller',
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'garbage-collector-controller',
  'clusterrole-aggregation-controller',
];

/** Starts kube-controller-manager. That it works shows when the ServiceAccount `default` appears. */
export async function startControllerManager(options: ControllerManagerOptions): Promise<LabProcess> {
  return startProcess({
    name: 'kube-controller-manager',
    command: await binaryPath('kube-controller-manager'),
    args: [
      `--kubeconfig=${options.kubeconfig}`,
      `--controllers=${options.controllers.join(',')}`,
      // Each controller with its own ServiceAccount, as kubeadm sets it up.
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${options.files.serviceAccountKey}`,
      `--root-ca-file=${options.files.certificate}`,
      // No port: nobody asks it anything.
      '--secure-port=0',
      '--leader-elect=false',
      ...options.extraArgs,
    ],
    logFile: join(options.folder, 'kube-controller-manager.log'),
  });
}
