import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

/** Lets the CommonJS packages in the bundle load Node's own modules. */
const BANNER = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Where the packages lie, relative to the project. */
const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/**
 * Bundles a file of the project, `src/main.ts` unless told, into one ES module and returns what went into it. Names and
 * lines are kept, so that a stack trace can be read without a source map; nothing in it depends on the machine or the
 * day.
 */
export async function bundle(
  project: string,
  outfile: string,
  entryPoint = 'src/main.ts',
): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: BANNER },
    // `debug` takes it where it happens to be installed, as in a checkout with the tools of the tests.
    external: ['supports-color'],
    // All of them stand in THIRD-PARTY-LICENSES.txt.
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  return metafile;
}

/** The folders of the packages of which at least a byte is in the bundle, sorted; relative to the project (pure). */
export function bundledFolders({ outputs }: Metafile): readonly string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => PACKAGE_FOLDER.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/** The project's folder. */
export const PROJECT = join(import.meta.dirname, '..');
