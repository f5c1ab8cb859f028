import { delimiter, isAbsolute, join } from 'node:path';
import { BINARIES, type Binary, type BinaryName, pinnedVersion } from './binary-catalog.ts';
import { cachedBinaryPath, cacheFolder, isExecutable, platformName } from './cache.ts';
import { ENVTEST_VERSION, fetchEnvtestArchive } from './envtest-archive.ts';
import { withFileLock } from './file-lock.ts';
import { findGo, goBuild } from './go-build.ts';
import { createProgress, type Progress } from './progress.ts';

/** A program that is there, and where it came from. */
export interface FoundBinary {
  readonly name: BinaryName;
  readonly path: string;
  readonly source: 'PATH' | 'KUBEBUILDER_ASSETS' | 'cache' | 'envtest archive' | 'go build';
}

/** Where to look for one binary. */
interface Search {
  readonly binary: Binary & { readonly name: BinaryName };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cache: string;
  readonly progress: Progress;
  /** Why each way before failed; for the error that names them all. */
  readonly tried: string[];
}

export interface FindOptions {
  readonly progress?: Progress;
  readonly cache?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Not tried again for the next binary: one wait for a dead network is enough. */
const unreachable = new Set<string>();

const found = new Map<string, Promise<FoundBinary>>();

/**
 * Finds the binary, or gets it: PATH (kubectl and crane only), KUBEBUILDER_ASSETS, the lab's cache, the official
 * envtest archive, `go build`. The first time a build can take minutes, and says so on standard error; later it is
 * a look into a folder. Rejects with an error that names every way and what was wrong with it.
 */
export async function findBinary(name: BinaryName, options: FindOptions = {}): Promise<FoundBinary> {
  const cache = options.cache ?? cacheFolder();
  const key = `${cache}:${name}`;
  let search = found.get(key);
  if (search === undefined) {
    search = searchFor({
      binary: BINARIES[name],
      environment: options.environment ?? process.env,
      cache,
      progress: options.progress ?? createProgress(),
      tried: [],
    });
    found.set(key, search);
    // Somebody may install Go and try again.
    search.catch(() => found.delete(key));
  }
  return search;
}

/** {@link findBinary}, the path only. */
export async function binaryPath(name: BinaryName, options: FindOptions = {}): Promise<string> {
  return (await findBinary(name, options)).path;
}

async function searchFor(search: Search): Promise<FoundBinary> {
  const atOnce = (await inPath(search)) ?? (await inAssets(search)) ?? (await inCache(search));
  if (atOnce) return atOnce;
  const lock = join(search.cache, 'lock', search.binary.name);
  const onWait = (holder: string) =>
    search.progress.note(`${holder} is getting ${search.binary.name}; waiting for it`);
  return withFileLock(
    lock,
    async () => {
      const got = (await inCache(search)) ?? (await fromArchive(search)) ?? (await fromGo(search));
      if (got) return got;
      throw new Error(missingMessage(search));
    },
    { onWait },
  );
}

async function inPath({ binary, environment, tried }: Search): Promise<FoundBinary | undefined> {
  if (!binary.fromPath) return undefined;
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, binary.name);
    if (isAbsolute(folder) && (await isExecutable(path))) return { name: binary.name, path, source: 'PATH' };
  }
  tried.push('PATH: it is not there; any version of it will do');
  return undefined;
}

async function inAssets({ binary, environment, tried }: Search): Promise<FoundBinary | undefined> {
  if (!binary.inEnvtest) return undefined;
  const folder = environment['KUBEBUILDER_ASSETS'];
  const path = join(folder ?? '', binary.name);
  if (folder && (await isExecutable(path))) return { name: binary.name, path, source: 'KUBEBUILDER_ASSETS' };
  tried.push(`KUBEBUILDER_ASSETS: ${folder ? `there is no ${binary.name} in ${folder}` : 'not set'}`);
  return undefined;
}

async function inCache({ binary, cache, tried }: Search): Promise<FoundBinary | undefined> {
  const versions = binary.inEnvtest ? [pinnedVersion(binary), ENVTEST_VERSION] : [pinnedVersion(binary)];
  for (const version of versions) {
    const path = cachedBinaryPath(binary.name, version, cache);
    if (await isExecutable(path)) return { name: binary.name, path, source: 'cache' };
  }
  tried.push(`cache: there is no ${binary.name} ${pinnedVersion(binary)} in ${cache}`);
  return undefined;
}

async function fromArchive({ binary, cache, progress, tried }: Search): Promise<FoundBinary | undefined> {
  if (!binary.inEnvtest || unreachable.has(cache)) return undefined;
  try {
    await progress.during(`getting ${binary.name} from the envtest archive`, () =>
      fetchEnvtestArchive(platformName(), cache),
    );
    return {
      name: binary.name,
      path: cachedBinaryPath(binary.name, ENVTEST_VERSION, cache),
      source: 'envtest archive',
    };
  } catch (error) {
    const reason = String(error);
    progress.note(`no envtest archive (${reason}); trying the next way`);
    unreachable.add(cache);
    tried.push(`envtest archive: ${reason}`);
    return undefined;
  }
}

async function fromGo({
  binary,
  environment,
  cache,
  progress,
  tried,
}: Search): Promise<FoundBinary | undefined> {
  const go = await findGo(environment);
  if ('problem' in go) {
    tried.push(`go build: ${go.problem}`);
    return undefined;
  }
  const version = pinnedVersion(binary);
  const path = cachedBinaryPath(binary.name, version, cache);
  progress.note(`${binary.name} (${binary.purpose}) is built from Go source; once, then cached`);
  await progress.during(`building ${binary.name} ${version}`, () => goBuild(binary, path, go.environment));
  return { name: binary.name, path, source: 'go build' };
}

function missingMessage({ binary, tried }: Search): string {
  const reasons = [...new Set(tried)].map((reason) => `  - ${reason}`);
  return [`The lab needs ${binary.name} (${binary.purpose}) and every way to it failed:`, ...reasons].join(
    '\n',
  );
}
