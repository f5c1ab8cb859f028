import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from './build-bundle.ts';
import { imageArguments } from './image-arguments.ts';

/** What git says, or undefined where there is no git or no repository. */
function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: PROJECT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() || undefined : undefined;
}

// `npm run image [-- further arguments of docker build]`
const { name, version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly version: string;
};
const args = imageArguments(
  {
    name,
    version,
    revision: git('rev-parse', 'HEAD'),
    created: git('log', '-1', '--format=%cI'),
    source: git('config', '--get', 'remote.origin.url'),
  },
  process.argv.slice(2),
);
const { status } = spawnSync('docker', args, {
  cwd: PROJECT,
  stdio: 'inherit',
  // The Dockerfile needs it, and older clients have to be told.
  env: { ...process.env, DOCKER_BUILDKIT: '1' },
});
process.exitCode = status ?? 1;
