import { findBinary } from './binaries.ts';
import { type CommandOptions, type CommandResult, runCommand } from './run-command.ts';

/** Runs kubectl with the kubeconfig; any exit code is a result. */
export async function kubectl(
  kubeconfig: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { path } = await findBinary('kubectl');
  // The flag, because the environment's KUBECONFIG could name a real cluster.
  return runCommand(path, [`--kubeconfig=${kubeconfig}`, ...args], options);
}

/** Runs kubectl and returns what it printed; throws with its standard error where it failed. */
export async function kubectlOk(
  kubeconfig: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await kubectl(kubeconfig, args, options);
  if (code === 0) return stdout;
  throw new Error(`kubectl ${args.join(' ')} exited with ${code}: ${stderr.trim() || stdout.trim()}`);
}

/** A warning where kubectl is more than one minor release away from the server: what Kubernetes supports. */
export async function kubectlSkewWarning(kubeconfig: string): Promise<string | undefined> {
  const versions = JSON.parse(await kubectlOk(kubeconfig, ['version', '-o', 'json'])) as {
    readonly clientVersion: { readonly gitVersion: string };
    readonly serverVersion: { readonly gitVersion: string };
  };
  return skewWarning(versions.clientVersion.gitVersion, versions.serverVersion.gitVersion);
}

/** {@link kubectlSkewWarning} for two versions such as `v1.32.4`. */
export function skewWarning(client: string, server: string): string | undefined {
  const skew = Math.abs(minorOf(client) - minorOf(server));
  return skew > 1
    ? `kubectl is ${client}, the API server ${server}: ${skew} minor releases apart`
    : undefined;
}

function minorOf(version: string): number {
  return Number(/^v?\d+\.(\d+)/.exec(version)?.[1]);
}
