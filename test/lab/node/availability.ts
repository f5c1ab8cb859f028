import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';

/** What decides whether a machine can run a node. */
export interface NodeMachine {
  readonly platform: string;
  /** Of the effective user; undefined where there is no such thing. */
  readonly userId: number | undefined;
  /** A run that may leave nothing out. */
  readonly ci: boolean;
  /** What is wrong with control groups or namespaces, if anything. */
  readonly missing: () => string | undefined;
}

/**
 * Why this machine cannot run a node, in words for a person; undefined where it can, and always undefined for root on
 * Linux where `CI=true`: there a missing part is a failure of {@link startNode}, not a reason to skip.
 */
export function nodeUnavailable(machine: NodeMachine = thisMachine()): string | undefined {
  if (machine.platform !== 'linux') return `a node needs Linux, and this is ${machine.platform}`;
  if (machine.userId !== 0) return 'a node needs root: run the tests with sudo';
  return machine.ci ? undefined : machine.missing();
}

/** What is missing for control groups, mounts, namespaces and networks of our own; undefined where nothing is. */
export function missingForNode(): string | undefined {
  return cgroupProblem() ?? namespaceProblem() ?? addressProblem();
}

function thisMachine(): NodeMachine {
  return {
    platform: process.platform,
    userId: process.geteuid?.(),
    ci: process.env['CI'] === 'true',
    missing: missingForNode,
  };
}

/** The unified hierarchy, or version 1 with the controllers that kubelet insists on. */
function cgroupProblem(): string | undefined {
  const root = '/sys/fs/cgroup';
  const unified = existsSync(`${root}/cgroup.controllers`);
  const folders = unified ? [root] : ['cpu', 'cpuacct', 'cpuset', 'memory'].map((name) => `${root}/${name}`);
  const bad = folders.find((folder) => !isWritable(folder));
  return bad && `a node needs control groups, and ${bad} cannot be written to`;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** As a container without CAP_SYS_ADMIN cannot. */
function namespaceProblem(): string | undefined {
  const { error, status, stderr } = spawnSync(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', 'nsenter', '--version'],
    { encoding: 'utf8' },
  );
  if (error) return `a node needs setpriv, unshare and nsenter (util-linux): ${error.message}`;
  return status === 0 ? undefined : `a node needs mount and process namespaces of its own: ${stderr.trim()}`;
}

/** Many a container has none, and the network of a whole cluster's node gets its addresses with it. */
function addressProblem(): string | undefined {
  const { error } = spawnSync('ip', ['-Version'], { encoding: 'utf8' });
  return error && `a node needs ip (iproute2): ${error.message}`;
}
