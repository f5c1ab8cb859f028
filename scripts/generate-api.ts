import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { type Crd, readCrds, type Schema, schemaOf } from './crd.ts';
import { TypeSchemas } from './type-schema.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CRDS = join(ROOT, 'crds');
const API = join(ROOT, 'src', 'api');

/** The generated files, name to content. The same CRDs always give the same bytes. */
export async function generateApi(): Promise<Map<string, string>> {
  const crds = await readCrds(CRDS);
  const schemas = new TypeSchemas();
  const files = new Map<string, string>();
  for (const { file, crd } of crds) {
    const { schema, imports } = schemas.kind(crd);
    const header = banner(`crds/${file}`, [
      importLine(
        crd.spec.scope === 'Namespaced' ? ['NamespacedObjectMeta'] : ['ObjectMeta'],
        './object-meta.ts',
      ),
      importLine([...imports].sort(), './shared.generated.ts'),
    ]);
    files.set(`${kebab(crd.spec.names.kind)}.generated.ts`, header + (await render(schema)));
  }
  const shared: JSONSchema = { title: 'Shared', definitions: Object.fromEntries(schemas.shared) };
  files.set('shared.generated.ts', banner('crds/*.yaml', []) + (await renderDefinitions(shared)));
  const registry = crds.find(({ crd }) => crd.spec.names.kind === 'Registry');
  if (registry)
    files.set('registry-schema.generated.ts', registrySchema(`crds/${registry.file}`, registry.crd));
  return files;
}

/** What a manifest of a Registry is held to where no API server does: the schema of what people write. */
function registrySchema(source: string, crd: Crd): string {
  const { properties: { spec, metadata } = {}, ...whole } = schemaOf(crd);
  const named: Schema = { type: 'object', ...metadata, properties: { name: { type: 'string' } } };
  const schema = withoutDescriptions({
    ...whole,
    properties: { metadata: named, ...(spec ? { spec } : {}) },
  });
  const head = banner(source, [importLine(['Schema'], '../registries-file/check-schema.ts')]);
  return `${head}export const REGISTRY_SCHEMA: Schema = ${JSON.stringify(schema, null, 2)};\n`;
}

/** A property may be called so, too: then it is no text. */
function withoutDescriptions<T>(schema: T): T {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === 'description' && typeof value === 'string' ? undefined : value,
    ),
  ) as T;
}

/** The generated files whose content on disk is another one, each with its first line that differs. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const [name, content] of await generateApi()) {
    const found = await readFile(join(API, name), 'utf8').catch(() => '');
    if (found !== content) stale.push(`src/api/${name}: ${firstDifference(found, content)}`);
  }
  return stale;
}

async function render(schema: JSONSchema): Promise<string> {
  const code = await compile(schema, schema.title ?? '', {
    additionalProperties: false,
    bannerComment: '',
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { printWidth: 110, singleQuote: true, trailingComma: 'all', bracketSpacing: true },
  });
  return makeReadonly(code);
}

/** Renders only the definitions of a schema: the root type, which nobody asked for, is dropped. */
async function renderDefinitions(schema: JSONSchema): Promise<string> {
  const code = await render(schema);
  return code
    .replace(/export interface Shared \{[^}]*\}\n/, '')
    .replace(
      /\/\*\*\n \* This interface was referenced by `Shared`'s JSON-Schema\n \* via the `definition` "\w+"\.\n \*\/\n/g,
      '',
    )
    .replace(
      / \*\n \* This interface was referenced by `Shared`'s JSON-Schema\n \* via the `definition` "\w+"\.\n/g,
      '',
    );
}

/** json-schema-to-typescript knows no `readonly`: puts it before every member and every array. */
function makeReadonly(code: string): string {
  return code
    .replace(/^( +)((?:\w+\??|\[k: string\]): )/gm, '$1readonly $2')
    .replace(/: (\w+\[\];)$/gm, ': readonly $1')
    .replace(/: (\([^)]*\)\[\];)$/gm, ': readonly $1');
}

function banner(source: string, imports: readonly string[]): string {
  const lines = [
    `// generated from ${source} by scripts/generate-api.ts; do not edit`,
    ...imports.filter(Boolean),
  ];
  return `${lines.join('\n')}\n\n`;
}

function importLine(names: readonly string[], from: string): string {
  return names.length === 0 ? '' : `import type { ${names.join(', ')} } from '${from}';`;
}

function kebab(kind: string): string {
  return kind.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}

function firstDifference(found: string, wanted: string): string {
  if (found === '') return 'missing';
  const have = found.split('\n');
  const want = wanted.split('\n');
  const at = want.findIndex((line, index) => line !== have[index]);
  const line = at === -1 ? want.length : at;
  return `line ${line + 1}: has ${JSON.stringify(have[line] ?? '')}, should have ${JSON.stringify(want[line] ?? '')}`;
}

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--check')) {
    const stale = await staleFiles();
    if (stale.length === 0) return;
    process.stderr.write(`stale, run \`node scripts/generate-api.ts\`:\n${stale.join('\n')}\n`);
    process.exitCode = 1;
    return;
  }
  await mkdir(API, { recursive: true });
  for (const [name, content] of await generateApi()) await writeFile(join(API, name), content);
}

if (import.meta.main) await main(process.argv.slice(2));
