import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GROUP, VERSION } from '../../src/api/names.ts';
import type { KubeObject, LabKubeClient } from './kube-client.ts';
import { waitFor } from './wait-for.ts';

/** What people get to see of a lab: its logs, and every object of ours, the Events and the ServiceAccounts, as JSON. */
export async function readShown(folder: string, admin: LabKubeClient): Promise<string> {
  return [...(await readLogs(folder)), ...(await readObjects(admin))].join('\n');
}

/** Of the operators, however they were started, and of the control plane. */
async function readLogs(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.log'));
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}

interface Crd extends KubeObject {
  readonly spec: { readonly names: { readonly kind: string } };
}

async function readObjects(admin: LabKubeClient): Promise<string[]> {
  const crds = await admin.list<Crd>({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
  });
  const ours = crds
    .filter(({ metadata }) => metadata.name.endsWith(`.${GROUP}`))
    .map(({ spec }) => ({ apiVersion: `${GROUP}/${VERSION}`, kind: spec.names.kind }));
  const beside = ['Event', 'ServiceAccount'].map((kind) => ({ apiVersion: 'v1', kind }));
  const lists = await Promise.all(
    [...ours, ...beside].map((type) =>
      // Where nobody asked for a kind before, the API server may say first that it has yet to begin with it.
      waitFor(() => admin.list(type), { what: `the list of ${type.kind}`, until: () => true }),
    ),
  );
  return lists.map((list) => JSON.stringify(list));
}
