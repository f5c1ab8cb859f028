import { partitionOf } from './aws-names.ts';
import { isObject, listOf, parsePolicy } from './policy-document.ts';

const STATEMENT_ORDER = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'Condition',
];

/**
 * The text that ECR gives back for the policy it was given: equal in meaning, never in form. Statement order stays;
 * keys are put in ECR's order, lists sorted, lists of one unwrapped, account ids written as root ARNs, `Version` filled
 * in (ecr.md 4.1). Throws on what is no policy.
 */
export function reformatPolicy(text: string, region: string): string {
  parsePolicy(text);
  const document = JSON.parse(text) as Record<string, unknown>;
  const normal = {
    Version: document['Version'] ?? '2008-10-17',
    ...(document['Id'] === undefined ? {} : { Id: document['Id'] }),
    Statement: listOf(document['Statement']).map((statement) => reformatStatement(statement, region)),
  };
  return print(normal, '');
}

/**
 * Writes another name for a principal into a stored policy, as IAM does when a principal is deleted: where it is a
 * principal, and not in conditions, which compare names.
 */
export function replacePrincipal(policyText: string, arn: string, uniqueId: string): string {
  const document = JSON.parse(policyText) as Record<string, unknown>;
  const named = (names: unknown): unknown => {
    if (Array.isArray(names)) return names.map(named);
    return names === arn ? uniqueId : names;
  };
  const Statement = listOf(document['Statement']).map((raw) => {
    const statement = raw as Record<string, unknown>;
    const entries = Object.entries(statement).map(([key, value]) => {
      if (!key.endsWith('Principal') || !isObject(value)) return [key, value];
      return [key, Object.fromEntries(Object.entries(value).map(([kind, names]) => [kind, named(names)]))];
    });
    return Object.fromEntries(entries) as Record<string, unknown>;
  });
  return print({ ...document, Statement }, '');
}

function reformatStatement(raw: unknown, region: string): Record<string, unknown> {
  const statement = raw as Record<string, unknown>;
  const rank = (key: string): number =>
    (STATEMENT_ORDER.indexOf(key) + STATEMENT_ORDER.length + 1) % (STATEMENT_ORDER.length + 1);
  const entries = Object.entries(statement).sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      key.endsWith('Principal') ? reformatPrincipal(value, region) : sorted(value),
    ]),
  );
}

function reformatPrincipal(raw: unknown, region: string): unknown {
  if (!isObject(raw)) return raw;
  const arnOf = (name: unknown): unknown =>
    typeof name === 'string' && /^[0-9]{12}$/.test(name)
      ? `arn:${partitionOf(region)}:iam::${name}:root`
      : name;
  return Object.fromEntries(
    Object.entries(raw).map(([kind, names]) => [kind, sorted(listOf(names).map(arnOf))]),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list = [...value].sort((a, b) => (String(a) < String(b) ? -1 : 1));
    return list.length === 1 ? list[0] : list;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]));
}

/** ECR prints as Jackson does: `"key" : value`, lists on one line, as in the examples of its API reference. */
function print(value: unknown, indent: string): string {
  if (Array.isArray(value))
    return value.length === 0 ? '[ ]' : `[ ${value.map((one) => print(one, indent)).join(', ')} ]`;
  if (!isObject(value)) return JSON.stringify(value);
  const inner = `${indent}  `;
  const lines = Object.entries(value).map(
    ([key, one]) => `${inner}${JSON.stringify(key)} : ${print(one, inner)}`,
  );
  return lines.length === 0 ? '{ }' : `{\n${lines.join(',\n')}\n${indent}}`;
}
