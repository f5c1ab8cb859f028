import { publicRepository } from './wrong-manifests/public-repository.ts';
import { clusterPullSecret, pullSecret } from './wrong-manifests/pull-secrets.ts';
import { pullThroughCacheRule } from './wrong-manifests/pull-through-cache-rule.ts';
import { registry } from './wrong-manifests/registry.ts';
import { repository } from './wrong-manifests/repository.ts';
import { repositoryClass } from './wrong-manifests/repository-class.ts';
import { repositoryCreationTemplate } from './wrong-manifests/repository-creation-template.ts';
import type { KindCases, Manifest, WrongManifest } from './wrong-manifests/wrong-manifest.ts';

/** Of every kind, a complete manifest and the ways to get it wrong. */
export const KINDS: readonly KindCases[] = [
  registry,
  repository,
  repositoryClass,
  pullSecret,
  clusterPullSecret,
  pullThroughCacheRule,
  repositoryCreationTemplate,
  publicRepository,
];

/** The manifest that a case is about, and the one that was there before it, if it matters. */
export function manifestsOf(complete: Manifest, wrong: WrongManifest): { before?: Manifest; then: Manifest } {
  const patch = { metadata: wrong.name ? { name: wrong.name } : {}, spec: wrong.spec };
  const then = merged(complete, patch) as Manifest;
  return wrong.after === undefined
    ? { then }
    : { before: merged(complete, { spec: wrong.after }) as Manifest, then };
}

/** The manifests that have every field of a kind between them. */
export function completeManifests({ manifest, alternatives = [] }: KindCases): readonly Manifest[] {
  return [manifest, ...alternatives.map((spec) => merged(manifest, { spec }) as Manifest)];
}

/**
 * A copy of the first manifest that has the place, with another value there; lists and maps get it at their first entry
 * that has the place.
 */
export function withValueAt(manifests: readonly Manifest[], at: string, value: unknown): Manifest {
  const steps = at.replaceAll('[]', '.[]').replaceAll('{}', '.{}').split('.');
  for (const manifest of manifests) {
    const copy = structuredClone(manifest);
    if (setAt(copy, steps, value)) return copy;
  }
  throw new Error(`no complete manifest has ${at}`);
}

/** Whether the place was there. */
function setAt(parent: unknown, [step = '', ...rest]: readonly string[], value: unknown): boolean {
  if (typeof parent !== 'object' || parent === null) return false;
  const fields = parent as Record<string, unknown>;
  const keys = step === '[]' || step === '{}' ? Object.keys(fields) : [step];
  if (rest.length > 0) return keys.some((key) => setAt(fields[key], rest, value));
  const [first] = keys;
  if (first === undefined) return false;
  fields[first] = value;
  return true;
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
