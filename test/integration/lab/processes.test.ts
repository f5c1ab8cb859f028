import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isAlive } from '../../lab/file-lock.ts';
import { NotReadyError, startProcess, waitUntilReady } from '../../lab/process.ts';
import { runCommand } from '../../lab/run-command.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { waitFor } from '../../lab/wait-for.ts';

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder('processes');
});

afterAll(async () => {
  await folder?.remove();
});

const shell = (name: string, script: string) =>
  startProcess({ name, command: '/bin/sh', args: ['-c', script], logFile: join(folder.path, `${name}.log`) });

describe('a process', () => {
  test('is ready when the check says so, and gone after stop', async () => {
    const process = await shell('ready', 'echo up; exec sleep 600');
    await waitUntilReady(process, async () => (await process.logTail()).includes('up'), {
      what: 'it says up',
    });
    expect(isAlive(process.pid)).toBe(true);
    await process.stop();
    expect(isAlive(process.pid)).toBe(false);
    expect(await process.exited).toEqual({ code: null, signal: 'SIGTERM' });
    await process.stop();
  });

  test('that ignores SIGTERM is killed after its grace', async () => {
    const process = await shell('stubborn', "trap '' TERM; echo up; while :; do sleep 0.05; done");
    await waitUntilReady(process, async () => (await process.logTail()).includes('up'), {
      what: 'it says up',
    });
    await process.stop({ graceMs: 50 });
    expect(await process.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('that ends before it is ready is reported with its log', async () => {
    const process = await shell('broken', 'echo no such flag >&2; exit 3');
    const ready = waitUntilReady(process, async () => false, { what: 'it answers' });
    await expect(ready).rejects.toThrow(NotReadyError);
    await expect(ready).rejects.toThrow(/broken ended \(3\) before it answers[\s\S]*no such flag/);
  });

  test('that is never ready is reported at the deadline', async () => {
    const process = await shell('slow', 'exec sleep 600');
    await expect(
      waitUntilReady(process, async () => false, { what: 'it answers', timeoutMs: 20, intervalMs: 5 }),
    ).rejects.toThrow('slow was not ready after 20 ms: it answers');
    await process.stop();
  });

  test('that cannot be started is an error', async () => {
    await expect(
      startProcess({
        name: 'none',
        command: '/does/not/exist',
        args: [],
        logFile: join(folder.path, 'none.log'),
      }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

/** Starts a program of this folder, and returns what it says of what it made. */
async function startMaker<T>(file: string): Promise<{ readonly made: T; kill(): void }> {
  const maker = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, file)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  maker.stdout.once('data', (chunk) => resolve(String(chunk)));
  return { made: JSON.parse(await promise) as T, kill: () => void maker.kill('SIGKILL') };
}

function end(pids: readonly number[]): Promise<unknown> {
  return waitFor(async () => !(await Promise.all(pids.map(isRunning))).some(Boolean), {
    what: 'the end of all',
    timeoutMs: 60_000,
  });
}

test('processes and folders of somebody who was killed are gone soon after', async () => {
  const { made, kill } = await startMaker<{ readonly pids: readonly number[]; readonly folder: string }>(
    'orphan-maker.ts',
  );
  expect(made.pids.map(isAlive)).toEqual([true, true]);
  kill();
  await end(made.pids);
  await waitFor(() => !existsSync(made.folder), { what: 'the removal of the folder', timeoutMs: 60_000 });
}, 180_000);

test('so is a group of processes, with those that only its leader knows', async () => {
  const { made, kill } = await startMaker<readonly number[]>('group-maker.ts');
  expect(made.map(isAlive)).toEqual([true, true]);
  kill();
  await end(made);
}, 120_000);

/** Not {@link isAlive}: in a container nobody may collect the dead, and a zombie has an id. */
async function isRunning(pid: number): Promise<boolean> {
  const { code, stdout } = await runCommand('ps', ['-o', 'stat=', '-p', String(pid)]);
  return code === 0 && !stdout.startsWith('Z');
}

describe('a command', () => {
  test('gets its input and gives its output and code', async () => {
    const result = await runCommand('/bin/sh', ['-c', 'cat; echo oh >&2; exit 4'], { input: 'in' });
    expect(result).toEqual({ code: 4, stdout: 'in', stderr: 'oh\n' });
  });

  test('is killed when it takes too long', async () => {
    await expect(runCommand('sleep', ['600'], { timeoutMs: 20 })).rejects.toThrow(
      'sleep 600 took longer than 20 ms',
    );
  });
});

test('a temporary folder is for us alone', async () => {
  const made = await temporaryFolder('mode');
  expect((await stat(made.path)).mode & 0o777).toBe(0o700);
  await made.remove();
  expect(existsSync(made.path)).toBe(false);
});
