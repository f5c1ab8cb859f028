import { createHash } from 'node:crypto';
import type { ClusterPullSecretSpec } from '../../../src/api/cluster-pull-secret.generated.ts';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { PullSecretStatus } from '../../../src/api/shared.generated.ts';
import type { KubeObject, KubeRef } from '../../lab/kube-client.ts';

export const API_VERSION = 'ecr-operator.io/v1alpha1';

/** A PullSecret, a ClusterPullSecret, or what of a Registry these tests read. */
export interface PullObject extends KubeObject {
  readonly spec: ClusterPullSecretSpec;
  readonly status?: PullSecretStatus;
}

export interface SecretObject extends KubeObject {
  readonly type: string;
  readonly data?: Readonly<Record<string, string>>;
}

export interface ServiceAccountObject extends KubeObject {
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

/** A reference to an object of the core group. */
export function core(kind: string, name: string, namespace?: string): KubeRef {
  return { apiVersion: 'v1', kind, metadata: { name, namespace } };
}

export function registry(name: string, spec: Partial<RegistrySpec>): KubeObject {
  return { apiVersion: API_VERSION, kind: 'Registry', metadata: { name }, spec } as KubeObject;
}

export function clusterPullSecret(name: string, spec: Partial<ClusterPullSecretSpec>): KubeObject {
  return { apiVersion: API_VERSION, kind: 'ClusterPullSecret', metadata: { name }, spec } as KubeObject;
}

export function pullSecret(
  namespace: string,
  name: string,
  spec: Partial<ClusterPullSecretSpec>,
): KubeObject {
  return { apiVersion: API_VERSION, kind: 'PullSecret', metadata: { name, namespace }, spec } as KubeObject;
}

/** The content of a pull Secret, as a container runtime reads it. Not to be printed. */
export function loginOf(secret: SecretObject | undefined) {
  const text = Buffer.from(secret?.data?.['.dockerconfigjson'] ?? '', 'base64').toString();
  const { auths } = JSON.parse(text) as {
    readonly auths: Readonly<Record<string, { username: string; password: string; auth: string }>>;
  };
  const hosts = Object.keys(auths);
  const { username, password = '', auth } = auths[hosts[0] ?? ''] ?? {};
  const bothForms = auth === Buffer.from(`${username}:${password}`).toString('base64');
  return { hosts, username, password, bothForms };
}

/** What a Secret says of its first token. */
export function tokenTimes(secret: SecretObject | undefined) {
  const text = secret?.metadata.annotations?.['ecr-operator.io/tokens'] ?? '[]';
  const [first] = JSON.parse(text) as readonly Record<'issuedAt' | 'expiresAt' | 'rotateAt', string>[];
  return first ?? { issuedAt: '', expiresAt: '', rotateAt: '' };
}

/** Stands for the bytes that must be the same everywhere for one token; a failed expectation prints no token so. */
export function bytesOf(secret: SecretObject | undefined): string {
  return createHash('sha256')
    .update(secret?.data?.['.dockerconfigjson'] ?? '')
    .digest('hex');
}

/** What tells whether an object was written to. */
export function versionsOf(objects: readonly KubeObject[]): Record<string, string> {
  return Object.fromEntries(
    objects.map(({ kind, metadata }) => [
      `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
      `${metadata.uid} ${metadata.resourceVersion}`,
    ]),
  );
}
