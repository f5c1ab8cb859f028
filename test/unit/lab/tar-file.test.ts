import { expect, test } from '@jest/globals';
import { tarFile } from '../../lab/tar-file.ts';

test('is a header, the content in whole blocks and two empty blocks', () => {
  const tar = tarFile('hello.txt', Buffer.from('hello\n'));
  expect(tar).toHaveLength(512 * 4);
  expect(tar.toString('latin1', 0, 9)).toBe('hello.txt');
  expect(tar.toString('latin1', 124, 135)).toBe('00000000006');
  expect(tar.toString('latin1', 257, 265)).toBe('ustar\x0000');
  expect(tar.toString('latin1', 512, 518)).toBe('hello\n');
});

test('has the sum of its header, its own field counted as spaces', () => {
  const header = tarFile('a', Buffer.alloc(0)).subarray(0, 512);
  const written = Number.parseInt(header.toString('latin1', 148, 154), 8);
  const counted = Buffer.from(header).fill(' ', 148, 156);
  expect(written).toBe(counted.reduce((sum, byte) => sum + byte, 0));
});

test('refuses a name that does not fit', () => {
  expect(() => tarFile('x'.repeat(101), Buffer.alloc(0))).toThrow('too long');
});
