import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the lab keeps what takes long to get; outside the checkout, so that a clean clone need not build again.
 * `ECR_OPERATOR_LAB_CACHE`, else `XDG_CACHE_HOME/ecr-operator/lab`, else `~/.cache/ecr-operator/lab`.
 */
export function cacheFolder(environment: Environment = process.env): string {
  if (environment['ECR_OPERATOR_LAB_CACHE']) return environment['ECR_OPERATOR_LAB_CACHE'];
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ecr-operator', 'lab');
}

/** `linux-amd64`, `darwin-arm64`: as Go names platforms. */
export function platformName(platform: string = process.platform, arch: string = process.arch): string {
  return `${platform}-${arch === 'x64' ? 'amd64' : arch}`;
}

/** The cached binary's path; the version is part of it, so two checkouts can want two versions. */
export function cachedBinaryPath(name: string, version: string, cache: string = cacheFolder()): string {
  return join(cache, 'bin', `${name}-${version}-${platformName()}`);
}

/**
 * Lets `write` make a file under a temporary name beside `path`, then renames it: whoever looks sees the whole file
 * or none.
 */
export async function publishFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.partial`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await write(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Whether the file is there and may be run. */
export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
