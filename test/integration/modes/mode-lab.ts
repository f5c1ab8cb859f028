import { join } from 'node:path';
import { type Lab, type LabOptions, OPERATOR_NAMESPACE, startLab } from '../../lab/lab.ts';
import { rightsKnown } from '../../lab/rights-known.ts';
import { core } from '../pull-secret/pull-objects.ts';

const OVERLAYS = join(import.meta.dirname, '../../../deploy/kustomize/overlays');

/** The overlays of `deploy/kustomize` that this is about, and what has to be applied in each watched namespace. */
export const PULL_SECRETS_ONLY = join(OVERLAYS, 'pull-secrets-only');
export const NAMESPACED = join(OVERLAYS, 'namespaced');
export const WATCHED = join(NAMESPACED, 'watched');

/** A cluster with an overlay installed, and everything that is asked of its API server written down. */
export function startModeLab(kustomization: string, options: LabOptions = {}): Promise<Lab> {
  return startLab({ audit: true, kustomization, ...options });
}

/** A namespace, with the rights of the operator in it unless told. */
export async function namespaceIn(
  lab: Lab,
  name: string,
  { labels = {}, watched = true }: { readonly labels?: object; readonly watched?: boolean } = {},
): Promise<string> {
  await lab.admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } } as never);
  if (watched) await giveRights(lab, name);
  return name;
}

/** As the overlay says; resolves when they are in force. */
export async function giveRights(lab: Lab, namespace: string): Promise<void> {
  await lab.kubectl('apply', '-n', namespace, '-k', WATCHED);
  await rightsKnown(lab.admin);
}

/** The keys of the lab's user as a Secret that Registries may name. */
export async function keysInSecret(lab: Lab, name = 'aws-credentials'): Promise<void> {
  const { accessKeyId, secretAccessKey } = lab.operatorKey;
  const stringData = { 'access-key-id': accessKeyId, 'secret-access-key': secretAccessKey };
  await lab.admin.create({ ...core('Secret', name, OPERATOR_NAMESPACE), stringData } as never);
}
