import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder, isExecutable } from '../cache.ts';
import { withFileLock } from '../file-lock.ts';
import { runcPath } from '../node/runc.ts';
import { createProgress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { DEBIAN, downloadPackages, OWN_ARCHITECTURE, unpackPackage } from './debian-packages.ts';

const PACKAGES = ['docker.io', 'containerd'];

/** Where the packages put them. */
const PLACES = {
  dockerd: 'usr/sbin/dockerd',
  docker: 'usr/bin/docker',
  containerd: 'usr/bin/containerd',
  'containerd-shim-runc-v2': 'usr/bin/containerd-shim-runc-v2',
} as const;

/** The paths of what a Docker daemon consists of. */
export type DockerPrograms = Readonly<Record<keyof typeof PLACES | 'runc', string>>;

/**
 * Finds Debian's Docker in the lab's cache, or gets it there; nothing is installed on the machine. Rejects with an
 * error that says what went wrong and what would help.
 */
export async function dockerPrograms(cache: string = cacheFolder()): Promise<DockerPrograms> {
  const folder = join(cache, `docker-${DEBIAN}-${OWN_ARCHITECTURE}`);
  const runc = await runcPath({ cache });
  if (!(await isExecutable(join(folder, PLACES.dockerd))))
    await withFileLock(join(cache, 'lock', 'docker'), () => fetchInto(folder));
  const found = Object.entries(PLACES).map(([name, place]) => [name, join(folder, place)]);
  return { ...(Object.fromEntries(found) as Record<keyof typeof PLACES, string>), runc };
}

async function fetchInto(folder: string): Promise<void> {
  if (await isExecutable(join(folder, PLACES.dockerd))) return;
  const work = await temporaryFolder('docker-packages');
  try {
    await createProgress().during("getting Debian's Docker", () => unpack(work.path, folder));
  } catch (error) {
    throw new Error(
      `The lab needs Debian's ${PACKAGES.join(' and ')} for the image, and did not get them: ${said(error)}`,
      { cause: error },
    );
  } finally {
    await work.remove();
  }
}

async function unpack(work: string, folder: string): Promise<void> {
  const unpacked = join(work, 'unpacked');
  for (const file of await downloadPackages(work, PACKAGES, OWN_ARCHITECTURE))
    await unpackPackage(file, unpacked);
  // It is linked against libraries of the machine (libdevmapper1.02.1, libsystemd0), which may lack them.
  const { code, stderr } = await runCommand(join(unpacked, PLACES.dockerd), ['--version']);
  if (code !== 0) throw new Error(`dockerd does not run here: ${stderr.trim().slice(-500)}`);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  for (const place of Object.values(PLACES)) {
    await mkdir(dirname(join(partial, place)), { recursive: true });
    await cp(join(unpacked, place), join(partial, place));
  }
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
