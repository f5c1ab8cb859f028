import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package in the bundle and what its authors ask to be passed on with it. */
export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier. */
  readonly licence: string;
  /** The texts of its licence and notice files. */
  readonly texts: readonly string[];
}

/** What may be passed on in an image under Apache-2.0 with its text and nothing else. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Unlicense',
];
const TEXT_FILE = /^(licen[cs]e|unlicense|copying|notice)([.-].*)?$/i;

/**
 * Reads the licences of packages by their folders below the project. Throws one error with all that cannot be shipped:
 * packages under another licence than those allowed, or without its text.
 */
export async function readLicences(
  project: string,
  folders: readonly string[],
): Promise<readonly LicensedPackage[]> {
  const apache = await readFile(join(project, 'LICENSE'), 'utf8');
  const packages = await Promise.all(folders.map((folder) => readPackage(join(project, folder), apache)));
  const problems = packages.flatMap((each) => problemOf(each) ?? []);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return packages;
}

async function readPackage(folder: string, apache: string): Promise<LicensedPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: unknown;
  };
  const files = (await readdir(folder)).filter((file) => TEXT_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const licence = typeof license === 'string' ? license : 'none named';
  // It is the same text for everybody, and some packages of the AWS SDK come without.
  if (texts.length === 0 && licence === 'Apache-2.0') texts.push(apache);
  return { name, version, licence, texts: texts.map((text) => text.trim()) };
}

function problemOf({ name, version, licence, texts }: LicensedPackage): string | undefined {
  if (!ALLOWED.includes(licence))
    return `${name}@${version}: its licence (${licence}) is none of ${ALLOWED.join(', ')}`;
  return texts.length === 0 ? `${name}@${version}: it comes without the text of ${licence}` : undefined;
}

const RULE = '-'.repeat(80);

/** THIRD-PARTY-LICENSES.txt: packages that share a text stand above it together (pure). */
export function licencesText(packages: readonly LicensedPackage[]): string {
  const groups = new Map<string, string[]>();
  for (const { name, version, licence, texts } of packages) {
    const text = texts.join('\n\n');
    groups.set(text, [...(groups.get(text) ?? []), `${name}@${version} (${licence})`]);
  }
  const sections = [...groups].map(([text, names]) => `${RULE}\n${names.join('\n')}\n${RULE}\n\n${text}\n`);
  return `Packages that are a part of ecr-operator.js, and their licences.\n\n${sections.join('\n')}`;
}
