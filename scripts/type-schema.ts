import type { JSONSchema } from 'json-schema-to-typescript';
import { type Crd, type Schema, schemaOf } from './crd.ts';

/**
 * Types that several kinds have, by the property that holds them or by the name they would get as the type of
 * one kind alone: one type each, in `shared.generated.ts`.
 */
const SHARED_NAMES: Readonly<Record<string, string>> = {
  conditions: 'Condition',
  namespaceSelector: 'LabelSelector',
  sharesFor: 'LabelSelector',
  matchExpressions: 'LabelSelectorRequirement',
  registries: 'PullSecretRegistry',
  registryRef: 'RegistryReference',
  PullSecretServiceAccounts: 'PullSecretServiceAccounts',
  ClusterPullSecretServiceAccounts: 'PullSecretServiceAccounts',
  PullSecretPublic: 'PullSecretPublic',
  ClusterPullSecretPublic: 'PullSecretPublic',
  PullSecretRotation: 'PullSecretRotation',
  ClusterPullSecretRotation: 'PullSecretRotation',
  PullSecretForeignEntries: 'PullSecretForeignEntries',
  ClusterPullSecretForeignEntries: 'PullSecretForeignEntries',
  PullSecretDeletionPolicy: 'PullSecretDeletionPolicy',
  ClusterPullSecretDeletionPolicy: 'PullSecretDeletionPolicy',
  PullSecretStatus: 'PullSecretStatus',
  ClusterPullSecretStatus: 'PullSecretStatus',
  namespaces: 'NamespaceCounts',
  failures: 'NamespaceFailure',
  RepositoryTagMutability: 'TagMutabilityMode',
  RepositoryClassTagMutability: 'TagMutabilityMode',
  RepositoryEncryption: 'RepositoryEncryption',
  RepositoryClassEncryption: 'RepositoryEncryption',
  RepositoryLifecycle: 'Lifecycle',
  RepositoryClassLifecycle: 'Lifecycle',
  RepositoryGrant: 'Grant',
  RepositoryClassGrant: 'Grant',
  RepositoryCreationTemplateTagMutability: 'TagMutabilityMode',
  LifecycleRule: 'LifecycleRule',
  RepositoryCreationTemplateLifecycleRule: 'LifecycleRule',
  RepositoryCreationTemplateGrant: 'Grant',
  RepositoryClassStatusUndeclaredFailure: 'UndeclaredFailure',
  tokens: 'PullSecretToken',
};

/** What the types of one kind are made from, and the shared types they use. */
export interface KindSchema {
  readonly schema: JSONSchema;
  readonly imports: ReadonlySet<string>;
}

/**
 * Turns CRD schemas into JSON schemas for types: every nested object has a name, defaulted properties are
 * required, and shapes that kinds share are taken out and collected in `shared`.
 */
export class TypeSchemas {
  /** The shared types met so far, by name. */
  readonly shared = new Map<string, JSONSchema>();

  /** The schema of one kind, whole object. Throws when a shared shape differs from what an earlier kind has. */
  kind(crd: Crd): KindSchema {
    const { kind } = crd.spec.names;
    const root = schemaOf(crd);
    const imports = new Set<string>();
    const { spec, status } = root.properties ?? {};
    if (spec === undefined || status === undefined) throw new Error(`${kind} has no spec or no status`);
    const schema: JSONSchema = {
      title: kind,
      type: 'object',
      description: root.description,
      properties: {
        apiVersion: { enum: [`${crd.spec.group}/${crd.spec.versions[0].name}`] },
        kind: { enum: [kind] },
        metadata: { tsType: metadataType(crd) },
        spec: this.#convert(spec, `${kind}Spec`, kind, imports),
        status: this.#property('status', status, kind, imports),
      },
      required: ['apiVersion', 'kind', 'metadata', 'spec'],
    };
    return { schema, imports };
  }

  #shared(source: Schema, name: string, imports: Set<string>): JSONSchema {
    imports.add(name);
    const converted = this.#convert(source, name, name, new Set());
    const known = this.shared.get(name);
    if (known === undefined) this.shared.set(name, converted);
    else if (shape(known) !== shape(converted)) throw new Error(`two shapes claim the name ${name}`);
    return { tsType: name, description: source.description };
  }

  /** `name` is the type's own name, `prefix` begins the names of the types inside. */
  #convert(source: Schema, name: string, prefix: string, imports: Set<string>): JSONSchema {
    const { type, description } = source;
    if (source.enum) return { title: name, description, type, enum: [...source.enum] };
    if (type === 'array' && source.items) {
      return { type, description, items: this.#convert(source.items, name, prefix, imports) };
    }
    if (source.additionalProperties) {
      return { type, description, additionalProperties: { type: source.additionalProperties.type } };
    }
    if (source.properties === undefined) return { type, description };
    const properties: Record<string, JSONSchema> = {};
    const required = new Set(source.required);
    for (const [key, child] of Object.entries(source.properties)) {
      properties[key] = this.#property(key, child, prefix, imports);
      if (child.default !== undefined) required.add(key);
    }
    return { title: name, type, description, properties, required: [...required] };
  }

  #property(key: string, source: Schema, prefix: string, imports: Set<string>): JSONSchema {
    const isList = source.type === 'array';
    const element = isList ? source.items : source;
    const name = prefix + pascal(isList ? singular(key) : key);
    const sharedName = SHARED_NAMES[name] ?? SHARED_NAMES[key];
    if (!sharedName || !element) return this.#convert(source, name, name, imports);
    const shared = this.#shared(element, sharedName, imports);
    return isList ? { type: 'array', description: source.description, items: shared } : shared;
  }
}

function metadataType(crd: Crd): string {
  return crd.spec.scope === 'Namespaced' ? 'NamespacedObjectMeta' : 'ObjectMeta';
}

/** The shape alone: another description does not make another type. */
function shape(schema: JSONSchema): string {
  return JSON.stringify(schema, (key, value) => (key === 'description' ? undefined : value));
}

function pascal(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function singular(key: string): string {
  if (key.endsWith('ies')) return `${key.slice(0, -3)}y`;
  if (key.endsWith('xes')) return key.slice(0, -2);
  return key.endsWith('s') ? key.slice(0, -1) : key;
}
