import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Architecture, isOlder, newestVersions } from '../test/lab/docker/debian-packages.ts';
import { runCommand } from '../test/lab/run-command.ts';
import type { BasePackage } from './scan-report.ts';

/** Where distroless, and what resembles it, says which packages of Debian it is made of. */
const FACTS = 'var/lib/dpkg/status.d';

/**
 * The packages of Debian in an image that `docker save` wrote, beside the versions that Debian has now; the folder is
 * one to work in. Rejects where the archive or Debian cannot be read.
 */
export async function scanBase(archive: string, folder: string): Promise<readonly BasePackage[]> {
  const { architecture, facts } = await readFacts(archive, folder);
  const packages = facts.map((text) => ({ name: field(text, 'Package'), version: field(text, 'Version') }));
  const lists = join(folder, 'lists');
  await mkdir(lists);
  const names = packages.map(({ name }) => name);
  const newest =
    names.length > 0 ? await newestVersions(lists, names, architecture) : new Map<string, string>();
  return Promise.all(
    packages.map(async ({ name, version }) => {
      const now = newest.get(name);
      if (!now) return { name, version, isBehind: false };
      return { name, version, newest: now, isBehind: await isOlder(version, now) };
    }),
  );
}

async function readFacts(
  archive: string,
  folder: string,
): Promise<{ readonly architecture: Architecture; readonly facts: readonly string[] }> {
  const unpacked = join(folder, 'image');
  const root = join(folder, 'root');
  await mkdir(unpacked);
  await mkdir(root);
  await tar(['--extract', '--file', archive, '--directory', unpacked]);
  const [manifest] = JSON.parse(await readFile(join(unpacked, 'manifest.json'), 'utf8')) as [
    { readonly Config: string; readonly Layers: readonly string[] },
  ];
  const { architecture } = JSON.parse(await readFile(join(unpacked, manifest.Config), 'utf8')) as {
    readonly architecture: Architecture;
  };
  for (const layer of manifest.Layers) {
    const file = join(unpacked, layer);
    const names = (await tar(['--list', '--file', file])).split('\n');
    const wanted = names.filter(
      (name) => name.replace(/^\.\//, '').startsWith(`${FACTS}/`) && !name.endsWith('/'),
    );
    if (wanted.length > 0) await tar(['--extract', '--file', file, '--directory', root, ...wanted]);
  }
  const files = await readdir(join(root, FACTS)).catch(() => []);
  // Beside each list of checksums.
  const described = files.filter((name) => !name.endsWith('.md5sums')).sort();
  const facts = await Promise.all(described.map((name) => readFile(join(root, FACTS, name), 'utf8')));
  return { architecture, facts };
}

function field(text: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
}

async function tar(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand('tar', args, { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`tar exited with ${code}: ${stderr.trim().slice(-500)}`);
  return stdout;
}
