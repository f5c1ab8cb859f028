import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { SETTINGS } from '../../../src/settings.ts';
import { blocksOf, ROOT, readPage, rowsOf } from './markdown.ts';

const page = await readPage('docs/spec/operator.md');
const rows = rowsOf(page);

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
}

interface Rule {
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

test('every setting stands in the table with its names and its default', () => {
  const settings = rows.filter(([flag = '']) => flag.startsWith('`--'));
  const shown = settings.map(([flag, env, fallback]) => [flag, env, fallback]);
  const wanted = Object.values(SETTINGS).map(({ flag, env, fallback }) => [
    `\`--${flag}\``,
    `\`${env}\``,
    fallback ? `\`${fallback}\`` : 'the UID of the namespace `kube-system`',
  ]);
  expect(shown).toEqual(wanted);
});

test('the IAM policy allows the calls that the code makes, and beside them only to pull', async () => {
  const files = (await readdir(join(ROOT, 'src/ecr'))).filter((file) =>
    /^sdk-(ecr-api|.+-calls)\.ts$/.test(file),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, 'src/ecr', file), 'utf8')));
  const adapter = texts.join('\n');
  const named = [...adapter.matchAll(/\b(?:call|find)\(\s*'(\w+)'/g)].map(([, action]) => `ecr:${action}`);
  const called = [...new Set(named)];
  const sent = new Set(
    [...adapter.matchAll(/new (\w+)Command\(|paginate(\w+)\(/g)].map(([, a, b]) => a ?? b),
  );
  expect(called).toHaveLength(sent.size);
  const [policy] = blocksOf(page).filter(({ language }) => language === 'json');
  const { Statement: statements } = JSON.parse(policy?.text ?? '') as { Statement: readonly Statement[] };
  const allowed = (of: readonly Statement[]) => of.flatMap(({ Action }) => Action).sort();
  expect(allowed(statements.filter(({ Sid }) => Sid !== 'Pulls'))).toEqual(called.sort());
  expect(allowed(statements.filter(({ Sid }) => Sid === 'Pulls'))).toEqual([
    'ecr:BatchGetImage',
    'ecr:GetDownloadUrlForLayer',
  ]);
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
  const text = await readFile(join(ROOT, 'deploy/kustomize', file), 'utf8');
  return parseAllDocuments(text).flatMap((document) => document.toJS().rules ?? []);
}
