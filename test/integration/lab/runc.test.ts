import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runcPath } from '../../lab/node/runc.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder('runc-test');
  await mkdir(join(folder.path, 'bin'));
});

afterEach(async () => {
  await folder.remove();
});

/** A program on the only PATH there is. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder.path, 'bin', name);
  await writeFile(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
  return path;
}

const find = (environment: Readonly<Record<string, string>> = {}) =>
  runcPath({
    cache: join(folder.path, 'cache'),
    environment: { PATH: join(folder.path, 'bin'), ...environment },
  });

const GOOD = "printf '#!/bin/sh\\n' > $3/usr/sbin/runc; chmod 755 $3/usr/sbin/runc";

describe('runc', () => {
  test('on PATH is taken, whatever its version', async () => {
    const path = await program('runc', '');
    expect(await find()).toBe(path);
  });

  test("comes out of Debian's package otherwise, once", async () => {
    await program('apt-get', `echo "$@" >> ${folder.path}/calls; touch runc_1.deb`);
    await program('dpkg', `mkdir -p $3/usr/sbin; ${GOOD}`);
    const path = await find();
    expect(path).toContain(join(folder.path, 'cache', 'bin', 'runc-debian'));
    await program('apt-get', 'exit 1');
    expect(await find()).toBe(path);
  });

  test('needs lists of packages, which are fetched beside those of the machine', async () => {
    await program(
      'apt-get',
      'case "$*" in *lists*update) touch updated;; *lists*download*) test -f updated && touch runc_1.deb;; *) exit 100;; esac',
    );
    await program('dpkg', `mkdir -p $3/usr/sbin; ${GOOD}`);
    expect(await find()).toContain('runc-debian');
  });

  test('is installed where the machine is there for this run alone', async () => {
    const bin = join(folder.path, 'bin');
    await program('apt-get', `[ "$1" = install ] || exit 100; touch ${bin}/runc; chmod 755 ${bin}/runc`);
    expect(await find({ CI: 'true' })).toBe(join(bin, 'runc'));
  });

  test('that does not run here is not taken, and the error says what to install', async () => {
    await program('apt-get', 'touch runc_1.deb');
    await program(
      'dpkg',
      "mkdir -p $3/usr/sbin; printf '#!/bin/sh\\necho no libseccomp >&2; exit 127' > $3/usr/sbin/runc; chmod 755 $3/usr/sbin/runc",
    );
    const found = find();
    await expect(found).rejects.toThrow('install the package "runc"');
    await expect(found).rejects.toThrow('no libseccomp');
    await expect(found).rejects.toThrow('it changes the machine, so it is left to you');
  });

  test('of a machine without apt-get is asked for too', async () => {
    await expect(find()).rejects.toThrow(/install the package "runc"[\s\S]*apt-get download runc: /);
  });
});
