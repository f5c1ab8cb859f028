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
    // The commit, and whether it is that alone: files that were changed since are in the image, too.
    revision: git('describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'),
    created: git('log', '-1', '--format=%cI'),
    source: git('config', '--get', 'remote.origin.url'),
  },
  process.argv.slice(2),
);
const { status, error } = spawnSync('docker', args, {
  cwd: PROJECT,
  stdio: 'inherit',
  // The Dockerfile needs it, and older clients have to be told.
  env: { ...process.env, DOCKER_BUILDKIT: '1' },
});
if (error) process.stderr.write(`docker could not be started: ${error.message}\n`);
process.exitCode = status ?? 1;
