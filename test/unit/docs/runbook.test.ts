import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { proseOf, ROOT, readPage, rowsOf } from './markdown.ts';

interface Rule {
  readonly alert: string;
  readonly annotations: { readonly runbook_url: string };
}

const page = await readPage('docs/runbook.md');
const headings = proseOf(page).flatMap(({ text }) => /^### (.*)/.exec(text)?.[1] ?? []);
const told = headings.flatMap((heading) => heading.split(', '));
const { groups } = parse(await readFile(join(ROOT, 'deploy/monitoring/alerts.yaml'), 'utf8'));
const rules: readonly Rule[] = groups.flatMap(({ rules }: { readonly rules: readonly Rule[] }) => rules);
const reasons = rowsOf(await readPage('docs/reasons.md')).map(([reason = '']) => reason.replaceAll('`', ''));

test('the runbook has an entry for every alert and every reason, and no other', () => {
  expect(rules.length).toBeGreaterThan(5);
  expect([...told].sort()).toEqual([...rules.map(({ alert }) => alert), ...reasons].sort());
});

test.each(rules)('the link of $alert leads to its entry', ({ alert, annotations }) => {
  expect(headings).toContain(alert);
  expect(annotations.runbook_url.endsWith(`/docs/runbook.md#${alert.toLowerCase()}`)).toBe(true);
});

test('no entry is empty', () => {
  const entries = page.text.split(/^### .*$/m).slice(1);
  expect(entries.filter((entry) => entry.replace(/^## .*/ms, '').trim().length < 20)).toEqual([]);
});
