import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A page of the documentation. */
export interface Page {
  /** From the root of the checkout. */
  readonly file: string;
  readonly text: string;
}

/** A fenced block. */
export interface Block {
  readonly file: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** Reads one page. */
export async function readPage(file: string): Promise<Page> {
  return { file, text: await readFile(join(ROOT, file), 'utf8') };
}

/** README.md, if it is there, and every page below docs. */
export async function readPages(): Promise<Page[]> {
  const below = await readdir(join(ROOT, 'docs'), { recursive: true });
  const files = below.filter((name) => name.endsWith('.md')).map((name) => join('docs', name));
  if (existsSync(join(ROOT, 'README.md'))) files.push('README.md');
  return Promise.all(files.sort().map(readPage));
}

interface Line {
  readonly number: number;
  readonly text: string;
}

/** The fenced blocks of a page, those inside lists too, without their indentation. */
export function blocksOf(page: Page): readonly Block[] {
  return split(page).blocks;
}

/** The fenced blocks of a page by the `## ` heading that they stand under. */
export function sectionsOf(page: Page): ReadonlyMap<string, readonly Block[]> {
  const { blocks, prose } = split(page);
  const headings = prose.flatMap(({ number, text }) => {
    const title = /^## (.*)/.exec(text)?.[1];
    return title ? [{ number, title }] : [];
  });
  const titleOf = ({ line }: Block) => headings.findLast(({ number }) => number < line)?.title ?? '';
  return Map.groupBy(blocks, titleOf);
}

/** The lines of a page outside of fenced blocks. */
export function proseOf(page: Page): readonly Line[] {
  return split(page).prose;
}

/** What stands in code font outside of fenced blocks. */
export function codeIn(page: Page): Set<string> {
  const words = proseOf(page).flatMap(({ text }) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code));
  return new Set(words.filter((word) => word !== undefined));
}

/** The rows of all tables of a page, their heads left out. */
export function rowsOf(page: Page): string[][] {
  const lines = proseOf(page).map(({ text }) => text.trim());
  return lines
    .filter((text, index) => {
      const isHead = /^\|( *-+ *\|)+$/.test(lines[index + 1] ?? '');
      return text.startsWith('|') && !isHead && !/^\|( *-+ *\|)+$/.test(text);
    })
    .map((row) => row.slice(1, -1).split('|'))
    .map((cells) => cells.map((cell) => cell.trim()));
}

function split({ file, text }: Page): { readonly blocks: readonly Block[]; readonly prose: readonly Line[] } {
  const blocks: Block[] = [];
  const prose: Line[] = [];
  let open: { line: number; language: string; indent: number; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^( *)```(\w*)\s*$/.exec(line);
    if (open && fence && fence[2] === '') {
      blocks.push({ file, line: open.line, language: open.language, text: open.lines.join('\n') });
      open = undefined;
    } else if (open) {
      open.lines.push(line.slice(open.indent));
    } else if (fence) {
      open = { line: index + 1, language: fence[2] ?? '', indent: fence[1]?.length ?? 0, lines: [] };
    } else {
      prose.push({ number: index + 1, text: line });
    }
  }
  if (open) throw new Error(`${file}:${open.line}: the block has no end`);
  return { blocks, prose };
}
