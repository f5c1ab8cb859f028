import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binaryPath } from './binaries.ts';
import { freePort, retryOnTakenPort } from './ports.ts';
import { type LabProcess, startProcess, waitUntilReady } from './process.ts';
import { promtool } from './promtool.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** One series of an answer; times in s since the epoch. */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

export interface Range {
  /** In s since the epoch. */
  readonly start: number;
  readonly end: number;
  /** In s. */
  readonly step: number;
}

/** A real Prometheus that has what was recorded and scrapes nothing. */
export interface Prometheus {
  /** Throws with Prometheus's words where it does not take the expression. */
  queryRange(expr: string, range: Range): Promise<readonly RangeSeries[]>;
  stop(): Promise<void>;
}

/** Starts one on a port of 127.0.0.1 with the samples of an OpenMetrics text, whose times may be of any day. */
export async function startPrometheus(openMetrics: string): Promise<Prometheus> {
  const folder = await temporaryFolder('prometheus');
  try {
    await fill(folder, openMetrics);
    const { process, url } = await retryOnTakenPort(() => start(folder));
    return {
      queryRange: (expr, range) => queryRange(url, expr, range),
      async stop() {
        await process.stop();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function fill({ path }: TemporaryFolder, openMetrics: string): Promise<void> {
  const [input, data] = [join(path, 'recorded.om'), join(path, 'data')];
  await mkdir(data);
  await writeFile(input, openMetrics);
  await writeFile(join(path, 'prometheus.yml'), '{}\n');
  const { code, stdout, stderr } = await promtool([
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    '--quiet',
    input,
    data,
  ]);
  if (code !== 0) throw new Error(`promtool took no record: ${stdout}${stderr}`.slice(0, 2_000));
}

async function start({
  path,
}: TemporaryFolder): Promise<{ readonly process: LabProcess; readonly url: string }> {
  const address = `127.0.0.1:${await freePort()}`;
  const process = await startProcess({
    name: 'prometheus',
    command: await binaryPath('prometheus'),
    args: [
      `--config.file=${join(path, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(path, 'data')}`,
      '--storage.tsdb.retention.time=10y',
      `--web.listen-address=${address}`,
    ],
    cwd: path,
    logFile: join(path, 'prometheus.log'),
  });
  const url = `http://${address}`;
  const isReady = async (): Promise<boolean> => (await fetch(`${url}/-/ready`)).ok;
  await waitUntilReady(process, isReady, { what: 'it answered' });
  return { process, url };
}

async function queryRange(
  url: string,
  query: string,
  { start: from, end, step }: Range,
): Promise<RangeSeries[]> {
  const body = new URLSearchParams({ query, start: String(from), end: String(end), step: String(step) });
  const answer = (await (await fetch(`${url}/api/v1/query_range`, { method: 'POST', body })).json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data?: { readonly result: RangeSeries[] };
  };
  if (!answer.data) throw new Error(`${query}: ${answer.error ?? answer.status}`);
  return answer.data.result;
}
