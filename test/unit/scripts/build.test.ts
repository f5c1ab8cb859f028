import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stop as stopEsbuild } from 'esbuild';
import { buildInto } from '../../../scripts/build.ts';
import { bundle, bundledFolders, PROJECT } from '../../../scripts/build-bundle.ts';
import { licencesText, readLicences } from '../../../scripts/build-licences.ts';
import { restrictSbom, type Sbom } from '../../../scripts/build-sbom.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';

let folder: TemporaryFolder;
let built: string;

beforeAll(async () => {
  folder = await temporaryFolder('build');
  built = join(folder.path, 'built');
  await buildInto(built);
}, 60_000);

afterAll(async () => {
  // It would stay beside the worker, with half a gigabyte, for as long as that lives.
  await stopEsbuild();
  await folder.remove();
});

describe('what npm run build writes', () => {
  test('is the same bytes each time, and names no day and no machine', async () => {
    const again = join(folder.path, 'again');
    await buildInto(again);
    for (const name of await readdir(built)) {
      const content = await readFile(join(built, name), 'utf8');
      expect(content === (await readFile(join(again, name), 'utf8'))).toBe(true);
      expect(content.includes(PROJECT) || content.includes(folder.path)).toBe(false);
    }
  }, 60_000);

  test('has each package of the bundle among the licences, with a text, and in the SBOM', async () => {
    const folders = bundledFolders(await bundle(PROJECT, join(folder.path, 'listed.js')));
    const licences = await readFile(join(built, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const sbom = JSON.parse(await readFile(join(built, 'sbom.cdx.json'), 'utf8')) as Sbom;
    expect(folders.length).toBeGreaterThan(50);
    for (const { name, version, texts } of await readLicences(PROJECT, folders)) {
      expect(licences).toContain(`${name}@${version} (`);
      for (const text of texts) expect(licences.includes(text)).toBe(true);
      expect(sbom.components).toContainEqual(
        expect.objectContaining({ name, version, purl: expect.stringMatching(/^pkg:npm\//) }),
      );
    }
    expect(sbom.components).toHaveLength(folders.length);
    expect(sbom.metadata.component).toMatchObject({ type: 'application', name: 'ecr-operator' });
  }, 60_000);
});

describe('a package in the bundle', () => {
  async function project(manifest: object, files: Readonly<Record<string, string>>): Promise<string> {
    const root = join(folder.path, crypto.randomUUID());
    const inside = join(root, 'node_modules/some');
    await mkdir(inside, { recursive: true });
    await writeFile(join(root, 'LICENSE'), 'text of Apache');
    await writeFile(
      join(inside, 'package.json'),
      JSON.stringify({ name: 'some', version: '1.0.0', ...manifest }),
    );
    for (const [name, text] of Object.entries(files)) await writeFile(join(inside, name), text);
    return root;
  }
  const read = async (manifest: object, files: Readonly<Record<string, string>>) =>
    readLicences(await project(manifest, files), ['node_modules/some']);

  test.each([
    ['a licence that asks for more than its text', { license: 'GPL-3.0-only' }, { LICENSE: 'GPL' }],
    ['no licence', {}, { LICENSE: 'whatever' }],
    ['a licence that nobody looked at', { license: 'SEE LICENSE IN LICENSE' }, { LICENSE: 'whatever' }],
    ['a choice of licences that nobody made', { license: '(MIT OR GPL-3.0)' }, { LICENSE: 'MIT' }],
  ])('with %s fails the build', async (_, manifest, files) => {
    await expect(read(manifest, files)).rejects.toThrow(/^some@1\.0\.0: its licence \(.*\) is none of /);
  });

  test('without the text of its licence fails the build, unless everybody knows that text', async () => {
    await expect(read({ license: 'MIT' }, {})).rejects.toThrow(
      'some@1.0.0: it comes without the text of MIT',
    );
    const known = await read({ license: 'Apache-2.0' }, {});
    expect(known.map(({ texts }) => texts)).toEqual([['text of Apache']]);
  });

  test('has its notices passed on with its licence', async () => {
    const found = await read(
      { license: 'MIT' },
      { 'license.md': 'MIT text', NOTICE: 'by me', 'index.js': '1' },
    );
    expect(licencesText(found)).toContain('by me\n\nMIT text');
  });

  test('is found in folders of packages too, and counts only if a byte of it is there', () => {
    const input = (bytesInOutput: number) => ({ bytesInOutput });
    const inputs = {
      'src/main.ts': input(5),
      'node_modules/a/node_modules/@b/c/x/y.js': input(1),
      'node_modules/d/index.js': input(2),
      'node_modules/e/index.js': input(0),
    };
    const metafile = { inputs: {}, outputs: { 'out.js': { inputs } } };
    expect(bundledFolders(metafile as never)).toEqual(['node_modules/a/node_modules/@b/c', 'node_modules/d']);
  });
});

describe('an SBOM', () => {
  const component = (ref: string) => ({
    'bom-ref': ref,
    type: 'library',
    name: ref.slice(0, -2),
    version: ref.slice(-1),
    purl: `pkg:npm/${ref}`,
  });
  const sbom: Sbom = {
    serialNumber: 'urn:uuid:random',
    metadata: { timestamp: 'now', component: component('ours@1') },
    components: [component('a@1'), component('b@2'), component('test@3')],
    dependencies: [
      { ref: 'ours@1', dependsOn: ['a@1', 'test@3'] },
      { ref: 'a@1', dependsOn: ['b@2', 'test@3'] },
      { ref: 'test@3', dependsOn: [] },
    ],
  };

  test('has what is in the bundle and how that hangs together, and nothing else', () => {
    const restricted = restrictSbom(sbom, 'ours', ['a@1', 'b@2']);
    expect(restricted.components.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(restricted.dependencies).toEqual([
      { ref: 'ours@1', dependsOn: ['a@1'] },
      { ref: 'a@1', dependsOn: ['b@2'] },
    ]);
    expect(restricted.metadata).toEqual({ component: { ...component('ours@1'), type: 'application' } });
  });

  test('has a number that changes with what is in it, and with nothing else', () => {
    const number = (...bundled: string[]) => restrictSbom(sbom, 'ours', bundled).serialNumber;
    expect(number('a@1')).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(number('a@1')).toBe(number('a@1'));
    expect(number('a@1')).not.toBe(number('b@2'));
  });

  test('cannot be made where npm does not know what is in the bundle', () => {
    expect(() => restrictSbom(sbom, 'ours', ['a@1', 'c@9'])).toThrow('npm sbom says nothing of c@9');
  });
});
