import { spawn } from 'node:child_process';
import { guardGroup } from '../../lab/process-guard.ts';

/** Starts a group of processes, says which, and waits to be killed. For processes.test.ts. */
const leader = spawn('/bin/sh', ['-c', 'sleep 600 & echo $!; wait'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
});
guardGroup(leader.pid as number);
leader.stdout.once('data', (chunk) => {
  process.stdout.write(`${JSON.stringify([leader.pid, Number(String(chunk))])}\n`);
});
setInterval(() => undefined, 1_000);
