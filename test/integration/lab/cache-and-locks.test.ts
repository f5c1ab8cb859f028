import { chmod, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findBinary } from '../../lab/binaries.ts';
import { BINARIES, pinnedVersion } from '../../lab/binary-catalog.ts';
import { cachedBinaryPath, isExecutable, publishFile } from '../../lab/cache.ts';
import { withFileLock } from '../../lab/file-lock.ts';
import type { Progress } from '../../lab/progress.ts';
import { runCommand } from '../../lab/run-command.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder('cache');
});

afterEach(async () => {
  await folder.remove();
});

const quiet: Progress = { note: () => undefined, warn: () => undefined, during: (_, task) => task() };

async function program(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o755);
  return path;
}

describe('a published file', () => {
  test('is there whole', async () => {
    const path = join(folder.path, 'bin', 'one');
    await publishFile(path, (temporary) => writeFile(temporary, 'whole'));
    expect(await readFile(path, 'utf8')).toBe('whole');
  });

  test('is not there, nor any part of it, when its writer failed', async () => {
    const path = join(folder.path, 'bin', 'one');
    const failing = publishFile(path, async (temporary) => {
      await writeFile(temporary, 'half');
      throw new Error('disk full');
    });
    await expect(failing).rejects.toThrow('disk full');
    expect(await readdir(dirname(path))).toEqual([]);
  });
});

describe('a lock', () => {
  test('lets one in at a time', async () => {
    const path = join(folder.path, 'lock', 'one');
    const order: string[] = [];
    const waits: string[] = [];
    const entered = Promise.withResolvers<void>();
    const waited = Promise.withResolvers<void>();
    const first = withFileLock(path, async () => {
      order.push('first in');
      entered.resolve();
      await waited.promise;
      order.push('first out');
    });
    await entered.promise;
    const onWait = (holder: string) => {
      waits.push(holder);
      waited.resolve();
    };
    await withFileLock(path, async () => order.push('second in'), { onWait });
    await first;
    expect(order).toEqual(['first in', 'first out', 'second in']);
    expect(waits).toEqual([`process ${process.pid} on ${hostname()}`]);
  });

  test('of a holder that is dead is taken over', async () => {
    const path = join(folder.path, 'one');
    // Ran and ended: its id is free.
    const { stdout } = await runCommand('/bin/sh', ['-c', 'echo $$']);
    await writeFile(path, JSON.stringify({ pid: Number(stdout), host: hostname() }));
    expect(await withFileLock(path, async () => 'in')).toBe('in');
  });

  test('of a holder elsewhere that shows no life is taken over', async () => {
    const path = join(folder.path, 'one');
    await writeFile(path, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    const longAgo = new Date(Date.now() - 600_000);
    await utimes(path, longAgo, longAgo);
    expect(await withFileLock(path, async () => 'in')).toBe('in');
  });

  test('is free again after a failure', async () => {
    const path = join(folder.path, 'one');
    await expect(withFileLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withFileLock(path, async () => 'in')).toBe('in');
  });
});

describe('a binary', () => {
  test('of KUBEBUILDER_ASSETS goes before that of the cache', async () => {
    const assets = join(folder.path, 'assets');
    await program(join(assets, 'etcd'));
    await program(cachedBinaryPath('etcd', pinnedVersion(BINARIES.etcd), folder.path));
    const environment = { KUBEBUILDER_ASSETS: assets };
    const found = await findBinary('etcd', { cache: folder.path, environment, progress: quiet });
    expect(found).toEqual({ name: 'etcd', path: join(assets, 'etcd'), source: 'KUBEBUILDER_ASSETS' });
  });

  test('of the cache is taken where it has the pinned version', async () => {
    const path = await program(cachedBinaryPath('registry', pinnedVersion(BINARIES.registry), folder.path));
    const found = await findBinary('registry', { cache: folder.path, environment: {}, progress: quiet });
    expect(found).toEqual({ name: 'registry', path, source: 'cache' });
  });

  test('on PATH will do for kubectl', async () => {
    const path = await program(join(folder.path, 'elsewhere', 'kubectl'));
    const environment = { PATH: `/does/not/exist:${dirname(path)}` };
    const found = await findBinary('kubectl', { cache: folder.path, environment, progress: quiet });
    expect(found).toEqual({ name: 'kubectl', path, source: 'PATH' });
  });

  test('that nobody has is an error that names every way', async () => {
    const environment = { PATH: '/does/not/exist' };
    const missing = findBinary('crane', { cache: folder.path, environment, progress: quiet });
    await expect(missing).rejects.toThrow('The lab needs crane (pushes and pulls images)');
    await expect(missing).rejects.toThrow('PATH: it is not there');
    await expect(missing).rejects.toThrow(
      `cache: there is no crane ${pinnedVersion(BINARIES.crane)} in ${folder.path}`,
    );
    await expect(missing).rejects.toThrow('go build: there is no go on PATH');
    expect(await isExecutable(cachedBinaryPath('crane', pinnedVersion(BINARIES.crane), folder.path))).toBe(
      false,
    );
  });
});
