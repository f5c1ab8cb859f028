import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { proseOf, ROOT, readPage } from './markdown.ts';

interface LogCall {
  readonly file: string;
  readonly fields: readonly string[];
  readonly message: string;
}

const CALL = /\blog(?:\.(?:debug|info|warn|error)|\[\w+\])\(\s*\{/g;

/** What a call has between its parentheses, from the opening brace on. */
function argumentsAt(text: string, start: number): string {
  let depth = 1;
  let end = start;
  while (depth > 0 && end < text.length) {
    if ('({['.includes(text[end] ?? '')) depth += 1;
    if (')}]'.includes(text[end] ?? '')) depth -= 1;
    end += 1;
  }
  return text.slice(start, end - 1);
}

/** The parts between the commas that stand in no brackets. */
function partsOf(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    if ('({['.includes(letter)) depth += 1;
    if (')}]'.includes(letter)) depth -= 1;
    if (letter === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

async function logCalls(): Promise<readonly LogCall[]> {
  const names = await readdir(join(ROOT, 'src'), { recursive: true });
  const calls: LogCall[] = [];
  for (const file of names.filter((name) => name.endsWith('.ts'))) {
    const text = await readFile(join(ROOT, 'src', file), 'utf8');
    for (const { index, 0: call } of text.matchAll(CALL)) {
      const [object = '', ...words] = partsOf(argumentsAt(text, index + call.length - 1));
      const fields = partsOf(object.slice(1, -1)).map((field) => /^[\w.]+/.exec(field)?.[0] ?? field);
      calls.push({ file, fields, message: words.join(', ') });
    }
  }
  return calls;
}

/** The names that the page promises. */
async function promised(): Promise<readonly string[]> {
  const lines = proseOf(await readPage('docs/spec/operator.md')).map(({ text }) => text);
  const section = lines.slice(lines.indexOf('## Log') + 1);
  const end = section.findIndex((line) => line.startsWith('## '));
  const items = section.slice(0, end).filter((line) => line.startsWith('- '));
  return items.flatMap((item) =>
    [...(item.split(':')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
}

const calls = await logCalls();

/** pino's own. */
const ALWAYS = ['level', 'time', 'msg'];

describe('the log', () => {
  test('is written to in many places', () => {
    expect(calls.length).toBeGreaterThan(20);
  });

  test('has only fields that docs/spec/operator.md names, and all of them', async () => {
    const used = new Set([...ALWAYS, ...calls.flatMap(({ fields }) => fields)]);
    expect([...used].sort()).toEqual([...(await promised())].sort());
  });

  test('has messages that are constant and begin with a small letter', () => {
    const odd = calls.filter(({ message }) => !/^'[a-z][^'$]*'$/.test(message));
    expect(odd.map(({ file, message }) => `${file}: ${message}`)).toEqual([]);
  });
});
