import { join } from 'node:path';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT, type Lab, REGION } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { runCommand } from '../../lab/run-command.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { blocksOf, ROOT, readPage } from '../../unit/docs/markdown.ts';
import { API_VERSION, core } from '../pull-secret/pull-objects.ts';

export const KUSTOMIZE = join(ROOT, 'deploy/kustomize');

/** The namespaces of a team: one that a ClusterPullSecret serves, one with a PullSecret of its own that is retained. */
export const [SERVED, OWN] = ['served', 'own'];

/** An object of each kind, and what becomes of what it made. */
export const OBJECTS: readonly KubeObject[] = [
  object('Registry', 'default', undefined, {
    accountId: ACCOUNT,
    region: REGION,
    tenancy: { rules: [{ allow: ['Pull', 'Create', 'DeleteImages', 'Public'] }] },
  }),
  object('RepositoryClass', 'standard', undefined, { scanOnPush: true }),
  object('Repository', 'kept', SERVED, { name: 'kept' }),
  object('Repository', 'dropped', SERVED, { name: 'dropped', deletionPolicy: 'DeleteWithImages' }),
  object('PublicRepository', 'shown', SERVED, { name: 'shown' }),
  object('PullThroughCacheRule', 'quay', undefined, { upstreamRegistry: 'quay', deletionPolicy: 'Delete' }),
  object('RepositoryCreationTemplate', 'quay', undefined, { appliedFor: ['PULL_THROUGH_CACHE'] }),
  object('ClusterPullSecret', 'everywhere', undefined, {
    registries: [{ name: 'default' }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SERVED } },
  }),
  object('PullSecret', 'mine', OWN, { registries: [{ name: 'default' }], deletionPolicy: 'Retain' }),
];

function object(kind: string, name: string, namespace: string | undefined, spec: object): KubeObject {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: API_VERSION, kind, metadata, spec } as KubeObject;
}

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Installs the operator as shipped, and gives it one object of each kind; resolves when all are Ready. */
export async function install(lab: Lab): Promise<OperatorProcess> {
  await lab.kubectl('apply', '-k', KUSTOMIZE);
  await lab.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=50s');
  const operator = await lab.startOperator();
  for (const name of [SERVED, OWN]) {
    await lab.admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    // What was given back to nobody is nobody's to write.
    await lab.admin.delete(core('Secret', 'ecr-pull', name));
  }
  for (const each of OBJECTS) await lab.admin.apply(each);
  for (const each of OBJECTS) {
    await waitFor(() => lab.admin.get<Conditioned>(each), {
      what: `${each.kind} ${each.metadata.name} to be Ready`,
      until: (now) => now?.status?.conditions?.some(isReady) === true,
      timeoutMs: 30_000,
    });
  }
  const image = { digest: `sha256:${'0'.repeat(64)}` };
  lab.aws.as(ACCOUNT, REGION).addImage('dropped', image);
  return operator;
}

function isReady({ type, status }: { readonly type: string; readonly status: string }): boolean {
  return type === 'Ready' && status === 'True';
}

/** Runs the block of the documentation that has such a command, as a cluster's administrator. */
export async function documented(lab: Lab, command: string): Promise<void> {
  const page = await readPage('docs/spec/operator.md');
  const [block, ...others] = blocksOf(page).filter(({ text }) => text.includes(command));
  if (!block || others.length > 0) throw new Error(`not one block of ${page.file} has ${command}`);
  // A home of its own: kubectl remembers there what the cluster served.
  const HOME = join(lab.controlPlane.folder, 'home');
  const env = { PATH: process.env['PATH'], HOME, KUBECONFIG: lab.kubeconfig };
  const { code, stderr } = await runCommand('sh', ['-eu', '-c', block.text], {
    cwd: ROOT,
    env,
    timeoutMs: 100_000,
  });
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
}

/** The objects that are still there, as `Kind name`, with a star where they are being deleted. */
export async function left({ admin }: Lab): Promise<string[]> {
  const found = await Promise.all(
    OBJECTS.map(async (each) => {
      const path = await admin.path(each).catch(() => undefined);
      if (path === undefined) return [];
      const { status, body } = await admin.raw({ path });
      if (status !== 200) return [];
      const { metadata } = body as KubeObject;
      return `${each.kind} ${each.metadata.name}${metadata.deletionTimestamp ? '*' : ''}`;
    }),
  );
  return found.flat();
}

/** Resolves when exactly these are left. */
export async function onlyLeft(lab: Lab, objects: readonly string[]): Promise<void> {
  await waitFor(() => left(lab), {
    what: `nothing to be left but [${objects.join(', ')}]`,
    until: (now) => now.join() === objects.join(),
    timeoutMs: 40_000,
  });
}

/** Resolves when there are neither CRDs of ours nor these namespaces. */
export async function nothingLeft(lab: Lab, namespaces: readonly string[]): Promise<void> {
  const there = async (): Promise<string[]> => {
    const [crds, spaces] = await Promise.all([
      lab.admin.list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }),
      lab.admin.list({ apiVersion: 'v1', kind: 'Namespace' }),
    ]);
    return [
      ...crds.map(({ metadata }) => metadata.name).filter((name) => name.endsWith('.ecr-operator.io')),
      ...spaces.map(({ metadata }) => metadata.name).filter((name) => namespaces.includes(name)),
    ];
  };
  await waitFor(there, {
    what: 'CRDs and namespaces to be gone',
    until: (now) => now.length === 0,
    timeoutMs: 60_000,
  });
}
