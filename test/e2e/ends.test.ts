import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type LabProcess, startProcess } from '../lab/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../lab/temporary-folder.ts';
import { waitFor } from '../lab/wait-for.ts';

const ROOT = join(import.meta.dirname, '../..');

let folder: TemporaryFolder;
/** Takes connections and never says a word, as an API server that is overwhelmed. */
let silent: Server;
const sockets: Socket[] = [];
let operator: LabProcess | undefined;

beforeEach(async () => {
  folder = await temporaryFolder('ends');
  silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});

afterEach(async () => {
  await operator?.stop({ graceMs: 0 });
  for (const socket of sockets.splice(0)) socket.destroy();
  silent.close();
  await folder.remove();
});

/** An operator that waits for its first answer of the API server, with `code` run before it. */
async function waiting(code = ''): Promise<LabProcess> {
  const { port } = silent.address() as AddressInfo;
  const kubeconfig = join(folder.path, 'kubeconfig');
  await writeFile(
    kubeconfig,
    JSON.stringify({
      // Without TLS only where nobody looks at certificates.
      clusters: [
        { name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  operator = await startProcess({
    name: 'operator',
    command: process.execPath,
    args: ['--no-warnings', `--import=data:text/javascript,${encodeURIComponent(code)}`, 'src/main.ts'],
    cwd: ROOT,
    env: { PATH: process.env['PATH'], KUBECONFIG: kubeconfig },
    logFile: join(folder.path, 'operator.log'),
  });
  await Promise.race([
    waitFor(() => sockets.length > 0, { what: 'the operator to ask the API server', timeoutMs: 40_000 }),
    operator.exited.then(async () => Promise.reject(new Error(await operator?.logTail()))),
  ]);
  return operator;
}

/** The lines of its log, all of which are JSON. */
async function linesOf(process: LabProcess): Promise<readonly Record<string, unknown>[]> {
  const text = await process.logTail(20_000);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a stop is heard while the API server has not answered yet', async () => {
  const process = await waiting();
  await process.stop({ graceMs: 30_000 });
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect(await linesOf(process)).toEqual([expect.objectContaining({ msg: 'signal received' })]);
}, 90_000);

// The stack shows the code itself.
const ERROR = 'Object.assign(new Error("oh"), { headers: ["hu", "sh"].join("") })';

test.each([
  ['an error that nobody caught', `throw ${ERROR}`],
  ['a promise that nobody waited for', `Promise.reject(${ERROR})`],
])(
  '%s is a line of the log, without what the error holds, and exit code 1',
  async (_what, code) => {
    const process = await waiting(`process.on("SIGUSR2", () => { ${code} })`);
    globalThis.process.kill(process.pid, 'SIGUSR2');
    expect(await process.exited).toEqual({ code: 1, signal: null });
    const lines = await linesOf(process);
    expect(lines).toMatchObject([{ level: 'error', msg: 'crashed', err: { name: 'Error', message: 'oh' } }]);
    expect(JSON.stringify(lines)).not.toContain('hush');
  },
  90_000,
);
