import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Page, ROOT, readPage, rowsOf } from './markdown.ts';

const page = await readPage('docs/threat-model.md');
const rows = rowsOf(page);

/** The tests that a text names; those of integration without their folder. */
function testsIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file = '']) =>
    file.startsWith('test/') ? file : join('test/integration', file),
  );
}

function missingIn({ text }: Pick<Page, 'text'>): string[] {
  return testsIn(text).filter((file) => !existsSync(join(ROOT, file)));
}

test('every row of the threat model says what stops it, what remains, and names a test', () => {
  expect(rows.length).toBeGreaterThan(25);
  const wrong = rows.filter(
    (row) => row.length !== 4 || row.includes('') || testsIn(row[3] ?? '').length === 0,
  );
  expect(wrong).toEqual([]);
});

test.each(['docs/threat-model.md', 'docs/upgrade.md'])('each test that %s names is there', async (file) => {
  expect(missingIn(await readPage(file))).toEqual([]);
});
