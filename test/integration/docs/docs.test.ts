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
import { waitFor } from '../../lab/wait-for.ts';
import { type Block, blocksOf, ROOT, readPages } from '../../unit/docs/markdown.ts';
import { scriptOf } from './commands.ts';

const SAMPLES = 'deploy/samples';

/** Languages of fenced blocks, and who looks at them. */
const LANGUAGES = ['', 'yaml', 'sh', 'console', 'json'];

jest.setTimeout(120_000);

const pages = await readPages();
// Of this page test/e2e/cluster runs every command, on a cluster with a node.
const ON_A_NODE = 'docs/production.md';
const onANode = new Set(
  pages.filter(({ file }) => file === ON_A_NODE).flatMap((page) => blocksOf(page).map(({ text }) => text)),
);
const blocks = pages.flatMap(blocksOf).filter(({ text }) => !onANode.has(text));
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

const API_VERSION = 'ecr-operator.io/v1alpha1';
/** The samples that say whether they are Ready. */
const SHIPPED = [
  { kind: 'Registry', metadata: { name: 'default' } },
  { kind: 'ClusterPullSecret', metadata: { name: 'everywhere' } },
  { kind: 'PullThroughCacheRule', metadata: { name: 'k8s' } },
  { kind: 'RepositoryCreationTemplate', metadata: { name: 'k8s' } },
  { kind: 'Repository', metadata: { name: 'web', namespace: 'team-a' } },
  { kind: 'PublicRepository', metadata: { name: 'web', namespace: 'team-a' } },
];

let lab: Lab;
let folder: TemporaryFolder;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await temporaryFolder('docs');
  lab = await startLab();
  await lab.startOperator();
  const path = [dirname(await binaryPath('kubectl')), process.env['PATH']].join(delimiter);
  // A home of its own: kubectl remembers there what other clusters served.
  environment = { PATH: path, HOME: folder.path, KUBECONFIG: lab.kubeconfig, PASSWORD: 'by-hand' };
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
    for (const { kind, metadata } of SHIPPED)
      await waitFor(() => lab.admin.get<Conditioned>({ apiVersion: API_VERSION, kind, metadata }), {
        what: `${kind} ${metadata.name} to be Ready`,
        until: isReady,
        timeoutMs: 30_000,
      });
  });

  test.each(scripts.map(titled))('%s runs', async (_, block) => {
    const options = { cwd: ROOT, env: environment, timeoutMs: 90_000 };
    const answer = await runCommand('sh', ['-eu', '-c', scriptOf(block)], options);
    expect(problemOf(answer)).toBe('');
    expect(headersIn(answer.stdout)).toEqual(expect.arrayContaining(headersIn(block.text)));
  });
});

/** As far as it is told of its present spec. */
interface Conditioned extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
    }[];
  };
}

/** As `kubectl wait --for=condition=Ready` has it, which takes a process and a discovery each time. */
function isReady(object: Conditioned | undefined): boolean {
  const ready = object?.status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === object?.metadata.generation;
}

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
