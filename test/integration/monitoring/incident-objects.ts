import { digestOf } from '../../lab/aws/image-state.ts';
import type { KubeRef } from '../../lab/kube-client.ts';
import { ACCOUNT, REGION } from '../../lab/lab.ts';
import {
  API_VERSION,
  core,
  EVERY_WORD,
  type RepositoryObject,
  type RepositorySettings,
  repositoryManifest,
} from '../repository/ecr-lab.ts';
import type { IncidentLab } from './incident-lab.ts';

/** The namespace of the Repositories. */
export const TEAM = 'team';
/** The one Registry. */
export const REGISTRY = manifest('Registry', 'default', {
  accountId: ACCOUNT,
  region: REGION,
  driftCheck: { schedule: '*/5 * * * *' },
  tenancy: { rules: [{ allow: [...EVERY_WORD] }] },
});

/** A cluster-scoped object of one of our kinds. */
export function manifest(kind: string, name: string, spec: object): KubeRef {
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec } as KubeRef;
}

/** The manifest of a Namespace. */
export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): KubeRef {
  return { ...core('Namespace', name), metadata: { name, labels } } as KubeRef;
}

/** The manifest of a Repository in {@link TEAM}, with a setting that {@link change} undoes. */
export function repository(name: string, spec: RepositorySettings = {}): KubeRef {
  return repositoryManifest(TEAM, name, { scanOnPush: false, ...spec });
}

/** Puts an image into ECR in which a scan found so many things. */
export function pushImage({ ecr, aws }: IncidentLab, name: string, count: number): void {
  const counts = { CRITICAL: count, HIGH: 3 * count, LOW: 10 };
  ecr.addImage(name, {
    digest: digestOf(name),
    tags: new Set(['v1']),
    sizeInBytes: count * 50_000_000,
    scan: { kind: 'basic', status: 'COMPLETE', completedAt: aws.clock.now(), counts },
  });
}

/** As somebody does by hand; false where it is so already. */
export function change({ ecr }: IncidentLab, name: string): boolean {
  const live = ecr.repository(name);
  if (!live || live.scanOnPush) return false;
  live.scanOnPush = true;
  return true;
}

/** Whether the status of an object is about its present spec. */
export async function isObserved({ admin }: IncidentLab, ref: KubeRef): Promise<boolean> {
  const { metadata, status } = (await admin.get<RepositoryObject>(ref)) ?? {};
  return status?.observedGeneration === metadata?.generation;
}

/** Has the operator look at an object now. */
export function poke({ admin }: IncidentLab, ref: KubeRef, minute: number): Promise<unknown> {
  return admin.patch(ref, { metadata: { annotations: { 'lab.test/poked': String(minute) } } });
}
