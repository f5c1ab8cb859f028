import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../test/lab/temporary-folder.ts';
import { buildInto } from './build.ts';
import { PROJECT } from './build-bundle.ts';
import type { Sbom } from './build-sbom.ts';
import { scanBase } from './scan-base.ts';
import { askAges, askAudit, lockedDeprecations } from './scan-npm.ts';
import { type Scanned, scanReport } from './scan-report.ts';

/**
 * `npm run scan [-- --image=FILE]`: what is known of the packages that make up the image; FILE is what `docker save`
 * wrote, for those of the base. Exit code 1 where one of them is known to be vulnerable, severely; 2 where they
 * could not be looked at.
 */
async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { image: { type: 'string' } } });
  const folder = await temporaryFolder('scan');
  try {
    // A name that was mistyped is no base that could not be asked.
    if (values.image) await access(values.image, constants.R_OK);
    const { lines, failed } = scanReport(await scan(folder.path, values.image), Date.now());
    process.stdout.write(`${lines.join('\n')}\n`);
    if (failed) process.exitCode = 1;
  } finally {
    await folder.remove();
  }
}

async function scan(folder: string, image: string | undefined): Promise<Scanned> {
  const built = join(folder, 'dist');
  await buildInto(built);
  const sbom = JSON.parse(await readFile(join(built, 'sbom.cdx.json'), 'utf8')) as Sbom;
  const bundled = sbom.components.map((each) => each['bom-ref']);
  return {
    bundled,
    audit: await askAudit(PROJECT),
    ages: await askAges(PROJECT, bundled),
    deprecated: await lockedDeprecations(PROJECT, bundled),
    base: image
      ? await baseOf(image, folder)
      : { notAsked: 'no image was given (--image=FILE of docker save)' },
  };
}

async function baseOf(image: string, folder: string): Promise<Scanned['base']> {
  try {
    return await scanBase(image, folder);
  } catch (error) {
    return { notAsked: error instanceof Error ? error.message : String(error) };
  }
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
