import { isDeepStrictEqual } from 'node:util';
import { type Document, parseAllDocuments } from 'yaml';
import { REGISTRIES } from '../api/names.ts';
import type { ObjectMeta } from '../api/object-meta.ts';
import type { Registry } from '../api/registry.generated.ts';
import { REGISTRY_SCHEMA } from '../api/registry-schema.generated.ts';
import { SETTINGS } from '../controllers/registry-settings/settings.ts';
import { apiVersionOf } from '../runtime/resource.ts';
import { isName } from '../setting-reader.ts';
import { checkSchema } from './check-schema.ts';

/** The Registries of a file, or everything that is wrong with it, a sentence each. */
export type ParsedRegistries =
  | { readonly registries: readonly Registry[] }
  | { readonly problems: readonly string[] };

type Read = { readonly registry: Registry } | { readonly problems: readonly string[] };

/**
 * Reads manifests of Registries, in YAML or JSON (pure): documents after one another, or a List as kubectl prints it.
 * Each is held to what the API server holds it to, as a change of the one of its name in `before` where there is one.
 * One that is as it was is the same object as before; else its generation is one more.
 */
export function parseRegistries(text: string, before: readonly Registry[] = []): ParsedRegistries {
  const documents = [...parseAllDocuments(text)];
  const broken = documents.flatMap(syntaxProblems);
  if (broken.length > 0) return { problems: broken };
  const manifests = documents.flatMap((document) => manifestsIn(document.toJS()));
  if (manifests.length === 0) return { problems: ['there is no Registry in it'] };
  const read = manifests.map((manifest, index) => readOne(manifest, index, before));
  const registries = read.flatMap((one) => ('registry' in one ? one.registry : []));
  const problems = [...read.flatMap((one) => ('problems' in one ? one.problems : [])), ...twice(registries)];
  return problems.length > 0 ? { problems } : { registries };
}

function syntaxProblems({ errors }: Pick<Document, 'errors'>): string[] {
  return errors.map(({ message }) => (message.split('\n')[0] ?? '').replace(/:$/, ''));
}

interface Manifest {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly metadata?: Partial<ObjectMeta> | null;
  readonly spec?: unknown;
  readonly status?: unknown;
  readonly items?: unknown;
}

/** Documents with nothing in them are passed over. */
function manifestsIn(document: unknown): unknown[] {
  if (document === null || document === undefined) return [];
  const { kind, items } = document as Manifest;
  return (kind === 'List' || kind === 'RegistryList') && Array.isArray(items) ? items : [document];
}

function readOne(manifest: unknown, index: number, before: readonly Registry[]): Read {
  const where = `manifest ${index + 1}`;
  if (!isMap(manifest)) return { problems: [`${where}: this is no manifest of a Registry`] };
  // What a server put there is no part of it.
  const { apiVersion, kind, metadata, status: _, spec, ...others } = manifest as Manifest;
  if (kind !== REGISTRIES.kind || apiVersion !== apiVersionOf(REGISTRIES))
    return { problems: [`${where}: write kind Registry of apiVersion ${apiVersionOf(REGISTRIES)}`] };
  const name = metadata?.name;
  if (typeof name !== 'string' || !isName(name)) return { problems: [`${where}: metadata.name: ${NAME}`] };
  const known = before.find((one) => one.metadata.name === name);
  const { kept, problem } = withoutSettings(spec);
  const whole = { metadata: { name }, ...(kept === undefined ? {} : { spec: kept }), ...others };
  const { value, problems } = checkSchema(REGISTRY_SCHEMA, whole, '', known);
  const told = [...problems, ...problem].map((one) => `Registry ${name}: ${one.replace(/^[.:] ?/, '')}`);
  if (told.length > 0) return { problems: told };
  return { registry: registryOf(name, (value as Pick<Registry, 'spec'>).spec, known) };
}

const NAME = 'write a name of lower case letters, digits, - and ., such as default';

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Registry-wide settings are refused whatever they say, and not looked into. */
function withoutSettings(spec: unknown): { readonly kept: unknown; readonly problem: readonly string[] } {
  if (!isMap(spec)) return { kept: spec, problem: [] };
  const names = SETTINGS.map(({ name }) => name).filter((name) => Object.hasOwn(spec, name));
  if (names.length === 0) return { kept: spec, problem: [] };
  const others = Object.entries(spec).filter(([name]) => !names.some((one) => one === name));
  const problem = `spec: leave ${names.join(', ')} out: an operator with --controllers=pull-secrets writes nothing to a registry`;
  return { kept: Object.fromEntries(others), problem: [problem] };
}

function registryOf(name: string, spec: Registry['spec'], known: Registry | undefined): Registry {
  if (known && isDeepStrictEqual(known.spec, spec)) return known;
  const generation = (known?.metadata.generation ?? 0) + 1;
  const metadata: ObjectMeta = {
    name,
    // Of its own kind: no API server gives such a one.
    uid: `registries-file/${name}`,
    resourceVersion: String(generation),
    generation,
    creationTimestamp: '',
  };
  return { apiVersion: 'ecr-operator.io/v1alpha1', kind: 'Registry', metadata, spec };
}

function twice(registries: readonly Registry[]): string[] {
  const names = registries.map(({ metadata }) => metadata.name);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...repeated].map((name) => `Registry ${name}: it stands here twice`);
}
