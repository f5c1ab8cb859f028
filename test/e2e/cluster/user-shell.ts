import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { binaryPath } from '../../lab/binaries.ts';
import type { Cluster } from '../../lab/cluster.ts';
import { AWS_ADDRESS } from '../../lab/node/node-network.ts';
import { runCommand } from '../../lab/run-command.ts';
import { ROOT } from '../../unit/docs/markdown.ts';

/** A shell as a person has it who installs the operator. */
export interface UserShell {
  /** Where the files are that commands write; `deploy` of this checkout is there. */
  readonly folder: string;
  /** Runs a script to its end; throws with what it said where it failed. */
  run(script: string): Promise<string>;
}

/**
 * A shell with kubectl and helm for the cluster, the AWS keys in its environment. Its helm adds to the values of every
 * installation where AWS is in the lab, and nothing else.
 */
export async function userShell(
  cluster: Cluster,
  keys: Readonly<Record<string, string>>,
): Promise<UserShell> {
  const folder = join(cluster.folder, 'user');
  const programs = join(folder, 'bin');
  await mkdir(programs, { recursive: true });
  await symlink(join(ROOT, 'deploy'), join(folder, 'deploy'));
  await symlink(join(ROOT, 'crds'), join(folder, 'crds'));
  const values = join(folder, 'lab.json');
  const extraEnv = [{ name: 'AWS_ENDPOINT_URL', value: `http://${AWS_ADDRESS}` }];
  await writeFile(values, JSON.stringify({ extraEnv }));
  await writeFile(join(programs, 'helm'), helmScript(await binaryPath('helm'), values), { mode: 0o755 });
  const path = [programs, dirname(await binaryPath('kubectl')), '/usr/bin', '/bin'].join(delimiter);
  const env = { ...keys, PATH: path, HOME: folder, KUBECONFIG: cluster.kubeconfig };
  return {
    folder,
    async run(script) {
      const { code, stdout, stderr } = await runCommand('sh', ['-eu', '-c', script], {
        cwd: folder,
        env,
        timeoutMs: 170_000,
      });
      if (code === 0) return stdout;
      throw new Error(`exit code ${code} of:\n${script}\n${stderr.trim()}\n${stdout.trim()}`);
    },
  };
}

function helmScript(helm: string, values: string): string {
  return `#!/bin/sh
case $1 in
  install | upgrade) exec '${helm}' "$@" --values '${values}' ;;
  *) exec '${helm}' "$@" ;;
esac
`;
}
