import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { describeOnNode, START_TIMEOUT_MS } from './describe-on-node.ts';
import { machineState, tracesOf } from './traces.ts';

describeOnNode('a real node with a running Pod', () => {
  let child: ChildProcess | undefined;

  afterAll(() => {
    child?.kill('SIGKILL');
  });

  /** Starts the node in a process of its own, and returns its folder when a Pod runs on it. */
  async function startElsewhere(maker: string): Promise<string> {
    child = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, maker)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    child.stdout?.once('data', (chunk) => resolve(String(chunk).trim()));
    child.once('exit', (code) => reject(new Error(`${maker} ended with ${code}`)));
    return promise;
  }

  test.each([
    ["on the machine's network", 'node-maker.ts'],
    ['in a network of its own, in a whole cluster', '../cluster/cluster-maker.ts'],
  ])(
    '%s changes nothing on the machine, and nothing of it is left when whoever started it is killed',
    async (_, maker) => {
      const before = await machineState();
      const folder = await startElsewhere(maker);
      const traces = await tracesOf(folder);
      expect(traces.processes).toEqual(expect.arrayContaining(['containerd', 'kubelet', 'program']));
      expect(traces.groups).not.toEqual([]);
      expect(await machineState()).toEqual(before);
      child?.kill('SIGKILL');
      await waitFor(() => traces.left(), {
        what: 'nothing of the node to be left',
        until: (left) => left.length === 0,
        timeoutMs: 60_000,
      });
      expect(await machineState()).toEqual(before);
    },
    START_TIMEOUT_MS,
  );
});
