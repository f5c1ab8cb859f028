import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binaryPath } from './binaries.ts';
import { type CommandResult, goClientEnvironment, runCommand } from './run-command.ts';

export interface CraneOptions {
  /** Where its logins are, see {@link writeDockerConfig}. Never the developer's own. */
  readonly dockerConfig: string;
  readonly timeoutMs?: number;
  /** Where requests to other hosts than this one go: a registry front, so that images have the names they have in ECR. */
  readonly proxy?: string;
}

/** Runs crane against registries that speak plain HTTP; any exit code is a result. */
export async function crane(args: readonly string[], options: CraneOptions): Promise<CommandResult> {
  const proxy = options.proxy
    ? { HTTP_PROXY: options.proxy, http_proxy: options.proxy, NO_PROXY: '', no_proxy: '' }
    : {};
  const env = goClientEnvironment({ DOCKER_CONFIG: options.dockerConfig, ...proxy });
  return runCommand(await binaryPath('crane'), ['--insecure', ...args], {
    env,
    timeoutMs: options.timeoutMs ?? 60_000,
  });
}

/** Runs crane and returns what it printed, trimmed; throws with its standard error where it failed. */
export async function craneOk(args: readonly string[], options: CraneOptions): Promise<string> {
  const { code, stdout, stderr } = await crane(args, options);
  if (code === 0) return stdout.trim();
  throw new Error(`crane ${args.join(' ')} exited with ${code}: ${stderr.trim()}`);
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Writes a `config.json` with logins by registry host into the folder; for us alone. */
export async function writeDockerConfig(
  folder: string,
  logins: Readonly<Record<string, Login>> = {},
): Promise<string> {
  const auths = Object.fromEntries(
    Object.entries(logins).map(([host, { username, password }]) => [
      host,
      { auth: Buffer.from(`${username}:${password}`).toString('base64') },
    ]),
  );
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }), { mode: 0o600 });
  return folder;
}
