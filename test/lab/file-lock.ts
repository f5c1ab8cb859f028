import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 5_000;
/** Several missed heartbeats: also right where the process id says nothing, as in another container. */
const STALE_MS = 60_000;
const POLL_MS = 250;

interface Holder {
  readonly pid: number;
  readonly host: string;
}

export interface LockOptions {
  /** Told once if somebody else holds the lock. */
  readonly onWait?: (holder: string) => void;
}

/**
 * Runs the task while no other process that uses the same lock file does. A lock whose holder died is taken over.
 *
 * It saves work, it guards nothing: everything in the cache appears by a rename, so the rare case of two that take
 * over the same dead lock costs a second build and no more.
 */
export async function withFileLock<T>(
  path: string,
  task: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  await acquire(path, options);
  const heartbeat = setInterval(() => void touch(path), HEARTBEAT_MS).unref();
  try {
    return await task();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

async function acquire(path: string, options: LockOptions): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  let told = false;
  while (!(await create(path))) {
    const holder = await readHolder(path);
    if (await isStale(path, holder)) {
      await rm(path, { force: true });
      continue;
    }
    if (!told) options.onWait?.(holder ? `process ${holder.pid} on ${holder.host}` : 'another process');
    told = true;
    await sleep(POLL_MS);
  }
}

async function create(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'wx');
    await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    // Gone in the meantime, or not yet written: the caller looks again.
    return undefined;
  }
}

async function isStale(path: string, holder: Holder | undefined): Promise<boolean> {
  if (holder?.host === hostname() && !isAlive(holder.pid)) return true;
  const age = await stat(path).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
  return age > STALE_MS;
}

/** Whether a process of that id exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  // Somebody took the lock for dead: then there is nothing to keep alive.
  await utimes(path, now, now).catch(() => undefined);
}

function isCode(error: unknown, code: string): boolean {
  // Not instanceof: inside jest, Node's own errors are of another realm.
  return Object(error).code === code;
}
