import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

/** A rule of `x-kubernetes-validations`, as far as this project writes it. */
export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
}

/** A structural OpenAPI v3 schema, as far as this project writes it. */
export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** A CustomResourceDefinition of this project: one version, a status subresource. */
export interface Crd {
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Cluster' | 'Namespaced';
    readonly names: {
      readonly kind: string;
      readonly listKind: string;
      readonly plural: string;
      readonly singular: string;
      readonly shortNames: readonly string[];
      readonly categories: readonly string[];
    };
    readonly versions: readonly [
      {
        readonly name: string;
        readonly subresources?: { readonly status?: object };
        readonly schema: { readonly openAPIV3Schema: Schema };
      },
    ];
  };
}

/** A CRD and the name of the file it was read from. */
export interface CrdFile {
  readonly file: string;
  readonly crd: Crd;
}

/** Reads the CRDs of a folder, in the order of the file names. Other YAML, such as a kustomization, is passed over. */
export async function readCrds(folder: string): Promise<CrdFile[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const parsed = await Promise.all(
    files.map(async (file) => ({ file, crd: parse(await readFile(join(folder, file), 'utf8')) as Crd })),
  );
  return parsed.filter(({ crd }) => crd.kind === 'CustomResourceDefinition');
}

/** The schema of a CRD's objects. */
export function schemaOf(crd: Crd): Schema {
  return crd.spec.versions[0].schema.openAPIV3Schema;
}
