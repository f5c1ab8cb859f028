import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { INSIDE, type NodeSandbox, startNodeSandbox } from '../node/node-sandbox.ts';
import { type LabProcess, waitUntilReady } from '../process.ts';
import { runCommand } from '../run-command.ts';
import { dockerPrograms } from './docker-programs.ts';

/** A real Docker daemon of the lab's own: images, containers and mounts are its own, the network is the machine's. */
export interface Docker {
  /** For `DOCKER_HOST`: `unix:///...`. */
  readonly host: string;
  /** With all that it keeps; gone after `stop`. */
  readonly folder: string;
  /** Runs the `docker` command against it and returns its standard output; throws with what it said where it failed. */
  run(args: readonly string[], options?: DockerRunOptions): Promise<string>;
  /** Ends it with all its containers and removes what it kept. Also done when this process dies. */
  stop(): Promise<void>;
}

export interface DockerRunOptions {
  readonly cwd?: string;
  /** 60 s unless told. */
  readonly timeoutMs?: number;
}

/** Starts one with no images in it. Containers and builds have to ask for the network `host`; there is no other. */
export async function startDocker(): Promise<Docker> {
  const { docker, ...programs } = await dockerPrograms();
  const sandbox = await startNodeSandbox({ ...programs, sh: '/bin/sh' });
  try {
    return await entered(sandbox, docker);
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

async function entered(sandbox: NodeSandbox, docker: string): Promise<Docker> {
  const { folder } = sandbox;
  const host = `unix://${folder}/run/docker.sock`;
  const home = join(folder, 'client');
  await mkdir(home);
  // No login and no plug-in of this machine; the client would try another builder first.
  const env = { PATH: '/usr/bin:/bin', HOME: home, DOCKER_HOST: host, DOCKER_BUILDKIT: '1' };
  const call = (args: readonly string[], { cwd, timeoutMs }: DockerRunOptions = {}) =>
    runCommand(docker, args, { env, ...(cwd ? { cwd } : {}), ...(timeoutMs ? { timeoutMs } : {}) });
  const daemon = await startDaemon(sandbox);
  const answers = async () => (await call(['version'])).code === 0;
  await waitUntilReady(daemon, answers, { what: 'it answers', timeoutMs: 60_000 });
  return {
    host,
    folder,
    async run(args, options) {
      const { code, stdout, stderr } = await call(args, options);
      if (code !== 0)
        throw new Error(`docker ${args[0]} exited with ${code}: ${stderr.trim().slice(-3_000)}`);
      return stdout;
    },
    stop: () => sandbox.stop(),
  };
}

async function startDaemon(sandbox: NodeSandbox): Promise<LabProcess> {
  const group = `docker-${basename(sandbox.folder)}`;
  // For whoever removes the control groups when all is over; see KEEPER_SCRIPT.
  await writeFile(join(sandbox.folder, 'control-group'), group);
  await writeFile(join(sandbox.folder, 'daemon.json'), '{}');
  const { code, stderr } = await sandbox.run('sh', ['-c', OWN_ETC]);
  if (code !== 0) throw new Error(`/etc could not be made Docker's own: ${stderr.trim()}`);
  return sandbox.start('dockerd', [
    `--config-file=${INSIDE}/daemon.json`,
    '--host=unix:///run/docker.sock',
    `--cgroup-parent=/k8s.io/${group}`,
    // The machine's network stays as it is.
    '--bridge=none',
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--ip-masq=false',
  ]);
}

/** dockerd writes a key of its own into /etc/docker, and no flag tells it another place. */
const OWN_ETC = `cp -a /etc ${INSIDE}/etc && mount --bind ${INSIDE}/etc /etc`;
