import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Page, proseOf, ROOT, readPages } from './markdown.ts';

const pages = await readPages();
const headings = new Map(pages.map((page) => [page.file, anchorsOf(page)]));

describe.each(pages)('$file', (page) => {
  test('has links that lead somewhere', () => {
    const targets = proseOf(page).flatMap(({ text }) =>
      [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target),
    );
    expect(targets.filter((target) => !/^https?:/.test(target) && !leads(page, target))).toEqual([]);
  });
});

// Decisions are not rewritten, and README.md is for a newcomer's eyes first.
const references = pages.filter(({ file }) => file !== 'README.md' && !file.startsWith('docs/adr'));

test.each(references)('$file has lines of 120 columns at most, tables excepted', (page) => {
  expect(proseOf(page).filter(({ text }) => text.length > 120 && !text.trim().startsWith('|'))).toEqual([]);
});

function leads({ file }: Page, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const at = path === '' ? file : join(dirname(file), path);
  return existsSync(join(ROOT, at)) && (anchor === undefined || (headings.get(at)?.has(anchor) ?? false));
}

/** As GitHub makes them of headings. */
function anchorsOf(page: Page): Set<string> {
  const titles = proseOf(page).flatMap(({ text }) => /^#+ (.*)/.exec(text)?.[1] ?? []);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
