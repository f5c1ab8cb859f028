import { spawn } from 'node:child_process';
import { guardProcess } from './process-guard.ts';

export interface CommandResult {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Written to its standard input; without it there is none. */
  readonly input?: string;
  /** It is killed after that long; 60 s unless told. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Runs a command to its end. Any exit code is a result; rejects only where it could not start or ran out of time. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const timeoutMs = options.timeoutMs ?? 60_000;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const release = child.pid === undefined ? undefined : guardProcess(child.pid);
  const kill = () => child.kill('SIGKILL');
  const timer = setTimeout(() => {
    kill();
    reject(new Error(`${command} ${args.join(' ')} took longer than ${timeoutMs} ms`));
  }, timeoutMs);
  options.signal?.addEventListener('abort', kill, { once: true });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr() }));
  // It may end without reading all of it.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', kill);
    release?.();
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

/** The environment without the variable that makes Go clients fail on plain-HTTP endpoints, and with `changes`. */
export function goClientEnvironment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { AWS_CA_BUNDLE: _, ...environment } = process.env;
  return { ...environment, ...changes };
}
