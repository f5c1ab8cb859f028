/** What of a schema can refuse a manifest; `required:` is followed by the property's name. */
export type Bound =
  | 'minLength'
  | 'maxLength'
  | 'pattern'
  | 'enum'
  | 'minItems'
  | 'maxItems'
  | 'minProperties'
  | 'maxProperties'
  | 'minimum'
  | 'maximum'
  | 'unique'
  | 'rule'
  | `required:${string}`;

/** A change of a kind's complete manifest that the API server must refuse. */
export interface WrongManifest {
  /** The place in the schema as `kubectl explain` takes it, with `[]` for the items of a list and `{}` for the values of a map. */
  readonly at: string;
  /** What refuses it there. Of several rules, `says` picks one. */
  readonly breaks: Bound;
  /** A JSON merge patch on the spec of the complete manifest; null takes a property, or the whole spec, away. */
  readonly spec: object | null;
  /** What the refusal must tell the person. */
  readonly says: string;
  /** Where the new spec is wrong only after another one: the patch that the object was created with. */
  readonly after?: object;
  /** Another metadata.name. */
  readonly name?: string;
}

/** The complete, valid manifest of a kind, with every field of its spec, and the ways to get it wrong. */
export interface KindCases {
  readonly manifest: Manifest;
  /** JSON merge patches on its spec, for the fields that exclude others of it. */
  readonly alternatives?: readonly object[];
  readonly wrong: readonly WrongManifest[];
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A `WrongManifest` on one line. */
export function wrong(at: string, breaks: Bound, spec: object | null, says: string): WrongManifest {
  return { at, breaks, spec, says };
}

/** A change that is refused: the complete manifest was created with `after`, `spec` is put over it. */
export function wrongChange(at: string, after: object, spec: object, says: string): WrongManifest {
  return { at, breaks: 'rule', spec, says, after };
}

/** As many numbered values as asked for: `x0`, `x1`, ... */
export function many(count: number, prefix = 'x'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** A map with as many numbered keys as asked for. */
export function manyKeys(count: number): Record<string, string> {
  return Object.fromEntries(many(count).map((key) => [key, 'value']));
}
