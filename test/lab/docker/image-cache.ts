import { createHash } from 'node:crypto';
import { access, copyFile, glob, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Sets of images that are kept; each is several hundred megabytes. */
const KEPT = 3;
/** Whoever got a set may still be reading it. */
const IN_USE_MS = 1_200_000;

/** The plain files of a folder that match, sorted; relative to it. */
export async function filesOf(folder: string, patterns: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const entry of glob([...patterns], { cwd: folder, withFileTypes: true }))
    if (entry.isFile()) files.push(relative(folder, join(entry.parentPath, entry.name)));
  return files.sort();
}

/** The same for the same names and contents of files, and the same further texts. */
export async function hashOf(
  folder: string,
  files: readonly string[],
  texts: readonly string[] = [],
): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(folder, file)));
  for (const text of texts) hash.update(`\0${text}`);
  return hash.digest('hex').slice(0, 16);
}

/** Copies the files to another folder, which stays as it is while people work on the first. */
export async function copyFiles(from: string, to: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(to, file)), { recursive: true });
    await copyFile(join(from, file), join(to, file));
  }
}

/**
 * The folder `name` below `parent`, made by `make` where it is not there yet: it appears as a whole or not at all.
 * Folders beside it that nobody used lately go.
 */
export async function cachedFolder(
  parent: string,
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(parent, name);
  if (!(await isThere(folder))) {
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    try {
      await make(partial);
      await rename(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  }
  const now = new Date();
  await utimes(folder, now, now);
  await prune(parent, now.getTime());
  return folder;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function prune(parent: string, now: number): Promise<void> {
  const names = (await readdir(parent)).filter((name) => !name.endsWith('.partial'));
  const used = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(parent, name))).mtimeMs })),
  );
  const old = used.sort((a, b) => b.at - a.at).slice(KEPT);
  for (const { name, at } of old)
    if (now - at > IN_USE_MS) await rm(join(parent, name), { recursive: true, force: true });
}
