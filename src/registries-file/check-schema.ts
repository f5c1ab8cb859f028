import { isDeepStrictEqual } from 'node:util';
import { compileRule } from './cel.ts';

/** A structural schema of a CRD, as far as the CRDs of this project go. */
export interface Schema {
  readonly type: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message: string }[];
}

/** A value with the defaults of its schema, and what is wrong with it, each as `path: words`. */
export interface Checked {
  readonly value: unknown;
  readonly problems: readonly string[];
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Holds a value to a schema as the API server does with `--validate=strict` (pure); but null in a field without a default
 * is refused, and not left out without a word. Rules that compare with the value of before (`oldSelf`) count where there
 * is one. The rules of a value are asked where nothing else is wrong in it.
 */
export function checkSchema(schema: Schema, given: unknown, path: string, before?: unknown): Checked {
  const value = given === null && schema.default !== undefined ? schema.default : given;
  const wrong = typeProblem(schema, value);
  if (wrong) return { value, problems: [`${path}: ${wrong}`] };
  const parts = partsOf(schema, value, path, before);
  const problems = [...boundProblems(schema, value).map((words) => `${path}: ${words}`), ...parts.problems];
  if (problems.length > 0) return { value: parts.value, problems };
  return {
    value: parts.value,
    problems: broken(schema, parts.value, before).map((words) => `${path}: ${words}`),
  };
}

function typeProblem({ type }: Schema, value: unknown): string | undefined {
  const found = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const isRight = type === 'integer' ? Number.isInteger(value) : found === type;
  if (isRight) return undefined;
  const hint = type === 'string' ? ': write it in quotes' : '';
  return `${found === 'object' || found === 'array' ? `${found}s are` : `a ${found} is`} not what belongs here, but ${withArticle(type)}${hint}`;
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function partsOf(schema: Schema, value: unknown, path: string, before: unknown): Checked {
  if (schema.type === 'array' && schema.items)
    return itemsOf(schema.items, value as readonly unknown[], path);
  if (schema.type === 'object') return membersOf(schema, value as Members, path, before);
  return { value, problems: [] };
}

/** Items have no counterpart of before: nothing tells which of them that would be. */
function itemsOf(items: Schema, values: readonly unknown[], path: string): Checked {
  const checked = values.map((one, index) => checkSchema(items, one, `${path}[${index}]`));
  return {
    value: checked.map(({ value }) => value),
    problems: checked.flatMap(({ problems }) => problems),
  };
}

function membersOf(schema: Schema, given: Members, path: string, before: unknown): Checked {
  const { properties = {}, additionalProperties, required = [] } = schema;
  const problems = required
    .filter((name) => given[name] === undefined)
    .map((name) => `${path}.${name}: this field is required`);
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries({ ...defaultsOf(properties), ...given })) {
    const of = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (!of) {
      problems.push(`${path}.${name}: there is no such field`);
      continue;
    }
    const checked = checkSchema(of, member, `${path}.${name}`, ownMember(before, name));
    members.push([name, checked.value]);
    problems.push(...checked.problems);
  }
  // Not by assignment, which a member called __proto__ would not outlive: no rule would see it.
  return { value: Object.fromEntries(members), problems };
}

function ownMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Members)[name];
}

function defaultsOf(properties: Readonly<Record<string, Schema>>): Members {
  const found = Object.entries(properties).filter(([, one]) => one.default !== undefined);
  return Object.fromEntries(found.map(([name, one]) => [name, one.default]));
}

function boundProblems(schema: Schema, value: unknown): string[] {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, minItems = 0 } = schema;
  const { maxItems = Number.POSITIVE_INFINITY, maxProperties = Number.POSITIVE_INFINITY } = schema;
  const problems: string[] = [];
  if (schema.enum && !schema.enum.includes(value)) problems.push(`write one of ${schema.enum.join(', ')}`);
  if (typeof value === 'string') {
    const { length } = [...value];
    if (length < minLength) problems.push(`write ${minLength} characters or more`);
    if (length > maxLength) problems.push(`write ${maxLength} characters at most`);
  } else if (Array.isArray(value)) {
    if (value.length < minItems) problems.push(`list ${minItems} or more`);
    if (value.length > maxItems) problems.push(`list ${maxItems} at most`);
    if (hasTwice(schema, value)) problems.push('one stands here twice');
  } else if (typeof value === 'object' && Object.keys(value ?? {}).length > maxProperties) {
    problems.push(`write ${maxProperties} at most`);
  }
  return problems;
}

function hasTwice(schema: Schema, values: readonly unknown[]): boolean {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return false;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const idOf = (one: unknown): unknown => (type === 'set' ? one : keys.map((key) => (one as Members)[key]));
  const ids = values.map(idOf);
  return ids.some((id, index) => ids.findIndex((other) => isDeepStrictEqual(id, other)) !== index);
}

/** The messages of rules that do not hold. */
function broken(schema: Schema, self: unknown, oldSelf: unknown): string[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules
    .filter(({ rule }) => oldSelf !== undefined || !/\boldSelf\b/.test(rule))
    .filter(({ rule }) => !compileRule(rule)({ self, oldSelf }))
    .map(({ message }) => message);
}
