import { findBinary } from './binaries.ts';
import { BINARIES, type BinaryName, pinnedVersion } from './binary-catalog.ts';
import { cacheFolder } from './cache.ts';
import { dockerPrograms } from './docker/docker-programs.ts';
import { operatorImage } from './docker/operator-image.ts';
import { skewWarning } from './kubectl.ts';
import { monitoringCrds } from './monitoring-crds.ts';
import { nodeUnavailable } from './node/availability.ts';
import { NODE_PROGRAMS } from './node/node-programs.ts';
import { runcPath } from './node/runc.ts';
import { createProgress, type Progress } from './progress.ts';
import { runCommand } from './run-command.ts';

/** What the integration tests run; quick ones first, so that a mistake shows before the long build. */
const NEEDED = [
  'etcd',
  'crane',
  'kubectl',
  'registry',
  'helm',
  'promtool',
  'prometheus',
  'kube-apiserver',
  'kube-controller-manager',
] as const satisfies readonly BinaryName[];

/**
 * `node test/lab/prepare.ts`: gets every program that the lab needs and says where each came from. With `--node` also
 * those of a real node, where one can run.
 */
async function prepare(): Promise<void> {
  const progress = createProgress();
  progress.note(`cache: ${cacheFolder()}`);
  const withNode = process.argv.includes('--node') && !nodeUnavailable();
  process.stdout.write(`${'monitoring CRDs'.padEnd(24)} ${''.padEnd(18)} ${await monitoringCrds()}\n`);
  if (withNode) process.stdout.write(`${'runc'.padEnd(24)} ${''.padEnd(18)} ${await runcPath()}\n`);
  const hasDocker = withNode && (await prepareDocker(progress));
  for (const name of withNode ? [...NEEDED, ...NODE_PROGRAMS, 'kube-scheduler' as const] : NEEDED) {
    const { path, source } = await findBinary(name, { progress });
    process.stdout.write(`${name.padEnd(24)} ${source.padEnd(18)} ${path}\n`);
    const warning = name === 'kubectl' ? await kubectlWarning(path) : undefined;
    if (warning) progress.warn(`${warning}; the tests accept it`);
  }
  if (hasDocker) await prepareImage(progress);
}

/** Whether it is there. It is Debian's, and elsewhere only the tests of the image and the cluster need it. */
async function prepareDocker(progress: Progress): Promise<boolean> {
  return orWarn(progress, 'there is no Docker', async () => {
    const { dockerd } = await dockerPrograms();
    process.stdout.write(`${'dockerd'.padEnd(24)} ${''.padEnd(18)} ${dockerd}\n`);
  });
}

async function prepareImage(progress: Progress): Promise<void> {
  await orWarn(progress, 'the image could not be built', async () => {
    const { archive, base } = await operatorImage();
    process.stdout.write(`${'image'.padEnd(24)} ${''.padEnd(18)} ${archive}, on ${base}\n`);
  });
}

/** The tests that need it try again, and fail alone: that is no reason to run none at all. */
async function orWarn(progress: Progress, problem: string, get: () => Promise<void>): Promise<boolean> {
  try {
    await get();
    return true;
  } catch (error) {
    progress.warn(`${problem}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** What the kubectl on PATH may not do: a warning, because most of what the tests ask of it is older than both. */
async function kubectlWarning(path: string): Promise<string | undefined> {
  const { stdout } = await runCommand(path, ['version', '--client', '-o', 'json']);
  const { clientVersion } = JSON.parse(stdout) as { readonly clientVersion: { readonly gitVersion: string } };
  return skewWarning(clientVersion.gitVersion, pinnedVersion(BINARIES['kube-apiserver']));
}

prepare().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
