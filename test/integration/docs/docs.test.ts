import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { binaryPath } from '../../lab/binaries.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { kubectl } from '../../lab/kubectl.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { type CommandResult, runCommand } from '../../lab/run-command.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { type Block, blocksOf, ROOT, readPages } from '../../unit/docs/markdown.ts';
import { scriptOf } from './commands.ts';

const SAMPLES = 'deploy/samples';

/** Languages of fenced blocks, and who looks at them. */
const LANGUAGES = ['', 'yaml', 'sh', 'console', 'json'];

jest.setTimeout(120_000);

const pages = await readPages();
const blocks = pages.flatMap(blocksOf);
const samples: Block[] = await Promise.all(
  (await readdir(join(ROOT, SAMPLES))).sort().map(async (name) => ({
    file: join(SAMPLES, name),
    line: 1,
    language: 'yaml',
    text: await readFile(join(ROOT, SAMPLES, name), 'utf8'),
  })),
);
const titled = (block: Block) => [`${block.file}:${block.line}`, block] as const;
const manifests = [...samples, ...blocks.filter(({ language }) => language === 'yaml')];
const scripts = blocks.filter(({ language }) => language === 'sh' || language === 'console');

let lab: Lab;
let folder: TemporaryFolder;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await temporaryFolder('docs');
  lab = await startLab();
  await lab.startOperator();
  const path = [dirname(await binaryPath('kubectl')), process.env['PATH']].join(delimiter);
  // A home of its own: kubectl remembers there what other clusters served.
  environment = { PATH: path, HOME: folder.path, KUBECONFIG: lab.kubeconfig };
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await folder?.remove();
});

test('README.md is there', () => {
  expect(existsSync(join(ROOT, 'README.md'))).toBe(true);
});

test('every fenced block has a language that is looked at here', () => {
  expect(blocks.filter(({ language }) => !LANGUAGES.includes(language)).map(titled)).toEqual([]);
});

describe('manifests', () => {
  beforeAll(async () => {
    const named = manifests.flatMap(objectsIn).map(({ metadata }) => metadata.namespace);
    for (const name of new Set(named)) {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: name ?? 'default' } };
      if (!(await lab.admin.get(namespace))) await lab.admin.create(namespace);
    }
  });

  test.each(manifests.map(titled))('%s is accepted', async (_, block) => {
    const input = ['apply', '--dry-run=server', '-f', '-'];
    const answer = await kubectl(lab.kubeconfig, input, { input: block.text, env: environment });
    expect(problemOf(answer)).toBe('');
    expect(answer.stdout.trim().split('\n')).toHaveLength(objectsIn(block).length);
  });
});

describe('commands', () => {
  // Whatever a block did, the next one finds the samples as they are shipped.
  beforeEach(async () => {
    await lab.kubectl('apply', '-f', join(ROOT, SAMPLES));
    const wait = ['wait', '--for=condition=Ready', '--timeout=30s'];
    await lab.kubectl(...wait, 'ecrreg/default', 'ecrcps/everywhere', 'ecrptc/k8s', 'ecrtpl/k8s');
    await lab.kubectl(...wait, '-n', 'team-a', 'ecrrepo/web', 'ecrpub/web');
  });

  test.each(scripts.map(titled))('%s runs', async (_, block) => {
    const options = { cwd: ROOT, env: environment, timeoutMs: 90_000 };
    const answer = await runCommand('sh', ['-eu', '-c', scriptOf(block)], options);
    expect(problemOf(answer)).toBe('');
    expect(headersIn(answer.stdout)).toEqual(expect.arrayContaining(headersIn(block.text)));
  });
});

/** The heads of tables that kubectl printed, or should. */
function headersIn(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => /^NAME( +[A-Z]+)+$/.test(line)).map((line) => line.replaceAll(/ +/g, ' '));
}

function objectsIn({ text }: Block): KubeObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

/** What it printed where it failed, and warnings. */
function problemOf({ code, stdout, stderr }: CommandResult): string {
  if (code !== 0) return `exit code ${code}: ${stderr}${stdout}`;
  return stderr
    .split('\n')
    .filter((line) => /^Warning: (?!.*missing the kubectl.kubernetes.io)/i.test(line))
    .join('\n');
}
