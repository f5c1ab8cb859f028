import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { cachedBinaryPath, publishFile } from './cache.ts';
import { runCommand } from './run-command.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The newest archive at or below the version that go.mod pins; there is none for each patch release. */
const RELEASE = 'v1.36.2';

/** Under this version its programs lie in the cache. */
export const ENVTEST_VERSION = `envtest-${RELEASE}`;

/** SHA-512 by platform, as published in `envtest-releases.yaml` of kubernetes-sigs/controller-tools. */
const SHA512: Readonly<Record<string, string>> = {
  'linux-amd64':
    'ea743186c8a799f5cf8faf16969f86189d003cb7d130e0ac4b58789f1e5748dcf30ebe91c837a10d5ac415383da3e10b9e64d65785c938c23e739781cfb76f08',
  'linux-arm64':
    '2d72ee985a8e262a3c57dc9f7f0fd891f6a8c7bf7ebaa2db6dc6d8eac8ae28181afe51c1f368b67756cdb40b10de9b205609e1726e5f27f7c6d824dd9c6649ac',
  'darwin-amd64':
    'b4fe9f973cd1992e3880f8b230ed32c0c243b83371591e3e3315f4404df2cdbef8ee94eeb9bb245b7e5feb987d5c4a76c43e0877654ab73f00d7bbc2b9984514',
  'darwin-arm64':
    '9278f9e5af556b2f1f2d139769c1f0d717c7b4426917fdebdba898bcb725a916e4910d6160886194ff9be9589ea7c5c32c2b8ae0754703874b7c8ba8ddfc41ce',
};

/** The programs inside. */
const PROGRAMS = ['etcd', 'kube-apiserver', 'kubectl'] as const;

/** Short: where it is out of reach, the next way is a build, and nobody should wait for it. */
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_REDIRECTS = 3;

/**
 * Puts the programs of the official envtest archive into the cache. Throws where it cannot be reached, is not made for
 * this platform, or does not have the pinned hash.
 */
export async function fetchEnvtestArchive(platform: string, cache: string): Promise<void> {
  const wanted = SHA512[platform];
  if (wanted === undefined) throw new Error(`there is no envtest archive for ${platform}`);
  const name = `${ENVTEST_VERSION}-${platform}.tar.gz`;
  const archive = await download(
    `https://github.com/kubernetes-sigs/controller-tools/releases/download/${ENVTEST_VERSION}/${name}`,
  );
  const found = createHash('sha512').update(archive).digest('hex');
  if (found !== wanted) throw new Error(`${name} has SHA-512 ${found}, not the pinned one`);
  await unpack(archive, cache);
}

async function unpack(archive: Buffer, cache: string): Promise<void> {
  const folder = await temporaryFolder('envtest');
  try {
    const file = join(folder.path, 'archive.tar.gz');
    await writeFile(file, archive);
    const tree = join(folder.path, 'tree');
    await mkdir(tree);
    const { code, stderr } = await runCommand('tar', ['-xzf', file, '-C', tree, '--strip-components=2']);
    if (code !== 0) throw new Error(`tar could not unpack it: ${stderr.trim()}`);
    for (const program of PROGRAMS) {
      await publishFile(cachedBinaryPath(program, ENVTEST_VERSION, cache), async (temporary) => {
        await copyFile(join(tree, program), temporary);
        await chmod(temporary, 0o755);
      });
    }
  } finally {
    await folder.remove();
  }
}

async function download(url: string): Promise<Buffer> {
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: CONNECT_TIMEOUT_MS * 2,
  });
  try {
    let location = url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const response = await request(location, { dispatcher });
      const next = response.headers['location'];
      if (response.statusCode === 200) return Buffer.from(await response.body.arrayBuffer());
      await response.body.dump();
      if (typeof next !== 'string') throw new Error(`the download answered ${response.statusCode}`);
      location = new URL(next, location).href;
    }
    throw new Error('the download was redirected too often');
  } finally {
    await dispatcher.close();
  }
}
