import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { stop as stopEsbuild } from 'esbuild';
import { findLeaks } from '../test/lab/leaks.ts';
import { OPERATOR_PROGRAM } from '../test/lab/operator.ts';
import { POOL_SOCKET } from '../test/lab/pool/pool-messages.ts';
import { guardGroup } from '../test/lab/process-guard.ts';
import { temporaryFolder } from '../test/lab/temporary-folder.ts';
import { bundle, PROJECT } from './build-bundle.ts';
import { type JestReport, joined, verdictOf } from './test-verdict.ts';
import { isWholeRun } from './whole-run.ts';

/** What looks at the record of the whole suite; see test/after. */
const AFTER = ['test/after', '--testPathIgnorePatterns=/node_modules/'];

const folder = await temporaryFolder('run');
try {
  process.exitCode = await run(folder.path, process.argv.slice(2));
} finally {
  await folder.remove();
}

/**
 * Gets the real components, runs jest, looks at what the operator did in all the tests where all of them ran, and
 * searches all that was printed for the tokens that were issued meanwhile.
 */
async function run(folder: string, jestArgs: readonly string[]): Promise<number> {
  const preparing = startNode(['test/lab/prepare.ts', '--node'], {}, ['ignore', 'inherit', 'inherit']);
  if ((await exitCodeOf(preparing)) !== 0) return 1;
  const output = join(folder, 'output.log');
  const tokens = join(folder, 'tokens');
  const actions = join(folder, 'actions');
  const rights = join(folder, 'rights');
  await writeFile(tokens, '', { mode: 0o600 });
  await mkdir(actions);
  await mkdir(rights);
  const env = {
    ECR_OPERATOR_LAB_TOKENS: tokens,
    ECR_OPERATOR_LAB_ACTIONS: actions,
    ECR_OPERATOR_LAB_RIGHTS: rights,
    [OPERATOR_PROGRAM]: await bundledOperator(folder),
    // The servers written in Go live for seconds: less collecting, more memory.
    GOGC: process.env['GOGC'] ?? '800',
  };
  const pool = await startPool(join(folder, 'pool'), env);
  const tests = await jest(jestArgs, output, { ...env, ...pool.env });
  await pool.stop();
  const after = tests.exitCode === 0 && isWholeRun(jestArgs) ? await jest(AFTER, output, env) : undefined;
  const issued = (await readFile(tokens, 'utf8')).split('\n').filter(Boolean);
  const { green, passed, failed, lines } = verdictOf({
    report: after ? joined(tests.report, after.report) : tests.report,
    exitCode: after?.exitCode ?? tests.exitCode,
    leaks: findLeaks(await readFile(output, 'utf8'), issued).length,
    issued: issued.length,
    ci: process.env['CI'] === 'true',
  });
  process.stderr.write(`\n${lines.join('\n')}\n`);
  // For .ci/run.
  const results = process.env['TEST_RESULTS'];
  if (results) await writeFile(results, JSON.stringify({ passed, failed }));
  return green ? 0 : 1;
}

/** The operator that tests start by the hundred, in one file, as the image has it. */
async function bundledOperator(folder: string): Promise<string> {
  const file = join(folder, 'operator.mjs');
  await bundle(PROJECT, file, 'test/lab/operator-child.ts');
  // It would stay beside us, with what it knows of the sources: 300 MB.
  await stopEsbuild();
  return file;
}

/**
 * Starts Node with its group, which ends when we do, however that is: jest's workers do not notice that jest is gone,
 * and would go on for as long as the tests take.
 */
function startNode(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdio: StdioOptions,
): ChildProcess {
  const child = spawn(process.execPath, ['--no-warnings', ...args], {
    env: { ...process.env, ...env },
    stdio,
    detached: true,
  });
  const release = child.pid === undefined ? undefined : guardGroup(child.pid);
  child.once('exit', () => release?.());
  return child;
}

/** Resolves when it has ended and said all; 1 where a signal ended it. */
async function exitCodeOf(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

interface Pool {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts what starts control planes ahead of the tests; it ends when we do, however that is. */
async function startPool(socket: string, env: Readonly<Record<string, string>>): Promise<Pool> {
  const child = startNode(['test/lab/pool/pool-child.ts', socket], env, ['pipe', 'pipe', 'inherit']);
  const exited = once(child, 'exit');
  const listens = await Promise.race([
    once(child.stdout as Readable, 'data').then(() => true),
    exited.then(() => false),
  ]);
  return {
    env: listens ? { [POOL_SOCKET]: socket } : {},
    async stop() {
      child.stdin?.end();
      await exited;
    },
  };
}

interface JestRun {
  readonly exitCode: number;
  readonly report: JestReport;
}

async function jest(
  args: readonly string[],
  output: string,
  env: Readonly<Record<string, string>>,
): Promise<JestRun> {
  const log = createWriteStream(output, { flags: 'a', mode: 0o600 });
  const report = join(dirname(output), 'jest.json');
  const child = startNode(
    [
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      ...args,
      '--json',
      `--outputFile=${report}`,
    ],
    env,
    ['ignore', 'pipe', 'pipe'],
  );
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from?.pipe(log, { end: false });
    // Jest's JSON goes to its file; what it prints for people is on standard error.
    from?.pipe(to, { end: false });
  }
  const exitCode = await exitCodeOf(child);
  log.end();
  await finished(log);
  return { exitCode, report: JSON.parse(await readFile(report, 'utf8')) as JestReport };
}
