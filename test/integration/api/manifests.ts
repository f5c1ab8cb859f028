import { clusterPullSecret, pullSecret } from './wrong-manifests/pull-secrets.ts';
import { registry } from './wrong-manifests/registry.ts';
import { repository } from './wrong-manifests/repository.ts';
import type { KindCases, Manifest, WrongManifest } from './wrong-manifests/wrong-manifest.ts';

/** Of every kind, a complete manifest and the ways to get it wrong. */
export const KINDS: readonly KindCases[] = [registry, repository, pullSecret, clusterPullSecret];

/** The manifest that a case is about, and the one that was there before it, if it matters. */
export function manifestsOf(complete: Manifest, wrong: WrongManifest): { before?: Manifest; then: Manifest } {
  const patch = { metadata: wrong.name ? { name: wrong.name } : {}, spec: wrong.spec };
  const then = merged(complete, patch) as Manifest;
  return wrong.after === undefined
    ? { then }
    : { before: merged(complete, { spec: wrong.after }) as Manifest, then };
}

/** A copy of a manifest with another value at a place of the schema; lists and maps get it at their first entry. */
export function withValueAt(manifest: Manifest, at: string, value: unknown): Manifest {
  const copy = structuredClone(manifest) as unknown as Record<string, unknown>;
  const steps = at.replaceAll('[]', '.0').replaceAll('{}', '.{}').split('.');
  const last = steps.pop() ?? '';
  let parent = copy;
  for (const step of steps) parent = parent[stepIn(parent, step)] as Record<string, unknown>;
  parent[stepIn(parent, last)] = value;
  return copy as unknown as Manifest;
}

function stepIn(parent: Record<string, unknown>, step: string): string {
  return step === '{}' ? (Object.keys(parent)[0] ?? '') : step;
}

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
