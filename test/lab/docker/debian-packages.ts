import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';

/** Of the base of the image, and so of all that the lab takes from Debian beside it. */
export const DEBIAN = 'bookworm';

/** As Debian and images name it. */
export type Architecture = 'amd64' | 'arm64';

/** Of this machine. */
export const OWN_ARCHITECTURE: Architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const TIMEOUT_MS = 300_000;

/**
 * Downloads packages of Debian, of any architecture, into the folder and returns the paths of the files. With lists of
 * its own, so that the machine's stay as they are. Rejects with what apt said.
 */
export async function downloadPackages(
  folder: string,
  names: readonly string[],
  architecture: Architecture,
): Promise<readonly string[]> {
  await updateLists(folder, architecture);
  const packages = join(folder, 'packages');
  await mkdir(packages);
  await apt(folder, 'apt-get', ['download', ...names], packages);
  const files = (await readdir(packages)).filter((name) => name.endsWith('.deb'));
  return files.sort().map((name) => join(packages, name));
}

/** The versions that Debian has now of the packages that it has, by name; the folder takes the lists. */
export async function newestVersions(
  folder: string,
  names: readonly string[],
  architecture: Architecture,
): Promise<ReadonlyMap<string, string>> {
  await updateLists(folder, architecture);
  const text = await apt(folder, 'apt-cache', ['policy', ...names], folder);
  const found = text.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (\S+)$/gm);
  return new Map([...found].map(([, name = '', version = '']) => [name, version]));
}

/** Whether the first version is older than the second, as Debian counts. */
export async function isOlder(version: string, other: string): Promise<boolean> {
  return (await runCommand('dpkg', ['--compare-versions', version, 'lt', other])).code === 0;
}

async function updateLists(folder: string, architecture: Architecture): Promise<void> {
  for (const name of ['state/lists/partial', 'cache/archives/partial'])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'sources.list'), SOURCES);
  await writeFile(join(folder, 'apt.conf'), configuration(folder, architecture));
  await apt(folder, 'apt-get', ['update'], folder);
}

/** Unpacks a package into the folder; none of its scripts runs. */
export async function unpackPackage(file: string, folder: string): Promise<void> {
  await dpkg(['--extract', file, folder]);
}

/** What a package says of itself, as it stands in `/var/lib/dpkg/status.d` of a distroless image. */
export async function packageFacts(file: string): Promise<string> {
  return dpkg(['--field', file]);
}

const SOURCES = [
  `deb [signed-by=${KEYRING}] http://deb.debian.org/debian ${DEBIAN} main`,
  `deb [signed-by=${KEYRING}] http://deb.debian.org/debian ${DEBIAN}-updates main`,
  `deb [signed-by=${KEYRING}] http://deb.debian.org/debian-security ${DEBIAN}-security main`,
  '',
].join('\n');

function configuration(folder: string, architecture: Architecture): string {
  return [
    `APT::Architecture "${architecture}";`,
    `APT::Architectures { "${architecture}"; };`,
    'APT::Sandbox::User "root";',
    // They say nothing that is asked for, and are more than half of all bytes.
    'Acquire::Languages "none";',
    `Dir::State "${folder}/state";`,
    'Dir::State::status "/dev/null";',
    `Dir::Cache "${folder}/cache";`,
    `Dir::Etc::sourcelist "${folder}/sources.list";`,
    'Dir::Etc::sourceparts "-";',
    '',
  ].join('\n');
}

async function apt(folder: string, command: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C' };
  const { code, stdout, stderr } = await runCommand(command, args, { cwd, env, timeoutMs: TIMEOUT_MS });
  if (code !== 0)
    throw new Error(`${command} ${args[0]} exited with ${code}: ${(stderr || stdout).trim().slice(-1_000)}`);
  return stdout;
}

async function dpkg(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand('dpkg-deb', args);
  if (code !== 0) throw new Error(`dpkg-deb ${args[0]} exited with ${code}: ${stderr.trim().slice(-500)}`);
  return stdout;
}
