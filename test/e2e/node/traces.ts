import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Settings of the kernel that kubelet sets for a whole machine. */
const KERNEL_SETTINGS = [
  ...['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'],
  'net/ipv4/ip_forward',
];

/** Where the programs of a node keep their things. */
const NODE_FOLDERS = [
  ...['/var/lib/kubelet', '/var/lib/containerd', '/var/lib/cni', '/var/log/pods', '/var/log/containers'],
  ...['/run/containerd', '/run/nri', '/opt/containerd', '/opt/cni', '/etc/cni', '/usr/libexec/kubernetes'],
];

/** What a node has on this machine while it runs. */
export interface Traces {
  /** The names of its processes: all that see a mount of its, in any namespace, or have its folder in their command. */
  readonly processes: readonly string[];
  /** The control groups of its containers. */
  readonly groups: readonly string[];
  /** What of all this, or of its folder, is there now. */
  left(): Promise<readonly string[]>;
}

interface Process {
  readonly pid: string;
  readonly name: string;
  readonly cgroup: string;
}

/** Looks at all processes of the machine for those of the node with that folder. */
export async function tracesOf(folder: string): Promise<Traces> {
  const processes = await processesOf(folder);
  const groups = (await Promise.all(processes.map(groupsOf))).flat();
  return {
    processes: processes.map(({ name }) => name),
    groups,
    async left() {
      const running = await processesOf(folder);
      const paths = [folder, ...groups].filter((path) => existsSync(path));
      return [...running.map(({ pid, name }) => `process ${pid} ${name}`), ...paths];
    },
  };
}

async function processesOf(folder: string): Promise<readonly Process[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const texts = [await read('cmdline'), await read('mountinfo')];
      if (!texts.some((text) => text.includes(basename(folder)))) return [];
      return [{ pid, name: (await read('comm')).trim(), cgroup: await read('cgroup') }];
    }),
  );
  return found.flat();
}

/** The groups of a container, as folders. */
async function groupsOf({ cgroup }: Process): Promise<readonly string[]> {
  const hierarchies = ['', ...(await readdir('/sys/fs/cgroup'))];
  const names = new Set([...cgroup.matchAll(/:(\/k8s\.io\/.*)$/gm)].map(([, name]) => name ?? ''));
  return [...names]
    .flatMap((name) => hierarchies.map((hierarchy) => join('/sys/fs/cgroup', hierarchy, name)))
    .filter((path) => existsSync(path));
}

/** What of the machine itself an ordinary node changes. */
export async function machineState(): Promise<unknown> {
  const settings = KERNEL_SETTINGS.map((name) => readFile(`/proc/sys/${name}`, 'utf8'));
  const folders = NODE_FOLDERS.map((folder) => readdir(folder).catch(() => 'none'));
  // The interfaces, and which addresses lead where.
  const network = [readdir('/sys/class/net'), readFile('/proc/net/fib_trie', 'utf8')];
  return Promise.all([...settings, ...folders, ...network]);
}
