import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { awsError } from '../../../src/ecr/aws-errors.ts';
import { ROOT, readPage, rowsOf } from './markdown.ts';
import { quotesIn } from './quotes.ts';
import { reasonsIn, sourceReasons } from './source-reasons.ts';

const rows = rowsOf(await readPage('docs/reasons.md'));
const inSources = await sourceReasons();
const told = rows.map(([reason = '']) => reason.replaceAll('`', ''));

test('every reason that the sources give stands in docs/reasons.md, and no other', () => {
  expect([...told].sort()).toEqual([...inSources.keys()].sort());
});

test('each row says where, what it means, and who mends it', () => {
  expect(rows.filter((row) => row.length !== 4 || row.some((cell) => cell === ''))).toEqual([]);
});

test('each row has the names under which AWS gives that reason, all of them', async () => {
  const source = await readFile(join(ROOT, 'src/ecr/aws-errors.ts'), 'utf8');
  const table = /const CLASSES[^{]*\{([\s\S]*?)\n\};/.exec(source)?.[1] ?? '';
  const names = [...table.matchAll(/^ {2}(\w+):/gm)].map(([, name = '']) => name);
  const wanted = names.map((name) => {
    const error = Object.assign(new Error('no'), { name });
    return `${awsError(error, 'ecr:X', '*').reason} ${name}`;
  });
  const stand = rows.flatMap(([reason = '', , meaning = '']) => {
    const [, list = ''] = /AWS says: (.*)\.$/.exec(meaning) ?? [];
    return [...list.matchAll(/`(\w+)`/g)].map(([, name]) => `${reason.replaceAll('`', '')} ${name}`);
  });
  expect(names.length).toBeGreaterThan(30);
  expect(stand.sort()).toEqual(wanted.sort());
});

test('every failure that is quoted is one that a test brings about', async () => {
  const folder = join(ROOT, 'test/integration/pull-secret');
  const tests = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'));
  const sources = await Promise.all(tests.map((name) => readFile(join(folder, name), 'utf8')));
  const titles = [...(await quotesIn('docs/reasons.md')).keys()];
  expect(titles.filter((title) => !sources.some((source) => source.includes(`'${title}'`)))).toEqual([]);
  expect(titles.length).toBe(11);
});

test.each([
  ["{ type: 'Synced', status: 'True', reason: 'Synced', message }", ['Synced']],
  ["reason: wasSynced ? 'DriftMended' : 'Updated', message: 'No'", ['DriftMended', 'Updated']],
  ["this.reason = status === 403 ? 'Forbidden' : 'Failed';", ['Forbidden', 'Failed']],
  ["reason: state?.reason ?? 'Pending',", ['Pending']],
  ["throw new TerminalError(\n  'TenancyDenied',\n  answer.refusal,\n);", ['TenancyDenied']],
  ["throw new RetryableError('Conflict', `Secret`);", ['Conflict']],
  ["reason: typeof reason === 'string' ? reason : 'ReconcileFailed',", ['ReconcileFailed']],
  ["why: 'Missing'; readonly reason: string; kubeReason = 'NotFound'", []],
])('reasons are found in: %s', (source, reasons) => {
  expect([...new Set(reasonsIn(source))]).toEqual(reasons);
});
