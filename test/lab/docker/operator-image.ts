import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../cache.ts';
import { withFileLock } from '../file-lock.ts';
import { createProgress } from '../progress.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Bases, bases } from './bases.ts';
import { type Architecture, OWN_ARCHITECTURE } from './debian-packages.ts';
import { type Docker, startDocker } from './docker.ts';
import { cachedFolder, copyFiles, filesOf, hashOf } from './image-cache.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const ARCHITECTURES = ['amd64', 'arm64'] as const satisfies readonly Architecture[];

/** All that the image is made of, and how. */
const INPUTS = [
  'Dockerfile',
  '.dockerignore',
  'package.json',
  'package-lock.json',
  '.npmrc',
  'LICENSE',
  'tsconfig.json',
  'scripts/build*.ts',
  'src/**/*',
  'test/lab/docker/{bases,operator-image,stand-in}.ts',
];

/** What the labels of the lab's images say of their making. */
export const LAB_BUILD = {
  VERSION: '0.1.0',
  REVISION: '0123456789abcdef0123456789abcdef01234567',
  CREATED: '2026-01-02T03:04:05Z',
  SOURCE: 'https://git.example.com/ecr-operator',
} as const;

/** The image that the Dockerfile makes, for one architecture. */
export interface OperatorImage {
  /** Its name in the archive. */
  readonly name: string;
  readonly architecture: Architecture;
  /** A file for `docker load` and `ctr images import`. It stays where it is. */
  readonly archive: string;
  /** What it was built on. */
  readonly base: string;
  /** Why that is a stand-in; undefined where it is the base of the Dockerfile. */
  readonly standInBecause: string | undefined;
}

/**
 * Gets the image of the checkout as it is, for this machine. Needs what {@link startDocker} needs: Linux and root. The
 * first that asks has it built, which takes half a minute and, with nothing in the cache, some more.
 */
export async function operatorImage(): Promise<OperatorImage> {
  return (await operatorImages())[OWN_ARCHITECTURE];
}

/**
 * Gets it for every architecture. Built with Docker, all at once, where nothing that it is made of has been built
 * before; kept in the lab's cache.
 */
export async function operatorImages(
  cache: string = cacheFolder(),
): Promise<Readonly<Record<Architecture, OperatorImage>>> {
  const name = `ecr-operator:${LAB_BUILD.VERSION}`;
  const onWait = (holder: string) => createProgress().note(`${holder} is at the image; waiting for it`);
  const folder = await withFileLock(join(cache, 'lock', 'image'), () => builtFrom(PROJECT, name, cache), {
    onWait,
  });
  const built = JSON.parse(await readFile(join(folder, 'bases.json'), 'utf8')) as Bases;
  const image = (architecture: Architecture): OperatorImage => ({
    name,
    architecture,
    archive: join(folder, `${architecture}.tar`),
    base: built.run[architecture],
    standInBecause: built.standInBecause,
  });
  return { amd64: image('amd64'), arm64: image('arm64') };
}

/** The folder with the images of the sources as they are now. */
async function builtFrom(project: string, name: string, cache: string): Promise<string> {
  const snapshot = await temporaryFolder('image-sources');
  try {
    const files = await filesOf(project, INPUTS);
    await copyFiles(project, snapshot.path, files);
    const key = await hashOf(snapshot.path, files, [OWN_ARCHITECTURE]);
    const make = (target: string) => build({ sources: snapshot.path, target, name }, cache);
    return await cachedFolder(join(cache, 'images'), key, make);
  } finally {
    await snapshot.remove();
  }
}

interface Build {
  readonly sources: string;
  /** For the archives. */
  readonly target: string;
  readonly name: string;
}

async function build(order: Build, cache: string): Promise<void> {
  const progress = createProgress();
  const docker = await startDocker();
  try {
    const built = await bases(docker, cache, progress);
    if (built.standInBecause)
      progress.warn(`the image is built on a stand-in, ${built.run.amd64}: ${built.standInBecause}`);
    for (const architecture of ARCHITECTURES)
      await progress.during(`building the image for ${architecture}`, () =>
        buildOne(docker, order, built, architecture),
      );
    await writeFile(join(order.target, 'bases.json'), JSON.stringify(built));
  } finally {
    await docker.stop();
  }
}

async function buildOne(
  docker: Docker,
  { sources, target, name }: Build,
  built: Bases,
  architecture: Architecture,
): Promise<void> {
  const values = { ...LAB_BUILD, BASE: built.run[architecture], BUILD_BASE: built.build };
  const args = [
    'build',
    `--platform=linux/${architecture}`,
    '--network=host',
    ...Object.entries(values).map(([key, value]) => `--build-arg=${key}=${value}`),
    ...(await secrets()),
    `--tag=${name}`,
    '.',
  ];
  await docker.run(args, { cwd: sources, timeoutMs: 600_000 });
  await docker.run(['save', '--output', join(target, `${architecture}.tar`), name], { timeoutMs: 300_000 });
}

/** What npm needs on this machine to reach its registry, as the Dockerfile takes it. */
async function secrets(): Promise<readonly string[]> {
  const files = { ca: process.env['NODE_EXTRA_CA_CERTS'], npmrc: join(homedir(), '.npmrc') };
  const found: string[] = [];
  for (const [id, file] of Object.entries(files)) {
    const there = file !== undefined && (await readFile(file).then(Boolean, () => false));
    if (there) found.push(`--secret=id=${id},src=${file}`);
  }
  return found;
}
