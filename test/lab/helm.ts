import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from './binaries.ts';
import { type CommandOptions, type CommandResult, runCommand } from './run-command.ts';

/** The folder of the chart. */
export const CHART = join(import.meta.dirname, '../../deploy/chart/ecr-operator');

/** Nothing of the person's own helm: no repositories, no plug-ins, no cluster, no settings. */
const HOME = join(tmpdir(), 'ecr-operator-lab-no-helm');
const OWN = {
  HELM_CACHE_HOME: HOME,
  HELM_CONFIG_HOME: HOME,
  HELM_DATA_HOME: HOME,
  KUBECONFIG: join(HOME, 'no-kubeconfig'),
};

export interface HelmOptions extends CommandOptions {
  /** Of the cluster that it is to speak to; none unless told. */
  readonly kubeconfig?: string;
  /** What stands in the values file of the person who runs it. */
  readonly values?: object;
}

/** Runs helm; any exit code is a result. */
export async function helm(args: readonly string[], options: HelmOptions = {}): Promise<CommandResult> {
  const { kubeconfig, values, ...rest } = options;
  const { path } = await findBinary('helm');
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('HELM_'));
  return runCommand(
    path,
    [...args, ...(kubeconfig ? [`--kubeconfig=${kubeconfig}`] : []), ...(values ? ['--values=-'] : [])],
    {
      env: { ...Object.fromEntries(inherited), ...OWN },
      ...rest,
      // JSON is YAML.
      ...(values ? { input: JSON.stringify(values) } : {}),
    },
  );
}

/** Runs helm and returns what it printed; throws with what it said where it failed. */
export async function helmOk(args: readonly string[], options: HelmOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await helm(args, options);
  if (code === 0) return stdout;
  throw new Error(`helm ${args.join(' ')} exited with ${code}: ${withoutNotes(stderr) || stdout.trim()}`);
}

/** What helm said on standard error, but for what it tells of the chart's links at each start. */
export function withoutNotes(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !line.includes('found symbolic link in path'));
  return lines.join('\n').trim();
}
