import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { cacheFolder } from './cache.ts';
import { withFileLock } from './file-lock.ts';
import { guardProcess } from './process-guard.ts';
import { createProgress, type Progress } from './progress.ts';

/** The moto that test/contract was written against; its known faults there are faults of this version. */
export const MOTO_VERSION = '5.2.5';

/** A moto server that is up; it lives in memory, so stopping it forgets everything. */
export interface MotoServer {
  /** `http://127.0.0.1:PORT`, for all services. */
  readonly url: string;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const START_TIMEOUT_MS = 60_000;

/** Installs moto where needed, starts it on a free port of loopback. Throws with what to do where it cannot be had. */
export async function startMoto(progress: Progress = createProgress()): Promise<MotoServer> {
  const venv = await installedMoto(progress);
  const child = spawn(join(venv, 'bin', 'moto_server'), ['-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const release = child.pid === undefined ? undefined : guardProcess(child.pid);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(release);
  const url = await progress.during(`starting moto ${MOTO_VERSION}`, () => listeningUrl(child));
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The virtual environment's folder. It is made in place, since its scripts hold its path; a marker says that it is whole. */
async function installedMoto(progress: Progress): Promise<string> {
  const venv = join(cacheFolder(), `moto-${MOTO_VERSION}`);
  const marker = join(venv, '.complete');
  const isWhole = (): Promise<boolean> =>
    access(marker).then(
      () => true,
      () => false,
    );
  if (await isWhole()) return venv;
  await withFileLock(`${venv}.lock`, async () => {
    if (await isWhole()) return;
    await rm(venv, { recursive: true, force: true });
    await progress.during(`installing moto ${MOTO_VERSION} with pip, about half a minute`, () =>
      install(venv),
    );
    await writeFile(marker, '');
  });
  return venv;
}

async function install(venv: string): Promise<void> {
  await run('python3', ['-m', 'venv', venv]).catch((cause: unknown) => {
    throw new Error(
      'moto needs python3 with venv: install "python3 python3-venv", or your system\'s like of it, or leave the comparison out with ECR_OPERATOR_SKIP_MOTO=1',
      { cause },
    );
  });
  await run(join(venv, 'bin', 'pip'), ['install', '--quiet', `moto[server]==${MOTO_VERSION}`]).catch(
    (cause: unknown) => {
      throw new Error(
        `pip could not install moto ${MOTO_VERSION}: is there a way to a Python package index? ECR_OPERATOR_SKIP_MOTO=1 leaves the comparison out`,
        { cause },
      );
    },
  );
}

/** Waits for the line in which the server names its port. */
async function listeningUrl(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('moto has no standard error');
  const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
  const seen: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stderr })) {
      const url = /Running on (http:\/\/127\.0\.0\.1:[0-9]+)/.exec(line)?.[1];
      if (url !== undefined) return url;
      seen.push(line);
    }
  } finally {
    clearTimeout(timer);
    // Nobody reads the access log, and a full pipe would stop the server.
    child.stderr.resume();
  }
  throw new Error(`moto did not start: ${seen.join(' | ')}`);
}
