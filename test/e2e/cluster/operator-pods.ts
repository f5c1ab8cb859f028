import { readFile } from 'node:fs/promises';
import type { Cluster } from '../../lab/cluster.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';

/** A Pod of the operator, as kubelet tells of it. */
export interface OperatorPod extends KubeObject {
  readonly status?: {
    readonly podIP?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly containerID?: string;
      readonly restartCount: number;
      readonly state?: { readonly running?: { readonly startedAt: string } };
    }[];
  };
}

interface LeaseObject extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string; readonly leaseTransitions?: number };
}

/** Those that are not on their way out. */
export async function operatorPods({ admin }: Cluster): Promise<readonly OperatorPod[]> {
  const labelSelector = 'app.kubernetes.io/name=ecr-operator';
  const kind = { apiVersion: 'v1', kind: 'Pod', namespace: OPERATOR_NAMESPACE, labelSelector };
  return (await admin.list<OperatorPod>(kind)).filter(({ metadata }) => !metadata.deletionTimestamp);
}

/** Whether kubelet's probe says so. */
export function isReady({ status }: OperatorPod): boolean {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
}

/** The Pod that holds the Lease; waits until it is another one than `before`, where that is told. */
export async function leader({ admin }: Cluster, before?: string): Promise<string> {
  const ref = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'ecr-operator', namespace: OPERATOR_NAMESPACE },
  };
  const read = async () => (await admin.get<LeaseObject>(ref))?.spec?.holderIdentity;
  return waitFor(read, {
    what: `a leader${before ? ` after ${before}` : ''}`,
    until: (holder) => Boolean(holder) && holder !== before,
    timeoutMs: 60_000,
    intervalMs: 10,
  });
}

/** What a path of the Pod answers on that port, asked by way of the API server. */
export async function ask({ admin }: Cluster, pod: OperatorPod, port: number, path: string) {
  const { name } = pod.metadata;
  return admin.raw({ path: `/api/v1/namespaces/${OPERATOR_NAMESPACE}/pods/${name}:${port}/proxy${path}` });
}

/** A line of the operator's log. */
export interface LogLine {
  readonly time: string;
  readonly msg: string;
}

/** The log of a Pod, as `kubectl logs` shows it; throws where a line is not JSON. */
export async function logOf({ kubectl }: Cluster, { metadata }: OperatorPod): Promise<readonly LogLine[]> {
  const log = await kubectl('-n', OPERATOR_NAMESPACE, 'logs', metadata.name);
  const lines = log.split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as LogLine);
}

/** Resolves when there is no such Pod any more, with how long that took since `started` (ms). */
export async function goneAfter({ admin }: Cluster, name: string, started: number): Promise<number> {
  const ref = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: OPERATOR_NAMESPACE } };
  await waitFor(async () => (await admin.get(ref)) === undefined, {
    what: `the Pod ${name} to be gone`,
    timeoutMs: 60_000,
  });
  return performance.now() - started;
}

/** In bytes. */
export interface Usage {
  /** Of the one process, with the files that it has mapped. */
  readonly rss: number;
  /** The most that it ever was. */
  readonly peakRss: number;
  /** What counts towards the limit of the container. */
  readonly container: number;
}

/** What the container of a Pod uses, by the machine's own books. */
export async function usageOf(pod: OperatorPod): Promise<Usage> {
  const status = await readFile(`/proc/${await processOf(pod)}/status`, 'utf8');
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
  return {
    rss: field('VmRSS'),
    peakRss: field('VmHWM'),
    container: Number(await controlGroupFile(pod, 'memory.usage_in_bytes', 'memory.current')),
  };
}

/** When that process began (ms since 1970), to a hundredth of a second. */
export async function startOf(pod: OperatorPod): Promise<number> {
  const stat = await readFile(`/proc/${await processOf(pod)}/stat`, 'utf8');
  // The name, in parentheses, may have spaces; field 22 is the start, in hundredths of a second since the boot.
  const sinceBoot = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) * 10;
  const [uptime] = (await readFile('/proc/uptime', 'utf8')).split(' ');
  return Date.now() - Number(uptime) * 1_000 + sinceBoot;
}

/** The id, on this machine, of the one process in the container of a Pod. */
export async function processOf(pod: OperatorPod): Promise<number> {
  return Number((await controlGroupFile(pod, 'cgroup.procs')).split('\n')[0]);
}

async function controlGroupFile(pod: OperatorPod, ...names: readonly string[]): Promise<string> {
  const id = pod.status?.containerStatuses?.[0]?.containerID?.replace('containerd://', '');
  for (const name of names) {
    // The first hierarchy is that of cgroup version 1.
    for (const root of ['/sys/fs/cgroup/memory', '/sys/fs/cgroup']) {
      const text = await readFile(`${root}/k8s.io/${id}/${name}`, 'utf8').catch(() => undefined);
      if (text !== undefined) return text;
    }
  }
  throw new Error(`the control group of ${pod.metadata.name} has no ${names.join(' or ')}`);
}
