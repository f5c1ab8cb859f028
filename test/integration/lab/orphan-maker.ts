import { join } from 'node:path';
import { startProcess } from '../../lab/process.ts';
import { temporaryFolder } from '../../lab/temporary-folder.ts';

/** Starts two processes, one of which ignores SIGTERM, says so, and waits to be killed. For processes.test.ts. */
const folder = await temporaryFolder('orphans');
const scripts = ['exec sleep 600', "trap '' TERM; while :; do sleep 0.1; done"];
const pids: number[] = [];
for (const script of scripts) {
  const logFile = join(folder.path, 'log');
  const { pid } = await startProcess({ name: 'child', command: '/bin/sh', args: ['-c', script], logFile });
  pids.push(pid);
}
process.stdout.write(`${JSON.stringify({ pids, folder: folder.path })}\n`);
setInterval(() => undefined, 1_000);
