import { join } from 'node:path';
import { binaryPath } from './binaries.ts';
import { type LabProcess, startProcess } from './process.ts';

/** Whom the API server's own rules give the rights of a scheduler. */
export const SCHEDULER = 'system:kube-scheduler';

export interface SchedulerOptions {
  /** For the log. */
  readonly folder: string;
  /** Of {@link SCHEDULER}. */
  readonly kubeconfig: string;
}

/** Starts kube-scheduler. That it works shows when a Pod has a Node. */
export async function startScheduler({ folder, kubeconfig }: SchedulerOptions): Promise<LabProcess> {
  return startProcess({
    name: 'kube-scheduler',
    command: await binaryPath('kube-scheduler'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      // No port: nobody asks it anything.
      '--secure-port=0',
      '--leader-elect=false',
    ],
    logFile: join(folder, 'kube-scheduler.log'),
  });
}
