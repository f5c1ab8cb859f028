import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { guardProcess } from './process-guard.ts';

export interface ProcessOptions {
  /** In messages, and nowhere else. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Standard output and error go there, appended. */
  readonly logFile: string;
}

/** How a process ended; one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child that runs until it is stopped; it does not outlive this process, however that ends. */
export interface LabProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when it has ended, asked or not. */
  readonly exited: Promise<Exit>;
  isRunning(): boolean;
  /** The end of its log, for error messages. */
  logTail(characters?: number): Promise<string>;
  /** SIGTERM, then SIGKILL after the grace (10 s unless told); resolves when it is gone. May be called again. */
  stop(options?: { readonly graceMs?: number; readonly signal?: NodeJS.Signals }): Promise<void>;
}

/** Starts the command. Rejects if it cannot even be started; that it is ready is for {@link waitUntilReady}. */
export async function startProcess(options: ProcessOptions): Promise<LabProcess> {
  // A file, not a pipe: nothing is lost while our event loop is busy, and the child never blocks on us.
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', log, log],
    // Ctrl-C in a terminal goes to us alone, and we stop things in their order.
    detached: true,
  });
  closeSync(log);
  await spawned(child);
  return labProcess(child, options);
}

async function spawned(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('spawn', resolve);
  child.once('error', reject);
  return promise;
}

function labProcess(child: ChildProcess, { name, logFile }: ProcessOptions): LabProcess {
  const pid = child.pid as number;
  const release = guardProcess(pid);
  let running = true;
  const { promise: exited, resolve } = Promise.withResolvers<Exit>();
  child.once('exit', (code, signal) => {
    running = false;
    release();
    resolve({ code, signal });
  });
  child.unref();
  return {
    name,
    pid,
    logFile,
    exited,
    isRunning: () => running,
    logTail: async (characters = 3_000) => (await readFile(logFile, 'utf8')).slice(-characters),
    async stop({ graceMs = 10_000, signal = 'SIGTERM' } = {}) {
      if (!running) return;
      child.ref();
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

export interface ReadyOptions {
  /** Said in the error: "kube-apiserver was not ready after 30000 ms: <what>". */
  readonly what: string;
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/** A process ended or was too slow before it was ready; `log` is the end of what it wrote. */
export class NotReadyError extends Error {
  readonly log: string;
  constructor(message: string, log: string, cause?: unknown) {
    super(`${message}\n--- end of its log ---\n${log}`, { cause });
    this.name = 'NotReadyError';
    this.log = log;
  }
}

/** Polls until the check is true. Rejects with {@link NotReadyError} at the deadline or when the process ends first. */
export async function waitUntilReady(
  running: LabProcess,
  check: () => Promise<boolean>,
  { what, timeoutMs = 60_000, intervalMs = 50 }: ReadyOptions,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    if (!running.isRunning()) {
      const { code, signal } = await running.exited;
      throw new NotReadyError(
        `${running.name} ended (${signal ?? code}) before ${what}`,
        await running.logTail(),
      );
    }
    try {
      if (await check()) return;
    } catch (error) {
      last = error;
    }
    await sleep(intervalMs);
  }
  throw new NotReadyError(
    `${running.name} was not ready after ${timeoutMs} ms: ${what}`,
    await running.logTail(),
    last,
  );
}
