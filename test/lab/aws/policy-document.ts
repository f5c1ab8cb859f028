/** A statement with every scalar-or-list made a list. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly principals: readonly string[];
  readonly notPrincipals: readonly string[];
  readonly condition: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Statements of an IAM policy; throws on text that is no policy. */
export function parsePolicy(text: string): readonly Statement[] {
  const document: unknown = JSON.parse(text);
  if (!isObject(document)) throw new Error('a policy is a JSON object');
  const statements = listOf(document['Statement']);
  if (statements.length === 0) throw new Error('a policy needs statements');
  return statements.map(parseStatement);
}

function parseStatement(raw: unknown): Statement {
  if (!isObject(raw)) throw new Error('a statement is a JSON object');
  const effect = raw['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error('Effect is Allow or Deny');
  if (raw['Action'] === undefined && raw['NotAction'] === undefined)
    throw new Error('a statement needs actions');
  return {
    effect,
    actions: strings(raw['Action']),
    notActions: strings(raw['NotAction']),
    resources: strings(raw['Resource']),
    notResources: strings(raw['NotResource']),
    principals: principalsOf(raw['Principal']),
    notPrincipals: principalsOf(raw['NotPrincipal']),
    condition: conditionOf(raw['Condition']),
  };
}

/** `*`, ARNs, account ids; services as `service:NAME`. */
function principalsOf(raw: unknown): string[] {
  if (!isObject(raw)) return strings(raw);
  return Object.entries(raw).flatMap(([kind, values]) =>
    strings(values).map((value) => (kind === 'AWS' ? value : `${kind.toLowerCase()}:${value}`)),
  );
}

function conditionOf(raw: unknown): Record<string, Record<string, string[]>> {
  if (raw === undefined) return {};
  if (!isObject(raw)) throw new Error('Condition is a JSON object');
  const keysOf = (keys: unknown): Record<string, string[]> => {
    if (!isObject(keys)) throw new Error('a condition operator holds a JSON object');
    return Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, strings(values)]));
  };
  return Object.fromEntries(Object.entries(raw).map(([operator, keys]) => [operator, keysOf(keys)]));
}

function strings(raw: unknown): string[] {
  return listOf(raw).map((one) => {
    if (typeof one !== 'string' && typeof one !== 'boolean' && typeof one !== 'number') {
      throw new Error('expected a string or a list of strings');
    }
    return String(one);
  });
}

/** IAM lets every list of one be written without its brackets. */
export function listOf(raw: unknown): readonly unknown[] {
  if (raw === undefined) return [];
  return Array.isArray(raw) ? raw : [raw];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** IAM's wildcards, `*` and `?`. */
export function wildcardMatches(pattern: string, value: string, flags = ''): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, `s${flags}`).test(value);
}
