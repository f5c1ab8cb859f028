import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { SETTINGS } from '../../../src/settings.ts';
import { chartSchema, chartValues, type ValuesSchema } from './chart-values.ts';
import { ROOT, readPage, rowsOf } from './markdown.ts';

const page = await readPage('docs/spec/chart.md');
const values = await chartValues();
const schema = await chartSchema();

/** Settings that a value of their own stands for, or the name of the release's objects. */
const OF_THE_CHART = ['namespace', 'podName', 'leaderElect', 'leaseName', 'controllers', 'watchNamespaces']
  .concat(['registriesFile', 'pullSecretNames', 'serviceAccountNames', 'repairPods', 'imageUsage'])
  .concat(['metricsBindAddress', 'healthProbeBindAddress']);

/** What the schema knows, by the rule of {@link chartValues}. */
function pathsIn({ properties = {} }: ValuesSchema, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, inside]) =>
    inside.properties && name !== 'settings' ? pathsIn(inside, `${prefix}${name}.`) : [`${prefix}${name}`],
  );
}

describe('docs/spec/chart.md', () => {
  test('has every value with its default, and its comment in values.yaml as meaning', () => {
    const known = new Set(values.map(({ path }) => `\`${path}\``));
    const shown = rowsOf(page).filter(([path = '']) => known.has(path));
    const wanted = values.map(({ path, fallback, meaning }) => [`\`${path}\``, `\`${fallback}\``, meaning]);
    expect(shown).toEqual(wanted);
  });

  test('names every setting that the value settings takes', () => {
    const sentence = /^`settings` takes ([\s\S]+?), with/m.exec(page.text)?.[1] ?? '';
    const named = [...sentence.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    expect(named).toEqual(Object.keys(schema.properties?.['settings']?.properties ?? {}));
  });
});

describe('values.yaml', () => {
  test('has a comment for every value', () => {
    expect(values.filter(({ meaning }) => meaning === '')).toEqual([]);
  });

  test('has every value of the schema, and no other', () => {
    const ofHelm = ['enabled', 'global'];
    const inSchema = pathsIn(schema).filter((path) => !ofHelm.includes(path));
    expect(values.map(({ path }) => path).sort()).toEqual(inSchema.sort());
  });

  test('reaches every setting of the operator, by a value or by settings', () => {
    const inSettings = Object.keys(schema.properties?.['settings']?.properties ?? {});
    expect([...inSettings, ...OF_THE_CHART].sort()).toEqual(Object.keys(SETTINGS).sort());
  });

  test('lets nobody misspell: objects with known values take no others', () => {
    const open = (one: ValuesSchema, path: string): string[] => [
      ...(one.properties && one.additionalProperties !== false ? [path] : []),
      ...Object.entries(one.properties ?? {}).flatMap(([name, inside]) => open(inside, `${path}.${name}`)),
    ];
    expect(open(schema, '')).toEqual([]);
  });
});

test('the chart, the image of both installations and the package have one version', async () => {
  const read = (file: string) => readFile(join(ROOT, file), 'utf8');
  const { version } = JSON.parse(await read('package.json')) as { readonly version: string };
  const chart = parse(await read('deploy/chart/ecr-operator/Chart.yaml'));
  expect([chart.version, chart.appVersion]).toEqual([version, version]);
  expect(await read('deploy/kustomize/base/deployment.yaml')).toContain(`image: ecr-operator:${version}\n`);
});
