import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';
import { type TarEntry, tarFiles } from '../tar-file.ts';
import { writeImage, writeImageArchive } from '../tiny-image.ts';
import { ARCHITECTURE } from './containerd.ts';

export interface StandInImage {
  /** With its registry, as containerd knows it: `docker.io/library/ecr-operator:0.1.0`. */
  readonly name: string;
  /** The operator in one file, as `npm run build` makes it. */
  readonly bundle: Buffer;
}

/**
 * Writes the operator's image without Docker and without a base: this process's Node, the libraries that it is linked
 * against, and the bundle; user, folder and entrypoint are those of the Dockerfile. Returns the archive that
 * `LabNode.importImage` takes. For bundles that no Dockerfile of today builds.
 */
export async function writeStandInImage(folder: string, { name, bundle }: StandInImage): Promise<string> {
  const base = [await entry('usr/bin/node', process.execPath, 0o755)];
  for (const library of await librariesOf(process.execPath))
    base.push(await entry(library.slice(1), library, 0o755));
  const app = tarFiles([{ name: 'app/ecr-operator.js', content: bundle }]);
  const image = await writeImage(join(folder, encodeURIComponent(name)), {
    layers: [tarFiles(base), app],
    architecture: ARCHITECTURE,
    config: {
      Entrypoint: ['/usr/bin/node', '/app/ecr-operator.js'],
      Env: ['PATH=/usr/bin', 'NODE_ENV=production'],
      User: '65532:65532',
      WorkingDir: '/app',
    },
  });
  return writeImageArchive(image, name);
}

async function entry(name: string, path: string, mode: number): Promise<TarEntry> {
  return { name, content: await readFile(await realpath(path)), mode };
}

/** By the names under which the loader looks for them, the loader included. */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runCommand('ldd', [program]);
  if (code !== 0) throw new Error(`ldd exited with ${code}: ${stderr.trim()}`);
  return stdout.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}
