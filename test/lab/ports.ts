import { createServer } from 'node:net';
import { NotReadyError } from './process.ts';

/** Below the range from which Linux and macOS take ports for outgoing connections. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
/** Ports for one process; those that run beside it have other ones, for their ids are mostly close to each other. */
const BLOCK = 200;
const ATTEMPTS = 5;

const block = FIRST_PORT + (process.pid % ((LAST_PORT - FIRST_PORT) / BLOCK)) * BLOCK;
let last = Math.floor(Math.random() * BLOCK);

/**
 * A port on 127.0.0.1 that nobody listens on. Not one of the kernel's ephemeral ports: a server that is restarted has
 * to get its port back, and an outgoing connection could have taken it meanwhile. Nor, for the same reason, one that
 * was given out a short while ago, here or by another process of the tests.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < BLOCK; attempt += 1) {
    last = (last + 1) % BLOCK;
    const port = block + last;
    if (await canListen(port)) return port;
  }
  throw new Error(`no free port between ${block} and ${block + BLOCK}`);
}

async function canListen(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return promise;
}

/** Runs `start` again, with other ports, as long as it fails because somebody took its port first. */
export async function retryOnTakenPort<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt >= ATTEMPTS || !isTakenPort(error)) throw error;
    }
  }
}

/** Whether a process ended because its port was in use. */
export function isTakenPort(error: unknown): boolean {
  return error instanceof NotReadyError && /address already in use/i.test(error.log);
}
