import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { SETTINGS, type SettingName } from '../../../src/settings.ts';
import type { Rule } from '../../lab/rights.ts';
import { ROOT, readPage, rowsOf } from './markdown.ts';

const page = await readPage('docs/spec/operator.md');
const rows = rowsOf(page);

/** What is said where there is no default to write. */
const WITHOUT_DEFAULT: Partial<Record<SettingName, string>> = {
  clusterName: 'the UID of the namespace `kube-system`',
  endpointHosts: 'none',
  podName: 'the host name',
  watchNamespaces: 'all',
  registriesFile: 'none',
  otlpEndpoint: 'none',
};

test('every setting stands in the table with its names and its default', () => {
  const settings = rows.filter(([flag = '']) => flag.startsWith('`--'));
  const shown = settings.map(([flag, env, fallback]) => [flag, env, fallback]);
  const wanted = Object.entries(SETTINGS).map(([name, { flag, env, fallback }]) => [
    `\`--${flag}\``,
    `\`${env}\``,
    fallback ? `\`${fallback}\`` : WITHOUT_DEFAULT[name as SettingName],
  ]);
  expect(shown).toEqual(wanted);
});

test('the table of Kubernetes rights is that of the shipped roles', async () => {
  const rules = (await Promise.all(['cluster-role.yaml', 'role.yaml'].map(rulesOf))).flat();
  const code = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
  const rights = rows.slice(Object.keys(SETTINGS).length).map(([what, verbs]) => ({
    what: code(what),
    verbs: code(verbs),
  }));
  const wanted = rules.map(({ resources, resourceNames = [], verbs }) => ({
    what: resources.every((name) => name.endsWith('/status'))
      ? ['/status']
      : [...resources, ...resourceNames],
    verbs,
  }));
  expect(rights).toEqual(wanted);
});

async function rulesOf(file: string): Promise<readonly Rule[]> {
  const text = await readFile(join(ROOT, 'deploy/kustomize/base', file), 'utf8');
  return parseAllDocuments(text).flatMap((document) => document.toJS().rules ?? []);
}
