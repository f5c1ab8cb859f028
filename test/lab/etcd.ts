import { join } from 'node:path';
import { request } from 'undici';
import { binaryPath } from './binaries.ts';
import { freePort } from './ports.ts';
import { type LabProcess, startProcess, waitUntilReady } from './process.ts';

export interface Etcd {
  readonly url: string;
  readonly process: LabProcess;
}

/** Starts etcd with its data in the folder. It may lose data when the machine dies, never when the process does. */
export async function startEtcd(folder: string): Promise<Etcd> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const process = await startProcess({
    name: 'etcd',
    command: await binaryPath('etcd'),
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      // Alone, so nobody has to find this one.
      '--listen-peer-urls=http://127.0.0.1:0',
      '--unsafe-no-fsync',
      // It waits up to as long before it votes for itself; there is nobody else. Shorter ones cost more while it idles.
      '--heartbeat-interval=50',
      '--election-timeout=250',
      '--log-level=warn',
    ],
    logFile: join(folder, 'etcd.log'),
  });
  const isHealthy = async () => {
    const { statusCode, body } = await request(`${url}/health`);
    return statusCode === 200 && ((await body.json()) as { health: string }).health === 'true';
  };
  try {
    await waitUntilReady(process, isHealthy, { what: 'its /health is true' });
  } catch (error) {
    await process.stop({ graceMs: 0 });
    throw error;
  }
  return { url, process };
}
