import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { type Binary, pinnedVersion } from './binary-catalog.ts';
import { publishFile } from './cache.ts';
import { runCommand } from './run-command.ts';

/** What the modules ask for, as [major, minor]. */
const WANTED_GO = [1, 26] as const;
/** The first Go that fetches a newer one by itself. */
const SWITCHING_GO = [1, 21] as const;

/** Many times what the slowest build took on two cores. */
const BUILD_TIMEOUT_MS = 3_600_000;

/** A Go that can build the lab, or why there is none. */
export type GoToolchain = { readonly environment: NodeJS.ProcessEnv } | { readonly problem: string };

/** Looks at the `go` on PATH. An older one that can fetch its successor is told to. */
export async function findGo(environment: NodeJS.ProcessEnv = process.env): Promise<GoToolchain> {
  const env = { ...environment, GOTOOLCHAIN: 'local' };
  const local = await runCommand('go', ['env', 'GOVERSION'], { cwd: tmpdir(), env }).catch(() => undefined);
  if (local?.code !== 0)
    return { problem: `there is no go on PATH; install Go ${WANTED_GO.join('.')} or newer` };
  return goToolchain(local.stdout.trim(), environment);
}

/** What a local Go of that version (`go1.26.8`) means for the build. */
export function goToolchain(version: string, inherited: NodeJS.ProcessEnv = process.env): GoToolchain {
  const environment = { ...inherited, CGO_ENABLED: '0', GOWORK: 'off' };
  if (isAtLeast(version, WANTED_GO)) return { environment };
  if (isAtLeast(version, SWITCHING_GO)) return { environment: { ...environment, GOTOOLCHAIN: 'auto' } };
  return { problem: `${version} on PATH is too old; install Go ${WANTED_GO.join('.')} or newer` };
}

function isAtLeast(version: string, [wantedMajor, wantedMinor]: readonly [number, number]): boolean {
  const [, major = '0', minor = '0'] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor);
}

/** Builds the binary to `path`, as a static file without build paths. Throws with what Go said. */
export async function goBuild(binary: Binary, path: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const variables = binary.versionVariables.map((name) => `-X ${name}=${pinnedVersion(binary)}`);
  const ldflags = ['-s', '-w', ...variables].join(' ');
  await publishFile(path, async (temporary) => {
    const tags = binary.buildTags ? ['-tags', binary.buildTags.join(',')] : [];
    const args = ['build', '-trimpath', ...tags, '-ldflags', ldflags, '-o', temporary, binary.goPackage];
    const { code, stderr } = await runCommand('go', args, {
      cwd: binary.moduleFolder,
      env: environment,
      timeoutMs: BUILD_TIMEOUT_MS,
    });
    if (code !== 0) throw new Error(`go build ${binary.goPackage} failed:\n${stderr.slice(-4_000)}`);
    await chmod(temporary, 0o755);
  });
}
