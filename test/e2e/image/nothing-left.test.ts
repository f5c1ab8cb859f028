import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { describeOnNode, START_TIMEOUT_MS } from '../node/describe-on-node.ts';
import { machineState, tracesOf } from '../node/traces.ts';

/** Where Docker keeps its things on an ordinary machine. */
const DOCKER_FOLDERS = ['/etc/docker', '/run/docker', '/var/lib/docker', '/var/run/docker.sock'];

async function wholeState(): Promise<unknown> {
  const folders = DOCKER_FOLDERS.map((folder) => readdir(folder).catch(({ code }) => code));
  return [await machineState(), await Promise.all(folders)];
}

describeOnNode("the lab's Docker daemon with a running container", () => {
  let child: ChildProcess | undefined;

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  /** Starts it in a process of its own, and returns its folder when the container runs. */
  async function startElsewhere(): Promise<string> {
    child = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'docker-maker.ts')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    child.stdout?.once('data', (chunk) => resolve(String(chunk).trim()));
    child.once('exit', (code) => reject(new Error(`docker-maker.ts ended with ${code}`)));
    return promise;
  }

  test.each([
    ['is killed', () => child?.kill('SIGKILL')],
    ['stops it', () => child?.stdin?.end()],
  ])(
    'changes nothing on the machine, and nothing of it is left when whoever started it %s',
    async (_, end) => {
      const before = await wholeState();
      const traces = await tracesOf(await startElsewhere());
      // Node calls its first thread so.
      expect(traces.processes).toEqual(expect.arrayContaining(['dockerd', 'containerd', 'MainThread']));
      expect(traces.groups).not.toEqual([]);
      expect(await wholeState()).toEqual(before);
      end();
      await waitFor(() => traces.left(), {
        what: 'nothing of the daemon to be left',
        until: (left) => left.length === 0,
        timeoutMs: 60_000,
      });
      expect(await wholeState()).toEqual(before);
    },
    START_TIMEOUT_MS,
  );
});
