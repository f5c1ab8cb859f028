import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle, bundledFolders, PROJECT } from './build-bundle.ts';
import { licencesText, readLicences } from './build-licences.ts';
import { npmSbom, restrictSbom } from './build-sbom.ts';

/**
 * Writes what the image holds beside its base: the bundle, the licences of what is in it, and its SBOM. The same
 * sources and the same lock give the same bytes. Throws where something may not be shipped.
 */
export async function buildInto(folder: string, project: string = PROJECT): Promise<void> {
  await mkdir(folder, { recursive: true });
  const metafile = await bundle(project, join(folder, 'ecr-operator.js'));
  const packages = await readLicences(project, bundledFolders(metafile));
  const { name, version, license } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license: string;
  };
  const refs = packages.map((each) => `${each.name}@${each.version}`);
  const sbom = restrictSbom(await npmSbom(project), name, [...new Set(refs)]);
  // Without `type` Node would read the bundle twice, to find out that it is a module.
  const description = { name, version, license, private: true, type: 'module', main: 'ecr-operator.js' };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(description, undefined, 2)}\n`);
  await writeFile(join(folder, 'THIRD-PARTY-LICENSES.txt'), licencesText(packages));
  await writeFile(join(folder, 'sbom.cdx.json'), `${JSON.stringify(sbom, undefined, 2)}\n`);
}

if (import.meta.main) await buildInto(join(PROJECT, 'dist'));
