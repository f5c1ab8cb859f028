import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Crd, readCrds, type Schema, schemaOf } from '../../../scripts/crd.ts';
import { codeIn, ROOT, readPage } from './markdown.ts';

const PAGES: Readonly<Record<string, readonly string[]>> = {
  'docs/spec/registry.md': ['Registry'],
  'docs/spec/repository.md': ['Repository'],
  'docs/spec/repository-class.md': ['RepositoryClass'],
  'docs/spec/public-repository.md': ['PublicRepository'],
  'docs/spec/pull-through-cache-rule.md': ['PullThroughCacheRule'],
  'docs/spec/repository-creation-template.md': ['RepositoryCreationTemplate'],
  'docs/spec/pull-secret.md': ['PullSecret', 'ClusterPullSecret'],
};

/** What is the same in every kind of Kubernetes needs no row of its own. */
const OF_KUBERNETES = /^\.status\.conditions\[\]|\.matchExpressions\[\]/;

interface Field {
  readonly path: string;
  readonly schema: Schema;
}

function fieldsOf(schema: Schema, path: string): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const at = `${path}.${name}`;
    const inside = child.items ? fieldsOf(child.items, `${at}[]`) : fieldsOf(child, at);
    return [{ path: at, schema: child }, ...inside];
  });
}

const crds = (await readCrds(join(ROOT, 'crds'))).map(({ crd }) => crd);

test('every kind has a page', () => {
  const kinds = Object.values(PAGES).flat();
  expect(kinds.sort()).toEqual(crds.map((crd) => crd.spec.names.kind).sort());
});

describe.each(Object.entries(PAGES))('%s', (file, kinds) => {
  const described: readonly Crd[] = crds.filter((crd) => kinds.includes(crd.spec.names.kind));
  const fields = described
    .flatMap((crd) => fieldsOf(schemaOf(crd), ''))
    .filter(({ path }) => /^\.(spec|status)\./.test(path));
  const paths = new Set(fields.map(({ path }) => path));

  test('has every field of the schema, and none that is not there', async () => {
    const code = codeIn(await readPage(file));
    const named = [...code].filter((word) => /^\.?(spec|status)\.[\w.[\]]+$/.test(word));
    const wanted = [...paths].filter((path) => !OF_KUBERNETES.test(path));
    expect(wanted.filter((path) => !code.has(path))).toEqual([]);
    expect(named.filter((word) => !paths.has(`.${word.replace(/^\./, '')}`))).toEqual([]);
  });

  test('has every word that a field of the spec may be', async () => {
    const { text } = await readPage(file);
    const inCode = text
      .split('`')
      .join('\n')
      .split(/[\n:]/)
      .map((word) => word.trim());
    const words = fields
      .filter(({ path }) => path.startsWith('.spec.') && !OF_KUBERNETES.test(path))
      .flatMap(({ schema }) => schema.enum ?? schema.items?.enum ?? []);
    expect(words.filter((word) => !inCode.includes(word))).toEqual([]);
  });

  test('names the default of each field that has one', async () => {
    const { text } = await readPage(file);
    const defaulted = fields.filter(({ schema }) => typeof schema.default === 'string');
    const rowOf = (path: string) => text.split('\n').find((line) => line.startsWith(`| \`${path}\` |`)) ?? '';
    expect(
      defaulted.filter(({ path, schema }) => !rowOf(path).includes(`| \`${schema.default}\` |`)),
    ).toEqual([]);
  });

  test('names the kinds and their short names', async () => {
    const { text } = await readPage(file);
    for (const { spec } of described) {
      expect(text).toContain(`\`${spec.names.kind}\``);
      expect(text).toContain(`\`${spec.names.shortNames[0]}\``);
    }
  });
});
