import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { cacheFolder, isExecutable, platformName, publishFile } from '../cache.ts';
import { withFileLock } from '../file-lock.ts';
import { createProgress } from '../progress.ts';
import { runCommand } from '../run-command.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Where Debian's packages put it. */
const IN_PACKAGE = 'usr/sbin/runc';
const DOWNLOAD_TIMEOUT_MS = 300_000;

type Environment = Readonly<Record<string, string | undefined>>;

export interface RuncOptions {
  readonly cache?: string;
  readonly environment?: Environment;
}

/**
 * Finds runc, any version, or gets it: PATH, the lab's cache, Debian's package unpacked into that cache, and on CI
 * machines `apt-get install`. Not built from source as the rest of the node is: it needs a C compiler. Rejects with an
 * error that says what was wrong with each way and what to install.
 */
export async function runcPath(options: RuncOptions = {}): Promise<string> {
  const { cache = cacheFolder(), environment = process.env } = options;
  const cached = join(cache, 'bin', `runc-debian-${platformName()}`);
  const present = (await onPath(environment)) ?? ((await isExecutable(cached)) ? cached : undefined);
  if (present) return present;
  return withFileLock(join(cache, 'lock', 'runc'), async () => {
    if (await isExecutable(cached)) return cached;
    const apt = runner(environment);
    const tried = ['PATH and the cache: it is not there'];
    const ways: Readonly<Record<string, () => Promise<string | undefined>>> = {
      'apt-get download runc': () => unpackFromDebian(apt, cached),
      'apt-get install runc': () => install(apt, environment),
    };
    for (const [way, get] of Object.entries(ways)) {
      const path = await get().catch((error: unknown) => void tried.push(`${way}: ${said(error)}`));
      if (path) return path;
    }
    throw new Error(
      [
        'The lab needs runc for a real node: install the package "runc" of this machine\'s distribution.',
        ...tried.map((each) => `  - ${each}`),
      ].join('\n'),
    );
  });
}

async function onPath(environment: Environment): Promise<string | undefined> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'runc');
    if (isAbsolute(folder) && (await isExecutable(path))) return path;
  }
  return undefined;
}

/** Runs a command to its end; throws with what it said where it failed. */
type Run = (command: string, args: readonly string[], cwd?: string) => Promise<void>;

function runner(env: Environment): Run {
  return async (command, args, cwd) => {
    const options = { env, timeoutMs: DOWNLOAD_TIMEOUT_MS, ...(cwd ? { cwd } : {}) };
    const { code, stdout, stderr } = await runCommand(command, args, options);
    if (code !== 0)
      throw new Error(`${command} exited with ${code}: ${(stderr || stdout).trim().slice(-500)}`);
  };
}

/** Downloads and unpacks the package; the machine's own packages and lists stay as they are. */
async function unpackFromDebian(run: Run, target: string): Promise<string> {
  const folder = await temporaryFolder('runc');
  try {
    const downloading = () => downloadPackage(run, folder.path);
    await createProgress().during("getting Debian's package runc", downloading);
    const [name] = (await readdir(folder.path)).filter((each) => each.endsWith('.deb'));
    if (!name) throw new Error('apt-get downloaded nothing');
    await run('dpkg', ['-x', join(folder.path, name), folder.path]);
    const program = join(folder.path, IN_PACKAGE);
    // It is linked against libraries of the machine, which may lack them.
    await run(program, ['--version']);
    await publishFile(target, (temporary) => copyFile(program, temporary));
    return target;
  } finally {
    await folder.remove();
  }
}

/** With the lists of the machine; where they are missing or old, with fresh ones in the folder. */
async function downloadPackage(run: Run, folder: string): Promise<void> {
  const apt = (...args: readonly string[]) =>
    run('apt-get', ['-o', 'APT::Sandbox::User=root', ...args], folder);
  try {
    await apt('download', 'runc');
  } catch {
    for (const name of ['lists', 'cache/archives'])
      await mkdir(join(folder, name, 'partial'), { recursive: true });
    const own = ['-o', `Dir::State::lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/cache`];
    await apt(...own, 'update');
    await apt(...own, 'download', 'runc');
  }
}

async function install(run: Run, environment: Environment): Promise<string | undefined> {
  if (environment['CI'] !== 'true')
    throw new Error('it changes the machine, so it is left to you (not CI=true)');
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'runc']);
  return onPath(environment);
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
