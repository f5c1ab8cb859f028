import { describe, expect, test } from '@jest/globals';
import { createProgress, wrap } from '../../lab/progress.ts';

function recorder(isTTY: boolean) {
  const lines: string[] = [];
  return { isTTY, lines, write: (text: string) => lines.push(text) };
}

describe('progress', () => {
  test('has no colours in a file', () => {
    const stream = recorder(false);
    createProgress(stream, {}).warn('look out');
    expect(stream.lines).toEqual(['lab: look out\n']);
  });

  test('has colours on a terminal', () => {
    const stream = recorder(true);
    createProgress(stream, {}).warn('look out');
    expect(stream.lines.join('')).toContain('\u001b[33m');
  });

  test('has none on a terminal with NO_COLOR', () => {
    const stream = recorder(true);
    createProgress(stream, { NO_COLOR: '1' }).warn('look out');
    expect(stream.lines).toEqual(['lab: look out\n']);
  });

  test('says what starts, and how long it took', async () => {
    const stream = recorder(false);
    expect(await createProgress(stream, {}).during('building etcd', async () => 7)).toBe(7);
    expect(stream.lines).toEqual(['lab: building etcd ...\n', 'lab: building etcd: done in 0 s\n']);
  });

  test('does not call a failure done', async () => {
    const stream = recorder(false);
    const task = createProgress(stream, {}).during('building etcd', async () =>
      Promise.reject(new Error('no')),
    );
    await expect(task).rejects.toThrow('no');
    expect(stream.lines).toEqual(['lab: building etcd ...\n']);
  });
});

describe('lines', () => {
  test('are broken at 80 columns, later ones indented', () => {
    const lines = wrap(`lab: ${'word '.repeat(30).trim()}`);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[1]).toMatch(/^ {5}word/);
  });

  test('keep a word that is too long for one', () => {
    expect(wrap('a '.concat('b'.repeat(90)))).toEqual(['a', `     ${'b'.repeat(90)}`]);
  });
});
