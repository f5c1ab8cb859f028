import { chmod, cp, mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '../run-command.ts';
import {
  type Architecture,
  downloadPackages,
  OWN_ARCHITECTURE,
  packageFacts,
  unpackPackage,
} from './debian-packages.ts';

/** An image put together here, in place of one that cannot be pulled. */
export interface StandIn {
  readonly packages: readonly string[];
  readonly dockerfile: string;
  /** Adds what does not come from Debian. */
  fill(root: string, architecture: Architecture, work: string): Promise<void>;
}

/** For `gcr.io/distroless/nodejs24-debian12:nonroot`: the same packages, users and places, and npm's Node 24. */
export const RUN_STAND_IN: StandIn = {
  packages: [
    'base-files',
    'netbase',
    'tzdata',
    'ca-certificates',
    'libc6',
    'gcc-12-base',
    'libgcc-s1',
    'libstdc++6',
    'libgomp1',
    'libssl3',
  ],
  dockerfile: `FROM scratch
ADD root.tar /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532
WORKDIR /home/nonroot
ENTRYPOINT ["/nodejs/bin/node"]
`,
  async fill(root, architecture, work) {
    await copyNode(join(root, 'nodejs'), architecture, work);
    await mkdir(join(root, 'home/nonroot'), { recursive: true });
    await mkdir(join(root, 'etc/ssl/certs'), { recursive: true });
    await writeFile(join(root, 'etc/passwd'), USERS);
    await writeFile(join(root, 'etc/group'), GROUPS);
    const authorities = join(root, 'usr/share/ca-certificates/mozilla');
    const files = (await readdir(authorities)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(authorities, file), 'utf8')));
    await writeFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), texts.join(''));
  },
};

/** For `node:24-slim`: a shell, Node 24, and the npm of this machine. */
export const BUILD_STAND_IN: StandIn = {
  packages: ['dash', 'libc6', 'gcc-12-base', 'libgcc-s1', 'libstdc++6'],
  dockerfile: `FROM scratch
ADD root.tar /
ENV PATH=/usr/local/bin:/usr/bin:/bin
`,
  async fill(root, architecture, work) {
    await copyNode(join(root, 'usr/local'), architecture, work);
    const npm = dirname(dirname(await realpath(await which('npm'))));
    await cp(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
    // Its own start script needs `env`.
    await writeFile(join(root, 'usr/local/bin/npm'), NPM, { mode: 0o755 });
    // npm finds its home by its user.
    await mkdir(join(root, 'etc'), { recursive: true });
    await writeFile(join(root, 'etc/passwd'), USERS);
    await mkdir(join(root, 'root'), { recursive: true });
    await mkdir(join(root, 'tmp'), { recursive: true });
    await chmod(join(root, 'tmp'), 0o1777);
  },
};

/** Writes a build context for the stand-in into the folder `context`; `work` is a folder to do it in. */
export async function writeStandIn(
  work: string,
  context: string,
  standIn: StandIn,
  architecture: Architecture,
): Promise<void> {
  const root = join(work, 'root');
  const facts = join(root, 'var/lib/dpkg/status.d');
  await mkdir(facts, { recursive: true });
  for (const file of await downloadPackages(work, standIn.packages, architecture)) {
    await unpackPackage(file, root);
    const text = await packageFacts(file);
    // As distroless does, for scanners: there is no dpkg that would keep one list.
    await writeFile(join(facts, /^Package: (.*)$/m.exec(text)?.[1] ?? 'unknown'), text);
  }
  await standIn.fill(root, architecture, work);
  const owner = ['--numeric-owner', '--owner=0', '--group=0'];
  await ok('tar', ['--create', ...owner, '-f', join(context, 'root.tar'), '.'], root);
  await writeFile(join(context, 'Dockerfile'), standIn.dockerfile);
}

const NPM = '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n';
const USERS = `root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
`;
const GROUPS = `root:x:0:
nobody:x:65534:
nonroot:x:65532:
`;

/** npm's package of Node for the architecture, in the version of package-lock.json. */
async function copyNode(target: string, architecture: Architecture, work: string): Promise<void> {
  const project = join(import.meta.dirname, '../../..');
  const name = `node-linux-${architecture === 'amd64' ? 'x64' : architecture}`;
  const from =
    architecture === OWN_ARCHITECTURE ? join(project, 'node_modules', name) : join(work, 'package');
  if (architecture !== OWN_ARCHITECTURE) await downloadNode(project, name, work);
  await mkdir(join(target, 'bin'), { recursive: true });
  await cp(join(from, 'bin/node'), join(target, 'bin/node'));
  await chmod(join(target, 'bin/node'), 0o755);
  await cp(join(from, 'LICENSE'), join(target, 'LICENSE'));
}

async function downloadNode(project: string, name: string, work: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version: string }>>;
  };
  const version = lock.packages[`node_modules/${name}`]?.version;
  await ok('npm', ['pack', '--silent', `${name}@${version}`], work);
  await ok('tar', ['--extract', '-f', join(work, `${name}-${version}.tgz`)], work);
}

async function which(program: string): Promise<string> {
  return (await ok('/bin/sh', ['-c', `command -v ${program}`], '/')).trim();
}

async function ok(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, { cwd, timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`${command} exited with ${code}: ${stderr.trim().slice(-500)}`);
  return stdout;
}
