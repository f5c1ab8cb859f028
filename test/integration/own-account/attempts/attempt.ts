import type { RawRequest } from '../../../lab/kube-client.ts';

/** What somebody with the operator's token tries, and the end of what he is told. */
export type Attempt = readonly [what: string, request: RawRequest, refusal: string];

/** Server-side apply, in the operator's name and by force. */
export function applied(path: string, body: object): RawRequest {
  const query = { fieldManager: 'ecr-operator', force: 'true' };
  return { method: 'PATCH', path, query, contentType: 'application/apply-patch+yaml', body };
}

export function merged(path: string, body: object): RawRequest {
  return { method: 'PATCH', path, contentType: 'application/merge-patch+json', body };
}

export function patched(path: string, ...body: readonly object[]): RawRequest {
  return { method: 'PATCH', path, contentType: 'application/json-patch+json', body };
}

export function made(path: string, body: object): RawRequest {
  return { method: 'POST', path, body };
}

export function removed(path: string): RawRequest {
  return { method: 'DELETE', path };
}

/** Of an object that another one is to go with. */
export const OWNER = { apiVersion: 'v1', kind: 'ConfigMap', name: 'controller', uid: 'c0ffee' };
