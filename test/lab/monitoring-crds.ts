import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, publishFile } from './cache.ts';
import { withFileLock } from './file-lock.ts';
import { findGo } from './go-build.ts';
import { createProgress } from './progress.ts';
import { runCommand } from './run-command.ts';

const MODULE = 'github.com/prometheus-operator/prometheus-operator';
const VERSION = 'v0.85.0';
/** As go.sum has it; the version alone would do only while nobody moves it. */
const SUM = 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=';
const KINDS = ['podmonitors', 'prometheusrules', 'servicemonitors'] as const;
const DOWNLOAD_TIMEOUT_MS = 300_000;

/**
 * The folder with the CRDs of the Prometheus operator that a chart may make objects of, from its Go module: taken once,
 * then cached. Rejects with what Go said.
 */
export async function monitoringCrds(): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, `prometheus-operator-crds-${VERSION}`);
  const file = (kind: string): string => `monitoring.coreos.com_${kind}.yaml`;
  const isThere = async (): Promise<boolean> =>
    (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.yaml')).length === KINDS.length;
  if (await isThere()) return folder;
  return withFileLock(join(cache, 'lock', 'prometheus-operator-crds'), async () => {
    if (await isThere()) return folder;
    const module = await createProgress().during(`getting the CRDs of the Prometheus operator`, download);
    await mkdir(folder, { recursive: true });
    for (const kind of KINDS) {
      const from = join(module, 'example', 'prometheus-operator-crd', file(kind));
      await publishFile(join(folder, file(kind)), (temporary) => copyFile(from, temporary));
    }
    return folder;
  });
}

/** The text of them all, for `kubectl apply`. */
export async function monitoringCrdsText(): Promise<string> {
  const folder = await monitoringCrds();
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n---\n');
}

/** Returns the folder that Go unpacked it into. */
async function download(): Promise<string> {
  const go = await findGo();
  if ('problem' in go)
    throw new Error(`the CRDs of the Prometheus operator come as a Go module: ${go.problem}`);
  const { code, stdout, stderr } = await runCommand(
    'go',
    ['mod', 'download', '-json', `${MODULE}@${VERSION}`],
    {
      cwd: tmpdir(),
      env: go.environment,
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    },
  );
  if (code !== 0)
    throw new Error(`go mod download ${MODULE} failed: ${stderr.slice(-1_000) || stdout.slice(-1_000)}`);
  const { Dir, Sum } = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string };
  if (Sum !== SUM) throw new Error(`${MODULE} ${VERSION} has the sum ${Sum}, not the pinned one`);
  return Dir;
}
