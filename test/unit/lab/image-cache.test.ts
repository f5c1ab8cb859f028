import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cachedFolder, copyFiles, filesOf, hashOf } from '../../lab/docker/image-cache.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder('image-cache');
});

afterEach(async () => {
  await folder.remove();
});

describe('the hash of sources', () => {
  test('changes with a name, a content and what is told beside them, and with nothing else', async () => {
    await mkdir(join(folder.path, 'src'));
    await writeFile(join(folder.path, 'src/a.ts'), 'one');
    await writeFile(join(folder.path, 'other.txt'), 'not asked for');
    const hash = async (...texts: string[]) =>
      hashOf(folder.path, await filesOf(folder.path, ['src/**/*.ts', 'missing']), texts);
    const first = await hash();
    expect(await filesOf(folder.path, ['src/**/*.ts'])).toEqual(['src/a.ts']);
    await writeFile(join(folder.path, 'other.txt'), 'changed');
    expect(await hash()).toBe(first);
    await writeFile(join(folder.path, 'src/b.ts'), 'two');
    const second = await hash();
    await writeFile(join(folder.path, 'src/b.ts'), 'three');
    expect(new Set([first, second, await hash(), await hash('arm64')]).size).toBe(4);
  });

  test('is that of a copy of them', async () => {
    await mkdir(join(folder.path, 'from/src'), { recursive: true });
    await writeFile(join(folder.path, 'from/src/a.ts'), 'one');
    const [from, to] = [join(folder.path, 'from'), join(folder.path, 'to')];
    await copyFiles(from, to, ['src/a.ts']);
    expect(await hashOf(to, ['src/a.ts'])).toBe(await hashOf(from, ['src/a.ts']));
  });
});

describe('a cached folder', () => {
  test('is made once, and not at all where making it fails', async () => {
    const parent = join(folder.path, 'images');
    let made = 0;
    const make = async (target: string) => {
      made += 1;
      await writeFile(join(target, 'file'), 'content');
      if (made === 1) throw new Error('no network');
    };
    await expect(cachedFolder(parent, 'a', make)).rejects.toThrow('no network');
    expect(await readdir(parent)).toEqual([]);
    const path = await cachedFolder(parent, 'a', make);
    expect(await cachedFolder(parent, 'a', make)).toBe(path);
    expect(made).toBe(2);
    expect(await readFile(join(path, 'file'), 'utf8')).toBe('content');
  });

  test('makes room: the three newest stay, and what somebody used lately', async () => {
    const parent = join(folder.path, 'images');
    const make = async () => undefined;
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    for (const [name, minutes] of [
      ['used-a', 2],
      ['used-b', 5],
      ['used-c', 10],
      ['old', 90],
    ] as const) {
      await cachedFolder(parent, name, make);
      await utimes(join(parent, name), ago(minutes), ago(minutes));
    }
    await cachedFolder(parent, 'new', make);
    expect((await readdir(parent)).sort()).toEqual(['new', 'used-a', 'used-b', 'used-c']);
  });
});
