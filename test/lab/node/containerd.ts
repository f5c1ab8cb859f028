import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { binaryPath } from '../binaries.ts';
import { type LabProcess, waitUntilReady } from '../process.ts';
import { writeImageArchive, writeTinyImage } from '../tiny-image.ts';
import { POD_NETWORK } from './node-network.ts';
import { INSIDE, type NodeSandbox } from './node-sandbox.ts';

/** What holds a Pod's place; imported, so that no registry has to have it. */
export const SANDBOX_IMAGE = 'lab.invalid/pause:1';

/** As Go and images name it. */
export const ARCHITECTURE = process.arch === 'x64' ? 'amd64' : process.arch;

export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

export interface ContainerdOptions {
  /** Registry hosts by name, and the URL where their images really are. */
  readonly registries: Readonly<Record<string, string>>;
}

/** Starts containerd in the sandbox and waits until it answers; the sandbox image is there. */
export async function startContainerd(
  sandbox: NodeSandbox,
  { registries }: ContainerdOptions,
): Promise<LabProcess> {
  const { folder } = sandbox;
  await writeFile(join(folder, 'containerd.toml'), CONFIGURATION);
  await mkdir(join(folder, 'cni'));
  const network = sandbox.hasOwnNetwork ? POD_NETWORK : LOOPBACK_NETWORK;
  await writeFile(join(folder, 'cni', '10-lab.conflist'), JSON.stringify(network));
  // Whatever has no folder of its own goes nowhere: no test pulls from the internet.
  for (const [host, url] of Object.entries({ ...registries, _default: 'http://127.0.0.1:1' })) {
    await mkdir(join(folder, 'certs.d', host), { recursive: true });
    await writeFile(join(folder, 'certs.d', host, 'hosts.toml'), `server = "${url}"\n`);
  }
  const containerd = await sandbox.start('containerd', ['--config', `${INSIDE}/containerd.toml`]);
  const answers = async () => (await sandbox.run('ctr', ['version'])).code === 0;
  await waitUntilReady(containerd, answers, { what: 'ctr version gets an answer', timeoutMs: 30_000 });
  await importSandboxImage(sandbox);
  return containerd;
}

async function importSandboxImage(sandbox: NodeSandbox): Promise<void> {
  const image = await writeTinyImage(join(sandbox.folder, 'pause'), await sleeperImage('pause\n'));
  await importImage(sandbox, await writeImageArchive(image, SANDBOX_IMAGE));
}

/** Enters the images of an archive (OCI or docker) under the names that are written there. */
export async function importImage(sandbox: NodeSandbox, archive: string): Promise<void> {
  const inside = join(sandbox.folder, `import-${basename(archive)}`);
  await copyFile(archive, inside);
  try {
    const { code, stderr } = await sandbox.run('ctr', [
      '--namespace=k8s.io',
      'images',
      'import',
      // The first Pod has it unpacked.
      '--no-unpack',
      `${INSIDE}/${basename(inside)}`,
    ]);
    if (code !== 0) throw new Error(`ctr images import exited with ${code}: ${stderr.trim()}`);
  } finally {
    await rm(inside);
  }
}

/** For {@link writeTinyImage}: an image whose containers wait until they are told to end. The text makes the digest. */
export async function sleeperImage(text: string) {
  return { text, architecture: ARCHITECTURE, program: await binaryPath('sleeper') };
}

/** As the test that it is ready demands some network, where Pods use the machine's. */
const LOOPBACK_NETWORK = { cniVersion: '1.0.0', name: 'lab', plugins: [{ type: 'loopback' }] };

const CONFIGURATION = `version = 3

[plugins.'io.containerd.cri.v1.images']
  # Works on every file system, an overlay too; the images are tiny.
  snapshotter = 'native'
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = '${SANDBOX_IMAGE}'
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = '${INSIDE}/certs.d'

[plugins.'io.containerd.transfer.v1.local']
  [[plugins.'io.containerd.transfer.v1.local'.unpack_config]]
    platform = 'linux/${ARCHITECTURE}'
    snapshotter = 'native'

[plugins.'io.containerd.cri.v1.runtime']
  # Without it: "can't get final child's PID from pipe", where lowering oom_score_adj is forbidden.
  restrict_oom_score_adj = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ['/run/bin']
    conf_dir = '${INSIDE}/cni'
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = 'io.containerd.runc.v2'
    runtime_path = '/run/bin/containerd-shim-runc-v2'
    snapshotter = 'native'
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      BinaryName = '/run/bin/runc'
      SystemdCgroup = false

[plugins.'io.containerd.internal.v1.opt']
  path = '/var/lib/containerd/opt'

[plugins.'io.containerd.nri.v1.nri']
  disable = true
`;
