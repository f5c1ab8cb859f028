import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { binaryPath } from './binaries.ts';
import { freePort, retryOnTakenPort } from './ports.ts';
import { type LabProcess, startProcess, waitUntilReady } from './process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A real image registry: distribution, plain HTTP, deletes allowed, no authentication of its own. */
export interface LabRegistry {
  readonly url: string;
  /** `127.0.0.1:<port>`, as it stands in image names. */
  readonly host: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

/** Starts one with nothing in it. */
export async function startRegistry(): Promise<LabRegistry> {
  const folder = await temporaryFolder('registry');
  try {
    const { process, host } = await retryOnTakenPort(() => startOn(folder.path));
    return {
      url: `http://${host}`,
      host,
      logFile: process.logFile,
      async stop() {
        await process.stop({ signal: 'SIGKILL' });
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function startOn(folder: string): Promise<{ readonly process: LabProcess; readonly host: string }> {
  const host = `127.0.0.1:${await freePort()}`;
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(configuration(host, folder)), { mode: 0o600 });
  const process = await startProcess({
    name: 'registry',
    command: await binaryPath('registry'),
    args: ['serve', file],
    // It would take REGISTRY_* of the environment for its configuration, and look for a tracing collector.
    env: { PATH: '/usr/bin:/bin', OTEL_TRACES_EXPORTER: 'none' },
    logFile: join(folder, 'registry.log'),
  });
  const answers = async () => {
    const { statusCode, body } = await request(`http://${host}/v2/`);
    await body.dump();
    return statusCode === 200;
  };
  try {
    await waitUntilReady(process, answers, { what: 'its /v2/ answers 200' });
  } catch (error) {
    await process.stop({ signal: 'SIGKILL' });
    throw error;
  }
  return { process, host };
}

function configuration(host: string, folder: string): object {
  return {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: false } },
    storage: {
      filesystem: { rootdirectory: join(folder, 'storage') },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    // Relative: the front before it is known by other names.
    http: { addr: host, relativeurls: true },
  };
}
