import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-ecr';
import { expect, test } from '@jest/globals';
import { ROOT, readPage, rowsOf } from './markdown.ts';

const OPERATIONS = Object.keys(sdk)
  .flatMap((name) => /^(\w+)Command$/.exec(name)?.[1] ?? [])
  .sort();

const isOperation = ([name = '']: readonly string[]) => OPERATIONS.includes(name.replaceAll('`', ''));
const rows = rowsOf(await readPage('docs/features.md')).filter(isOperation);
const nameOf = ([name = '']: readonly string[]) => name.replaceAll('`', '');

/** Operations that the adapter calls. */
async function called(): Promise<Set<string>> {
  const files = (await readdir(join(ROOT, 'src/ecr'))).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, 'src/ecr', file), 'utf8')));
  // Those of ECR Public have the same names, and modules of their own.
  const ours = texts.filter((text) => text.includes("from '@aws-sdk/client-ecr'"));
  return new Set(
    ours.flatMap((text) =>
      [...text.matchAll(/new (\w+)Command\(|paginate(\w+)\(/g)].map(([, sent, paged]) => sent ?? paged ?? ''),
    ),
  );
}

test('every operation of the installed client has one row, in order', () => {
  expect(OPERATIONS).toHaveLength(62);
  expect(rows.map(nameOf)).toEqual(OPERATIONS);
});

test('a row says "not used" of those that the code does not call, and of no other', async () => {
  const calls = await called();
  const unused = rows.filter(([, why = '']) => why.startsWith('not used: ')).map(nameOf);
  expect(unused).toEqual(OPERATIONS.filter((name) => !calls.has(name)));
});

test('an operation that is called has a test of its own', () => {
  const used = rows.filter(([, why = '']) => !why.startsWith('not used: '));
  expect(used.filter((row) => !/`test\/(integration|unit|e2e)\/(?!docs)/.test(row.at(-1) ?? ''))).toEqual([]);
});
