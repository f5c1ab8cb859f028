import { join } from 'node:path';
import { type Crd, readCrds } from '../../../scripts/crd.ts';
import { startControlPlane } from '../../lab/control-plane.ts';
import type { LabKubeClient, RawRequest } from '../../lab/kube-client.ts';
import { waitFor } from '../../lab/wait-for.ts';
import type { Manifest } from './wrong-manifests/wrong-manifest.ts';

/** `metav1.Status` of a refusal, as far as tests look at it. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly details?: { readonly causes?: readonly Cause[] };
}

export interface Cause {
  readonly message: string;
  readonly field: string;
}

/** An answer: the object, or why not. */
export type Answer<T> = { readonly object: T } | { readonly refusal: Refusal };

/** What tests of the CRDs need of an API server. Nothing throws on a refusal. */
export interface CrdApi {
  get<T>(path: string): Promise<Answer<T>>;
  /** Unknown fields are refused, as kubectl does it. A trial is validated and defaulted, and not stored. */
  create(manifest: Manifest, options?: { readonly trial?: boolean }): Promise<Answer<Manifest>>;
  /** Puts a manifest over the stored object of the same name, as a trial. */
  tryUpdate(manifest: Manifest): Promise<Answer<Manifest>>;
  remove(manifest: Manifest): Promise<void>;
  stop(): Promise<void>;
}

/** The folder of the CRDs. */
export const CRDS = join(import.meta.dirname, '..', '..', '..', 'crds');

/** Starts an API server without controllers, and installs all CRDs in it. */
export async function startCrdApi(): Promise<CrdApi> {
  const controlPlane = await startControlPlane({ controllers: false });
  const { admin, stop } = controlPlane;
  try {
    for (const { crd } of await readCrds(CRDS)) await install(admin, crd);
  } catch (error) {
    await stop();
    throw error;
  }

  async function get<T>(path: string): Promise<Answer<T>> {
    return answerOf<T>(admin, { path });
  }

  return {
    get,
    create: async (manifest, { trial = false } = {}) => {
      const path = (await admin.path(manifest)).replace(/\/[^/]+$/, '');
      const query = { fieldValidation: 'Strict', ...(trial ? { dryRun: 'All' } : {}) };
      return answerOf(admin, { method: 'POST', path, query, body: manifest });
    },
    tryUpdate: async (manifest) => {
      const path = await admin.path(manifest);
      const { metadata } = objectOf(await get<Manifest>(path));
      const query = { fieldValidation: 'Strict', dryRun: 'All' };
      return answerOf(admin, { method: 'PUT', path, query, body: { ...manifest, metadata } });
    },
    remove: async (manifest) => {
      await admin.delete(manifest);
    },
    stop,
  };
}

/** The object of an answer. Throws the refusal's message. */
export function objectOf<T>(answer: Answer<T>): T {
  if ('refusal' in answer) throw new Error(answer.refusal.message);
  return answer.object;
}

/** The refusal of an answer. Throws when the object was accepted. */
export function refusalOf(answer: Answer<unknown>): Refusal {
  if ('object' in answer) throw new Error(`accepted: ${JSON.stringify(answer.object)}`);
  return answer.refusal;
}

async function answerOf<T>(client: LabKubeClient, request: RawRequest): Promise<Answer<T>> {
  const { status, body } = await client.raw(request);
  return status < 300 ? { object: body as T } : { refusal: body as Refusal };
}

interface Established {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Resolves when the kind is served. A field that is no part of a CRD is an error. */
async function install(admin: LabKubeClient, crd: Crd): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const query = { fieldValidation: 'Strict' };
  objectOf(await answerOf(admin, { method: 'POST', path, query, body: crd }));
  const isServed = async () => {
    const { status } = objectOf(await answerOf<Established>(admin, { path: `${path}/${crd.metadata.name}` }));
    return status?.conditions?.some(({ type, status: is }) => type === 'Established' && is === 'True');
  };
  await waitFor(isServed, { what: `the CRD ${crd.metadata.name}` });
}
