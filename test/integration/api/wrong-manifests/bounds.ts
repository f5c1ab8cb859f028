import type { Schema } from '../../../../scripts/crd.ts';
import type { Bound, WrongManifest } from './wrong-manifest.ts';

/** One thing in a schema that can refuse a manifest. */
export interface SchemaBound {
  readonly at: string;
  readonly breaks: Bound;
  /** The message, of a rule. */
  readonly message?: string;
}

/** One place of a schema. */
export interface SchemaNode {
  readonly at: string;
  readonly schema: Schema;
}

const SIMPLE_BOUNDS = [
  'minLength',
  'maxLength',
  'pattern',
  'enum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'minimum',
  'maximum',
] as const;

/** Every place of a schema, itself included, parents first. */
export function nodesOf(schema: Schema, at = ''): SchemaNode[] {
  const nodes: SchemaNode[] = [{ at, schema }];
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    nodes.push(...nodesOf(child, at === '' ? key : `${at}.${key}`));
  }
  if (schema.items) nodes.push(...nodesOf(schema.items, `${at}[]`));
  if (schema.additionalProperties) nodes.push(...nodesOf(schema.additionalProperties, `${at}{}`));
  return nodes;
}

/** The places that a person writes: the root and all of the spec. */
export function writtenNodes(root: Schema): SchemaNode[] {
  return nodesOf(root).filter(({ at }) => at === '' || /^spec($|[.[{])/.test(at));
}

/** Everything at one place that can refuse a manifest, wrong types excepted. */
export function boundsOf({ at, schema }: SchemaNode): SchemaBound[] {
  const bounds: SchemaBound[] = [];
  for (const breaks of SIMPLE_BOUNDS) if (schema[breaks] !== undefined) bounds.push({ at, breaks });
  for (const key of schema.required ?? []) bounds.push({ at, breaks: `required:${key}` });
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'set' || listType === 'map') bounds.push({ at, breaks: 'unique' });
  for (const { message } of schema['x-kubernetes-validations'] ?? []) {
    bounds.push({ at, breaks: 'rule', message });
  }
  return bounds;
}

/** Whether a wrong manifest is about this bound. */
export function isAbout(manifest: WrongManifest, bound: SchemaBound): boolean {
  if (manifest.at !== bound.at || manifest.breaks !== bound.breaks) return false;
  return bound.message === undefined || bound.message.includes(manifest.says);
}
