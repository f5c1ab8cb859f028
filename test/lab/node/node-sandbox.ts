import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LabProcess, startProcess, waitUntilReady } from '../process.ts';
import { type CommandResult, runCommand } from '../run-command.ts';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.ts';
import { INIT_SCRIPT, KEEPER_SCRIPT } from './node-scripts.ts';

/** Where {@link NodeSandbox.folder} is for the programs of the node. */
export const INSIDE = '/run/lab';

/** A place for a node's programs: own mounts and process ids, own /run and /var. */
export interface NodeSandbox {
  readonly folder: string;
  /** Whether it has a network of its own, where nothing of this machine is reached but through {@link startBeside}. */
  readonly hasOwnNetwork: boolean;
  /** Starts one of the programs; its log is `name.log` in the folder. */
  start(program: string, args: readonly string[]): Promise<LabProcess>;
  run(program: string, args: readonly string[]): Promise<CommandResult>;
  /** Starts a program of this machine, with its files, in the network of the node; it ends with the node. */
  startBeside(name: string, command: string, args: readonly string[]): Promise<LabProcess>;
  /** Ends all that runs there, then removes it. Also done when this process dies. */
  stop(): Promise<void>;
}

/**
 * Makes the place, with programs by name and path. It has the network of this machine, or, where addresses are given
 * (`10.0.0.1`), one of its own that has these and 127.0.0.1, and leads nowhere.
 */
export async function startNodeSandbox(
  programs: Readonly<Record<string, string>>,
  addresses?: readonly string[],
): Promise<NodeSandbox> {
  const folder = await temporaryFolder('node');
  const named = Object.entries(programs).map(([name, path]) => `${name}=${path}`);
  const network = addresses ? '--net' : '';
  try {
    const keeper = await startProcess({
      name: 'node',
      command: '/bin/sh',
      args: ['-c', KEEPER_SCRIPT, 'node-keeper', folder.path, INIT_SCRIPT, network, ...named],
      env: { ...process.env, LAB_NODE_ADDRESSES: addresses?.join(' ') ?? '' },
      logFile: join(folder.path, 'node.log'),
    });
    return await entered(keeper, folder, addresses !== undefined);
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function entered(
  keeper: LabProcess,
  folder: TemporaryFolder,
  hasOwnNetwork: boolean,
): Promise<NodeSandbox> {
  let init = '';
  const isUp = async () => {
    init = (await readFile(join(folder.path, 'init.pid'), 'utf8')).trim();
    return init !== '';
  };
  try {
    await waitUntilReady(keeper, isUp, { what: 'its mounts are there', intervalMs: 10 });
  } catch (error) {
    await keeper.stop();
    throw error;
  }
  const network = hasOwnNetwork ? ['--net'] : [];
  const inside = (program: string, args: readonly string[]) => ({
    command: 'nsenter',
    args: [`--target=${init}`, '--mount', '--pid', ...network, `/run/bin/${program}`, ...args],
    env: nodeEnvironment(),
  });
  const logFile = (name: string) => join(folder.path, `${name}.log`);
  return {
    folder: folder.path,
    hasOwnNetwork,
    start: (program, args) =>
      startProcess({ name: program, logFile: logFile(program), ...inside(program, args) }),
    startBeside: (name, command, args) =>
      startProcess({
        name,
        logFile: logFile(name),
        command: 'nsenter',
        args: [`--target=${init}`, '--pid', ...network, command, ...args],
      }),
    run(program, args) {
      const { command, args: all, env } = inside(program, args);
      return runCommand(command, all, { env });
    },
    async stop() {
      await keeper.stop({ graceMs: 30_000 });
      await folder.remove();
    },
  };
}

/**
 * Nothing of ours: kubelet would pull with a login that it finds in HOME, and then every pull succeeds, Secret or not;
 * containerd would ask a proxy for the registry.
 */
function nodeEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: '/run/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: `${INSIDE}/home`,
    TMPDIR: '/var/tmp',
  };
}
